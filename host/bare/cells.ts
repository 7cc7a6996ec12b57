// The table of a guest's run, from the values that it has reported.
import type { Cell, Column } from '../table.ts';

export interface Report {
  name: string;
  value: number;
}

/**
 * One row for each label, in the order in which they were first reported: the label, then the values of `columns`. A cell that is reported
 * several times, by rows of the same label, is the mean; one that is not is null. Throws an Error for a report that belongs nowhere.
 */
export function rowsOf(
  reports: readonly Report[],
  columns: readonly Column[],
  labelOf: (row: number) => Cell,
): Cell[][] {
  const places = new Map(columns.map(({ name }, i) => [name, i]));
  const rows = new Map<Cell, number[][]>();
  for (const { name, value } of reports) {
    const match = /^(\d+) (.+)$/.exec(name);
    const place = places.get(match?.[2] ?? '');
    if (match === null || place === undefined)
      throw new Error(`the guest reports "${name}", which is no cell of its table`);
    const label = labelOf(Number(match[1]));
    let row = rows.get(label);
    if (row === undefined) {
      row = columns.map(() => []);
      rows.set(label, row);
    }
    row[place]?.push(value);
  }
  return [...rows].map(([label, cells]) => [label, ...cells.map(mean)]);
}

/** To a thousandth: cycles are counted in eighths, and what is below is a mean's tail. */
function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sum = values.reduce((before, value) => before + value, 0);
  return Math.round((sum / values.length) * 1000) / 1000;
}
