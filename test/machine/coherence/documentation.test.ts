// docs/coherence-tables.md shows the tables that the machine executes. When they have changed: npx vitest run -u with this file.
import { expect, it } from 'vitest';
import { PROTOCOLS, type ProtocolTable } from '../../../machine/coherence/protocols.ts';
import {
  ENTRY_NAMES,
  SHARED_EVENT_NAMES,
  SHARED_TABLES,
  type SharedTable,
} from '../../../machine/coherence/shared-tables.ts';
import { EVENT_NAMES, STATE_NAMES } from '../../../machine/coherence/states.ts';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function renderProtocol({ name, rows }: ProtocolTable): string {
  const states = STATE_NAMES.filter((state) => rows[state]);
  const body = states.map((state) => [
    `**${state}**`,
    ...EVENT_NAMES.map((event) => {
      const row = rows[state]?.[event];
      if (!row) return '';
      return `${row.actions.join(', ')} → ${row.alone ? `${row.alone} alone, else ` : ''}${row.next}`;
    }),
  ]);
  return `## ${name}\n\n${table(['state', ...EVENT_NAMES], body)}`;
}

function renderShared({ name, rows }: SharedTable): string {
  const body = SHARED_EVENT_NAMES.map((event) => [
    event,
    ...ENTRY_NAMES.map((entry) => {
      const row = rows[entry][event];
      if (!row) return '';
      return [row.actions.join(', '), `→ ${row.next}`].filter((part) => part !== '').join(' ');
    }),
  ]);
  return `## Shared cache, ${name}\n\n${table(['event', ...ENTRY_NAMES.map((entry) => `**${entry}**`)], body)}`;
}

it('shows the tables that are executed', async () => {
  const page = [
    '# The tables of coherence',
    'Generated from [`protocols.ts`](../machine/coherence/protocols.ts) and [`shared-tables.ts`](../machine/coherence/shared-tables.ts), ' +
      'which say\nwhat states, events and actions are; [coherence.md](coherence.md) says how they are executed. An empty field cannot happen.',
    ...Object.values(PROTOCOLS).map(renderProtocol),
    ...Object.values(SHARED_TABLES).map(renderShared),
  ];
  await expect(`${page.join('\n\n')}\n`).toMatchFileSnapshot('../../../docs/coherence-tables.md');
});
