// The table of a guest's run, from the values that it has reported.
import type { Cell, Column } from '../table.ts';

export interface Report {
  name: string;
  value: number;
}

/**
 * One row for each row number, in the order in which they were first reported: its label, then the values of `columns`; null where the
 * guest has reported none. Throws an Error for a report that belongs nowhere.
 */
export function rowsOf(
  reports: readonly Report[],
  columns: readonly Column[],
  labelOf: (row: number) => Cell,
): Cell[][] {
  const places = new Map(columns.map(({ name }, i) => [name, i]));
  const rows = new Map<number, Cell[]>();
  for (const { name, value } of reports) {
    const match = /^(\d+) (.+)$/.exec(name);
    const place = places.get(match?.[2] ?? '');
    if (match === null || place === undefined)
      throw new Error(`the guest reports "${name}", which is no cell of its table`);
    const number = Number(match[1]);
    let row = rows.get(number);
    if (row === undefined) {
      row = new Array<Cell>(columns.length).fill(null);
      rows.set(number, row);
    }
    row[place] = rounded(value);
  }
  return [...rows].map(([number, cells]) => [labelOf(number), ...cells]);
}

/** To a thousandth: cycles are counted in eighths, and what is below is a mean's tail. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
