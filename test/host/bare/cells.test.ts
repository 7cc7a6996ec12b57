// A guest's reports as rows of its table.
import { expect, it } from 'vitest';
import { rowsOf } from '../../../host/bare/cells.ts';

const COLUMNS = [
  { name: 'lock', unit: 'cycles' },
  { name: 'handler, halted', unit: 'cycles' },
];

it('puts each value where its name says, rows in the order in which they come', () => {
  const reports = [
    { name: '4 handler, halted', value: 2 },
    { name: '1 lock', value: 3 },
    { name: '4 lock', value: 1 },
  ];
  expect(rowsOf(reports, COLUMNS, (row) => `r${row}`)).toEqual([
    ['r4', 1, 2],
    ['r1', 3, null],
  ]);
});

it('puts rows of one label together, as means', () => {
  const reports = [1, 2, 6].map((value, row) => ({ name: `${row} lock`, value }));
  expect(rowsOf(reports, COLUMNS, (row) => (row < 2 ? 'near' : 'far'))).toEqual([
    ['near', 1.5, null],
    ['far', 6, null],
  ]);
});

it('rounds to a thousandth', () => {
  expect(rowsOf([{ name: '1 lock', value: 10 / 3 }], COLUMNS, (row) => row)).toEqual([[1, 3.333, null]]);
});

it.each(['lock', '1 other', 'x lock', '1  lock', '-1 lock'])('refuses the report "%s"', (name) => {
  expect(() => rowsOf([{ name, value: 1 }], COLUMNS, (row) => row)).toThrow(`"${name}"`);
});
