// Counters as JSON, as CSV and as text. Each value comes with its unit; regions of the guest have their names.
import type { CounterRegion, CounterScope, CounterValue } from '../../machine/index.ts';
import { type Cell, type Column, csvField, type Table, tableToText } from '../table.ts';

export interface CounterTexts {
  readonly title: string;
  /** The machine and the digest as tables name them. */
  readonly machineText: string;
  readonly digest: string;
}

/** `{title, machine, digest, counters: {core: {cycles: {unit, description}}}, regions: {run: {entries, values: {core: {'core 0': {cycles: 1}}}}}}` */
export function countersJson(regions: readonly CounterRegion[], { title, machineText, digest }: CounterTexts): string {
  const counters: Record<string, Record<string, { unit: string; description: string }>> = {};
  for (const { scope, counter, unit, description } of regions[0]?.values ?? []) {
    counters[scope] ??= {};
    counters[scope][counter] = { unit, description };
  }
  const nested = regions.map(({ name, entries, values }) => {
    const tree: Record<string, Record<string, Record<string, number>>> = {};
    for (const { scope, of, counter, value } of values) {
      tree[scope] ??= {};
      tree[scope][of] ??= {};
      tree[scope][of][counter] = value;
    }
    return [name, { entries, values: tree }];
  });
  const document = { title, machine: machineText, digest, counters, regions: Object.fromEntries(nested) };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** One line a value: region, kind of thing, thing, counter, unit, value. */
export function countersCsv(regions: readonly CounterRegion[]): string {
  const lines = regions.flatMap(({ name, values }) =>
    values.map(({ scope, of, counter, unit, value }) =>
      [name, scope, of, counter, unit, value].map(csvField).join(','),
    ),
  );
  return `${['region,scope,of,counter,unit,value', ...lines].join('\n')}\n`;
}

const TITLES: Readonly<Record<CounterScope, string>> = {
  core: 'cores',
  sharedCache: 'shared caches',
  link: 'links',
  bus: 'buses',
  directory: 'directories',
  memory: 'memory',
  protocol: 'rows of the protocol',
};

/** A table for each kind of thing: a row for each that counted anything, a column for each counter that is not 0 everywhere. */
export function counterTables(region: CounterRegion, { title, machineText, digest }: CounterTexts): Table[] {
  const scopes = [...new Set(region.values.map(({ scope }) => scope))];
  const tables = scopes.map((scope) => {
    const values = region.values.filter((value) => value.scope === scope && value.value !== 0);
    const counters = [...new Map(values.map(({ counter, unit }) => [counter, unit]))];
    const columns: Column[] = [{ name: TITLES[scope], unit: '' }, ...counters.map(([name, unit]) => ({ name, unit }))];
    const things = [...new Set(values.map(({ of }) => of))];
    const rows = things.map((thing): Cell[] => [thing, ...counters.map(([name]) => find(values, thing, name))]);
    return { title: `${title}: ${TITLES[scope]}, region ${region.name}`, machine: machineText, digest, columns, rows };
  });
  return tables.filter(({ rows }) => rows.length > 0);
}

function find(values: readonly CounterValue[], thing: string, name: string): number {
  return values.find(({ of, counter }) => of === thing && counter === name)?.value ?? 0;
}

export function countersText(regions: readonly CounterRegion[], texts: CounterTexts): string {
  return regions.flatMap((region) => counterTables(region, texts).map((table) => tableToText(table))).join('\n');
}
