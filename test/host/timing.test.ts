// The statistics and bars of the benchmark.
import { expect, test } from 'vitest';
import { atLeast, atMost, benchTable, isMet } from '../../host/bench/rows.ts';
import { geometricMean, median } from '../../host/bench/timing.ts';

test('median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('geometric mean', () => {
  expect(geometricMean([1, 4])).toBeCloseTo(2);
});

test('bars', () => {
  const row = { group: 'g', what: 'w', value: 5, unit: 'x' };
  expect(isMet(row)).toBeNull();
  expect(isMet({ ...row, bar: atMost(5) })).toBe(true);
  expect(isMet({ ...row, bar: atMost(4.9) })).toBe(false);
  expect(isMet({ ...row, bar: atLeast(5.1) })).toBe(false);
  const table = benchTable([{ ...row, bar: atMost(4), v8Ms: 1.23456 }], 'm');
  expect(table.rows).toEqual([['g', 'w', 5, 'x', 'at most 4', false, null, 1.235]]);
  expect(table.columns.length).toBe(table.rows[0]?.length);
});
