// `manycore boot KERNEL [-- PROGRAM ARGS...]`: boots a kernel and runs a program on it, or an interactive shell.
import { writeFileSync } from 'node:fs';
import { coreCount } from '../../machine/index.ts';
import { HostConsole } from '../boot/host-console.ts';
import { type BootFile, checkOption, kernelNamed } from '../boot/kernels.ts';
import { mountedFiles, parseExports, writeExports } from '../boot/mounts.ts';
import { runSystem } from '../boot/run-system.ts';
import { type RunStatistics, statisticsTable, summary } from '../boot/statistics.ts';
import { bootSystem, type System } from '../boot/system.ts';
import { machineName } from '../machine-name.ts';
import { loadMachineProfile } from '../machine-profile.ts';
import { expectWritable, fileFailure } from '../module-file.ts';
import { type ObservationOptions, observationOf } from '../observe/options.ts';
import { tableToJson, tableToText } from '../table.ts';
import { EXIT } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import { exitStatus } from './outcome.ts';
import { StatusMeter } from './status.ts';
import { tellObservation } from './tell-observation.ts';
import { paint, StatusLine, type Terminal, tableStyle } from './terminal.ts';

export interface BootOptions {
  machine: string;
  cores: number | undefined;
  set: string[];
  mount: string[];
  export: string[];
  ram: number | undefined;
  window: number | undefined;
  checked: boolean;
  parking: boolean;
  /** true: to stderr; a text: to that file. */
  stats: boolean | string;
  digest: boolean;
  maxCycles: number | undefined;
  observation: ObservationOptions;
  signal?: AbortSignal;
}

const MIB = 2 ** 20;

/** Returns the exit status of the program, or that of a file that cannot be written where a file to export is missing. Throws a CommandFailure for everything that keeps it from its end. */
export async function runBoot(
  terminal: Terminal,
  kernelName: string,
  program: readonly string[],
  options: BootOptions,
  files: readonly BootFile[] = [],
): Promise<number> {
  const kernel = kernelNamed(kernelName);
  if (typeof options.stats === 'string') expectWritable(options.stats);
  const exports = parseExports(options.export);
  // A field of the machine has a dot in it, an option of the kernel has none.
  const isField = (text: string) => /^[^=]*\./.test(text);
  const fields = options.set.filter(isField);
  const words = options.set.filter((text) => !isField(text));
  for (const word of words) checkOption(kernel, word);
  const profile = loadMachineProfile(options.machine, fields);
  checkCores(options.cores, coreCount(profile), profile.name);
  const observation = await observationOf(options.observation);
  const console = new HostConsole(terminal.stdin);
  const interactive = console.isTerminal && program.length === 0;
  const status = new StatusLine(terminal);
  try {
    const system = bootSystem({
      kernel,
      profile,
      ...(options.cores === undefined ? {} : { cores: options.cores }),
      ...(options.ram === undefined ? {} : { ramBytes: options.ram * MIB }),
      ...(options.window === undefined ? {} : { windowCycles: options.window }),
      mode: options.checked ? 'checked' : 'fast',
      parking: options.parking,
      request: { options: words, exports: exports.map(({ guest }) => guest), program },
      files: [...files, ...mountedFiles(options.mount)],
      terminal: console.isTerminal,
      ...(observation === undefined ? {} : { observation }),
      onConsole: (stream, bytes) => {
        status.clear();
        (stream === 2 ? terminal.stderr : terminal.stdout).write(Buffer.from(bytes));
      },
      onLog: (core, text) => {
        status.clear();
        terminal.stderr.write(`${kernel.name}: ${text.trimEnd()}${text.endsWith('\n') ? '' : ` (core ${core})`}\n`);
      },
    });
    const { machine, images } = system;
    const title = [kernel.name, ...(program.length === 0 ? [] : ['--', ...program.map(quoted)])].join(' ');
    if (interactive) terminal.stderr.write(welcome(terminal, system, kernel.name));
    const meter = new StatusMeter(machine, machine.coreCount);
    const start = performance.now();
    const outcome = await runSystem(system, {
      console,
      ...(options.maxCycles === undefined ? {} : { maxCycles: options.maxCycles }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(interactive ? {} : { onSlice: () => status.update((elapsedMs) => meter.line(elapsedMs)) }),
    });
    const time = { elapsedMs: performance.now() - start, translationMs: system.translation.ms };
    status.clear();
    console.close();
    const interrupted = outcome.reason === 'interrupted';
    tellStatistics(terminal, system, { title, time }, options, interrupted);
    if (observation) {
      images.observe(observation);
      const machineText = `${machineName(profile)}, ${machine.coreCount} cores`;
      tellObservation(terminal, observation, machine, { title, machineText });
    }
    const missing = writeExports(exports, system.saved);
    for (const sentence of missing) terminal.stderr.write(`${sentence}\n`);
    if (console.left) return EXIT.ok;
    const limits = { cores: machine.coreCount, maxCycles: options.maxCycles };
    const code = exitStatus(outcome, machine, (image) => images.code(image), limits);
    return code === EXIT.ok && missing.length > 0 ? EXIT.file : code;
  } finally {
    status.clear();
    console.close();
  }
}

function checkCores(cores: number | undefined, most: number, name: string): void {
  if (cores === undefined || cores <= most) return;
  throw new CommandFailure(EXIT.usage, `${name} has ${most} cores, ${cores} are asked for`);
}

/** A word as one would type it. */
function quoted(word: string): string {
  return /^[\w%+,./:=@^-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function welcome(terminal: Terminal, { machine }: System, kernel: string): string {
  const cores = `${machine.coreCount} core${machine.coreCount === 1 ? '' : 's'}`;
  const text = `${kernel} on ${machineName(machine.profile)}, ${cores}. exit or Ctrl-D ends it, Ctrl-] leaves at once.`;
  return `${paint(terminal, terminal.stderr, 'dim', text)}\n`;
}

function tellStatistics(
  terminal: Terminal,
  { machine }: System,
  run: RunStatistics,
  options: BootOptions,
  interrupted: boolean,
): void {
  const { stderr } = terminal;
  if (typeof options.stats === 'string') {
    const table = statisticsTable(machine, run);
    const text = options.stats.endsWith('.json') ? tableToJson(table) : tableToText(table);
    try {
      writeFileSync(options.stats, text);
    } catch (error) {
      throw fileFailure('write', options.stats, error);
    }
  } else if (options.stats || interrupted) {
    stderr.write(tableToText(statisticsTable(machine, run), tableStyle(terminal, stderr)));
  } else if (stderr.isTTY) {
    stderr.write(`${paint(terminal, stderr, 'dim', summary(machine, run.time))}\n`);
  }
  // The table has it as well.
  if (options.digest && options.stats !== true) stderr.write(`digest ${machine.digest()}\n`);
}
