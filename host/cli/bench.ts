// `manycore bench`: the machine against V8, as one table with the project's bars beside the figures.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measureAlone } from '../bench/alone.ts';
import { measureKernels } from '../bench/kernels.ts';
import { measureCoherence, measureMemory } from '../bench/memory.ts';
import { measureRefills } from '../bench/refills.ts';
import { type BenchRow, benchTable, isMet } from '../bench/rows.ts';
import { measureSideBySide } from '../bench/side-by-side.ts';
import { measureStart } from '../bench/start.ts';
import { measureSwitch } from '../bench/switch.ts';
import { measureTranslation } from '../bench/translation.ts';
import { benchPrograms, cliScript } from '../guest-programs.ts';
import { expectWritable, fileFailure } from '../module-file.ts';
import { tableToJson, tableToText } from '../table.ts';
import { EXIT } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import { paint, type Terminal, tableStyle } from './terminal.ts';

export interface BenchOptions {
  json?: string;
  only?: string[];
  repeat: number;
  check: boolean;
}

const GROUPS = [
  'alone',
  'side-by-side',
  'switch',
  'refills',
  'memory',
  'coherence',
  'kernels',
  'translation',
  'start',
] as const;

export async function runBench(terminal: Terminal, options: BenchOptions): Promise<number> {
  const groups = selectGroups(options.only);
  if (options.json !== undefined) expectWritable(options.json);
  const programs = benchPrograms();
  const measure: Record<(typeof GROUPS)[number], () => Promise<BenchRow[]>> = {
    alone: () => measureAlone(programs, options.repeat),
    'side-by-side': () => measureSideBySide(programs, options.repeat),
    switch: () => measureSwitch(options.repeat),
    refills: () => measureRefills(options.repeat),
    memory: () => measureMemory(options.repeat),
    coherence: () => measureCoherence(options.repeat),
    kernels: () => measureKernels(options.repeat),
    translation: () => measureTranslation(programs, options.repeat),
    start: () => measureStart(cliScript(), options.repeat),
  };
  const rows: BenchRow[] = [];
  for (const group of groups) {
    terminal.stderr.write(`measuring ${group}\n`);
    rows.push(...(await measure[group]()));
  }
  const host = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}, V8 ${process.versions.v8}`;
  const table = benchTable(rows, `fast mode, medians of ${options.repeat}; host: ${host}`);
  terminal.stdout.write(tableToText(table, tableStyle(terminal, terminal.stdout)));
  const missed = rows.filter((row) => isMet(row) === false);
  const verdict =
    missed.length === 0 ? paint(terminal, terminal.stdout, 'green', 'every bar is met') : `${missed.length} missed`;
  terminal.stdout.write(`\n${verdict}\n`);
  if (options.json !== undefined) writeJson(options.json, tableToJson(table));
  return options.check && missed.length > 0 ? EXIT.failed : EXIT.ok;
}

function selectGroups(only: string[] | undefined): (typeof GROUPS)[number][] {
  const unknown = only?.find((name) => !GROUPS.some((group) => group === name));
  if (unknown !== undefined) {
    throw new CommandFailure(EXIT.usage, `there is no group "${unknown}"`, {
      hint: `the groups are ${GROUPS.join(', ')}`,
    });
  }
  return GROUPS.filter((group) => only === undefined || only.includes(group));
}

function writeJson(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw fileFailure('write', file, error);
  }
}
