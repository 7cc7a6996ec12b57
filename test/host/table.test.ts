// The one table shape, as JSON and as text.
import { expect, test } from 'vitest';
import { formatNumber, type Table, tableToCsv, tableToJson, tableToText } from '../../host/table.ts';

const TABLE: Table = {
  title: 'Costs',
  machine: '2 cores',
  digest: '0123456789abcdef',
  columns: [
    { name: 'program', unit: '' },
    { name: 'cycles', unit: 'cycles' },
    { name: 'met', unit: '' },
  ],
  rows: [
    ['crc', 12345, true],
    ['a longer name', 7.5, null],
  ],
};

test('JSON has the one shape and keeps numbers', () => {
  const read = JSON.parse(tableToJson(TABLE));
  expect(Object.keys(read)).toEqual(['title', 'machine', 'digest', 'columns', 'rows']);
  expect(read).toEqual(TABLE);
});

test('CSV has units in its heading, and quotes what it must', () => {
  const table = { ...TABLE, rows: [['a "b", c', 7.5, null], ...TABLE.rows] };
  expect(tableToCsv(table)).toBe(
    'program,cycles (cycles),met\n"a ""b"", c",7.5,\ncrc,12345,true\na longer name,7.5,\n',
  );
});

test('text is aligned', () => {
  expect(tableToText(TABLE)).toBe(
    [
      'Costs',
      '2 cores',
      '',
      'program        cycles  met',
      '               cycles',
      'crc            12,345  yes',
      'a longer name    7.50',
      '',
      'digest 0123456789abcdef',
      '',
    ].join('\n'),
  );
});

test('an empty table is still one', () => {
  expect(JSON.parse(tableToJson({ ...TABLE, rows: [] })).rows).toEqual([]);
});

test.each([
  [0, '0'],
  [1234567, '1,234,567'],
  [2.3456, '2.35'],
  [0.012345, '0.0123'],
  [Number.NaN, 'NaN'],
])('number %d', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});
