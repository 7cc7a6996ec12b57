// Counters as JSON, CSV and text.
import { expect, it } from 'vitest';
import { countersCsv, countersJson, countersText, counterTables } from '../../../host/observe/counters-report.ts';
import type { CounterRegion } from '../../../machine/index.ts';

const description = 'a description';
const REGIONS: CounterRegion[] = [
  {
    name: 'run',
    entries: 1,
    values: [
      { scope: 'core', of: 'core 0', counter: 'cycles', unit: 'cycles', description, value: 10.5 },
      { scope: 'core', of: 'core 0', counter: 'uncached', unit: 'accesses', description, value: 0 },
      { scope: 'core', of: 'core 1', counter: 'cycles', unit: 'cycles', description, value: 20 },
      { scope: 'core', of: 'core 1', counter: 'uncached', unit: 'accesses', description, value: 0 },
      { scope: 'link', of: 'link 0 to 1', counter: 'bytes', unit: 'bytes', description, value: 0 },
      { scope: 'protocol', of: 'M GetS', counter: 'times', unit: 'events', description, value: 3 },
    ],
  },
  {
    name: 'sort, "fast"',
    entries: 2,
    values: [{ scope: 'core', of: 'core 0', counter: 'cycles', unit: 'cycles', description, value: 4 }],
  },
];
const TEXTS = { title: 'a run', machineText: 'two cores', digest: '0123' };

it('is JSON with each counter described once and each region by its name', () => {
  const document = JSON.parse(countersJson(REGIONS, TEXTS));
  expect(document).toMatchObject({ title: 'a run', machine: 'two cores', digest: '0123' });
  expect(document.counters.core.cycles).toEqual({ unit: 'cycles', description });
  expect(document.regions.run.values.core['core 1'].cycles).toBe(20);
  expect(document.regions['sort, "fast"']).toEqual({ entries: 2, values: { core: { 'core 0': { cycles: 4 } } } });
});

it('is CSV with a line for each value', () => {
  const lines = countersCsv(REGIONS).split('\n');
  expect(lines[0]).toBe('region,scope,of,counter,unit,value');
  expect(lines[1]).toBe('run,core,core 0,cycles,cycles,10.5');
  expect(lines[7]).toBe('"sort, ""fast""",core,core 0,cycles,cycles,4');
  expect(lines.length).toBe(9);
});

it('is tables of what is not zero', () => {
  const tables = counterTables(REGIONS[0] as CounterRegion, TEXTS);
  expect(tables.map(({ columns, rows }) => [columns.map(({ name }) => name), rows])).toEqual([
    [
      ['cores', 'cycles'],
      [
        ['core 0', 10.5],
        ['core 1', 20],
      ],
    ],
    [['rows of the protocol', 'times'], [['M GetS', 3]]],
  ]);
  const text = countersText(REGIONS, TEXTS);
  expect(text).toContain('a run: cores, region sort, "fast"');
  expect(text).not.toContain('link');
});
