// The page about observation lists the events and counters that there are.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { COUNTERS } from '../../../machine/observe/counter-list.ts';
import { TRACE_EVENTS } from '../../../machine/observe/trace-events.ts';

const PAGE = readFileSync(path.join(import.meta.dirname, '../../../docs/observation.md'), 'utf8');

/** The rows of the table below a heading. */
function rowsOf(heading: string): string[] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
}

it('lists all events of a trace with their fields', () => {
  const rows = Object.entries(TRACE_EVENTS).map(([kind, { meaning, fields }]) => {
    const list = Object.entries(fields).map(([name, unit]) => `\`${name}\` (${unit})`);
    return `| \`${kind}\` | ${meaning} | ${list.join(', ')} |`;
  });
  expect(rowsOf('Events of a trace')).toEqual(rows);
});

it('lists all counters with their units', () => {
  const rows = Object.entries(COUNTERS).flatMap(([scope, list]) =>
    Object.entries(list).map(
      ([name, { unit, description }]) => `| ${scope} | \`${name}\` | ${unit} | ${description} |`,
    ),
  );
  expect(rowsOf('Counters')).toEqual(rows);
});
