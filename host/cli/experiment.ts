// `manycore experiment list` and `manycore experiment run NAME`: the experiments, and what comes of them.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EXPERIMENTS, experimentNamed } from '../experiment/experiments.ts';
import { plotSvg } from '../experiment/plot.ts';
import { runExperiment } from '../experiment/run-experiment.ts';
import { loadMachineProfile } from '../machine-profile.ts';
import { fileFailure } from '../module-file.ts';
import { tableToCsv, tableToJson, tableToText } from '../table.ts';
import { EXIT } from './exit-codes.ts';
import { StatusLine, type Terminal, tableStyle } from './terminal.ts';

export interface ExperimentOptions {
  /** Those of the experiment when not given. */
  cores: readonly number[] | undefined;
  out: string | undefined;
  json: boolean;
  signal?: AbortSignal;
}

export function listExperiments(terminal: Terminal): number {
  const width = Math.max(...EXPERIMENTS.map(({ name }) => name.length));
  const numbers = Math.max(...EXPERIMENTS.map(({ number }) => number?.length ?? 0));
  for (const { name, number = '', question, machine, cpus } of EXPERIMENTS) {
    const setting = `${machine}, ${cpus.join(',')} CPUs`;
    terminal.stdout.write(`${name.padEnd(width)}  ${number.padEnd(numbers)}  ${question} (${setting})\n`);
  }
  return EXIT.ok;
}

/** Throws a CommandFailure where a run does not end well, or a file cannot be written. */
export async function runExperimentCommand(
  terminal: Terminal,
  name: string,
  { cores, out, json, signal }: ExperimentOptions,
): Promise<number> {
  const { stderr, stdout } = terminal;
  const experiment = experimentNamed(name);
  const profile = loadMachineProfile(experiment.machine);
  if (out !== undefined) makeFolder(out);
  const status = new StatusLine(terminal);
  let current = '';
  const table = await runExperiment(experiment, profile, cores ?? experiment.cpus, {
    ...(signal === undefined ? {} : { signal }),
    onRun: (run, number, count) => {
      current = `${number} of ${count}: ${run.title}`;
      if (!stderr.isTTY) stderr.write(`${current}\n`);
    },
    onSlice: (compose) => status.update((elapsedMs) => `${current} | ${compose(elapsedMs)}`),
  }).finally(() => status.clear());
  stdout.write(json ? tableToJson(table) : tableToText(table, tableStyle(terminal, stdout)));
  if (out !== undefined) {
    write(terminal, out, 'table.json', tableToJson(table));
    write(terminal, out, 'table.csv', tableToCsv(table));
    write(terminal, out, 'plot.svg', plotSvg(table, experiment.plot));
  }
  return EXIT.ok;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw fileFailure('write', folder, error);
  }
}

function write({ stderr }: Terminal, folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw fileFailure('write', file, error);
  }
  stderr.write(`wrote ${file}\n`);
}
