// The rows that the benchmark produces, and the bars that they are held against.
import type { Cell, Table } from '../table.ts';

export interface BenchRow {
  group: string;
  what: string;
  value: number;
  unit: string;
  /** What the value must not pass, and on which side of it to stay. */
  bar?: { limit: number; side: 'at most' | 'at least' };
  machineMs?: number;
  v8Ms?: number;
}

export function isMet(row: BenchRow): boolean | null {
  if (row.bar === undefined) return null;
  return row.bar.side === 'at most' ? row.value <= row.bar.limit : row.value >= row.bar.limit;
}

export function atMost(limit: number): BenchRow['bar'] {
  return { limit, side: 'at most' };
}

export function atLeast(limit: number): BenchRow['bar'] {
  return { limit, side: 'at least' };
}

export function benchTable(rows: BenchRow[], machine: string): Table {
  return {
    title: 'Manycore against the same modules uninstrumented in V8',
    machine,
    digest: '',
    columns: [
      { name: 'group', unit: '' },
      { name: 'figure', unit: '' },
      { name: 'value', unit: '' },
      { name: 'of', unit: '' },
      { name: 'bar', unit: '' },
      { name: 'met', unit: '' },
      { name: 'machine', unit: 'ms' },
      { name: 'V8', unit: 'ms' },
    ],
    rows: rows.map((row): Cell[] => [
      row.group,
      row.what,
      round(row.value),
      row.unit,
      row.bar === undefined ? '' : `${row.bar.side} ${row.bar.limit}`,
      isMet(row),
      row.machineMs === undefined ? null : round(row.machineMs),
      row.v8Ms === undefined ? null : round(row.v8Ms),
    ]),
  };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
