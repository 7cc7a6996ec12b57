// The report of objects: which instances the cores use, most used first, and whether each keeps to one core.
import { type ObjectInstance, TALLY_ACCESS, TALLY_CONTENTION, TALLY_OWN } from '../../machine/index.ts';
import type { Cell, Table } from '../table.ts';
import { coreList } from './core-list.ts';

/** A short report lists instances until these many percent of all uses. */
const SHORT_PERCENT = 80;

/** One row an instance; `isShort`: only the most used ones. */
export function objectsTable(
  instances: readonly ObjectInstance[],
  { machineText, digest, isShort }: { machineText: string; digest: string; isShort: boolean },
): Table {
  const all = instances.reduce((sum, { uses }) => sum + uses, 0);
  const rows: Cell[][] = [];
  let sum = 0;
  for (const one of instances) {
    if (isShort && sum * 100 >= SHORT_PERCENT * all) break;
    sum += one.uses;
    rows.push([
      `0x${one.address.toString(16)}`,
      one.name ?? null,
      one.uses,
      percent(one.uses, all),
      percent(sum, all),
      one.events[TALLY_ACCESS],
      one.events[TALLY_CONTENTION],
      one.events.slice(TALLY_OWN).reduce((count, events) => count + events, 0),
      coreList(one.cores.map(({ core }) => core)),
      one.createdOn ?? null,
      one.destroyedOn ?? null,
      one.isLocal,
    ]);
  }
  return { title: titleOf(instances), machine: machineText, digest, columns: [...COLUMNS], rows };
}

const COLUMNS = [
  { name: 'object', unit: '' },
  { name: 'name', unit: '' },
  { name: 'uses', unit: '' },
  { name: 'share', unit: '%' },
  { name: 'sum', unit: '%' },
  { name: 'accesses', unit: '' },
  { name: 'waits', unit: '' },
  { name: 'other', unit: '' },
  { name: 'cores', unit: '' },
  { name: 'created', unit: 'core' },
  { name: 'destroyed', unit: 'core' },
  { name: 'one core', unit: '' },
];

function titleOf(instances: readonly ObjectInstance[]): string {
  const local = instances.filter(({ isLocal }) => isLocal).length;
  const ended = instances.filter(
    ({ createdOn, destroyedOn }) => createdOn !== undefined && destroyedOn !== undefined,
  ).length;
  return `objects: ${instances.length} instances; ${ended} were created and destroyed, ${local} of them used by the core that did both, and by no other`;
}

function percent(part: number, all: number): number {
  return all === 0 ? 0 : (100 * part) / all;
}
