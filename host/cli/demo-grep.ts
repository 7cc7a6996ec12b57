// `manycore demo` (`npm start`): boots a kernel on a machine of sixteen cores, lets every core search a real text for a word of its own, and tells
// what came out: the counts beside the host's, the speedup over one core, and the cache lines that the cores fought for.
import { createRequire } from 'node:module';
import path from 'node:path';
import { HostConsole } from '../boot/host-console.ts';
import { kernelNamed } from '../boot/kernels.ts';
import { runSystem } from '../boot/run-system.ts';
import { type HostTime, summary } from '../boot/statistics.ts';
import { bootSystem, type System } from '../boot/system.ts';
import { machineName } from '../machine-name.ts';
import { loadMachineProfile } from '../machine-profile.ts';
import { readHostFile } from '../module-file.ts';
import { Observation } from '../observe/observation.ts';
import { type Table, tableToJson, tableToText } from '../table.ts';
import { EXIT } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import { exitStatus } from './outcome.ts';
import { StatusMeter, simulatedTime } from './status.ts';
import { paint, StatusLine, type Terminal, tableStyle } from './terminal.ts';

export interface GrepDemoOptions {
  kernel: string;
  machine: string;
  /** A text on the host; one that comes with the packages when not given. */
  text: string | undefined;
  json: boolean;
  signal?: AbortSignal;
}

/** One for each core; more cores begin again. They are about as long, since grep skips by length: so each core has about as much to do. */
const WORDS = [
  'interface',
  'function',
  'readonly',
  'Element',
  'string',
  'number',
  'undefined',
  'callback',
  'document',
  'options',
  'attribute',
  'method',
  'property',
  'Promise',
  'boolean',
  'window',
];

interface Run {
  readonly system: System;
  readonly counts: readonly number[];
  readonly cycles: number;
  readonly time: HostTime;
}

/** Lines of the contention report that are shown. */
const SHOWN_LINES = 5;

/** Throws a CommandFailure when a count is not the host's. */
export async function runGrepDemo(terminal: Terminal, options: GrepDemoOptions): Promise<number> {
  const { stderr, stdout } = terminal;
  const file = options.text ?? shippedText();
  const text = Buffer.from(readHostFile(file)).toString('utf8');
  const profile = loadMachineProfile(options.machine);
  const observation = new Observation({ contention: true });
  const title = `${options.kernel} on ${machineName(profile)}: one grep on every core, over ${formatBytes(text.length)}`;
  stderr.write(`${paint(terminal, stderr, 'bold', title)}\n`);
  const all = await run(terminal, options, file, { observation });
  const cores = all.counts.length;
  const one = await run(terminal, options, file, { cores: 1, greps: cores });
  const expected = all.counts.map((_, i) => countLines(text, wordOf(i)));
  const table = demoTable(all, one, expected);
  stdout.write(options.json ? tableToJson(table) : `\n${tableToText(table, tableStyle(terminal, stdout))}`);
  const speedup = one.cycles / all.cycles;
  stderr.write(
    `\n${cores} cores: ${simulatedTime(all.cycles)}, one core: ${simulatedTime(one.cycles)}: ${speedup.toFixed(1)} times as fast\n`,
  );
  stderr.write(`${summary(all.system.machine, all.time)}\n\n`);
  all.system.images.observe(observation);
  stderr.write(
    tableToText(
      observation.contention(all.system.machine, machineName(profile), SHOWN_LINES),
      tableStyle(terminal, stderr),
    ),
  );
  const wrong = all.counts.findIndex((count, i) => count !== expected[i] || one.counts[i] !== expected[i]);
  if (wrong >= 0) throw new CommandFailure(EXIT.failed, `grep counted ${wordOf(wrong)} otherwise than the host`);
  return EXIT.ok;
}

function wordOf(core: number): string {
  return WORDS[core % WORDS.length] as string;
}

function countLines(text: string, word: string): number {
  return text.split('\n').filter((line) => line.includes(word)).length;
}

/** One grep in the background for each core, then the counts in order. */
async function run(
  terminal: Terminal,
  options: GrepDemoOptions,
  file: string,
  { observation, cores, greps }: { observation?: Observation; cores?: number; greps?: number },
): Promise<Run> {
  const profile = loadMachineProfile(options.machine);
  const { nodes, groupsPerNode, coresPerGroup } = profile.topology;
  const count = greps ?? nodes * groupsPerNode * coresPerGroup;
  const indices = Array.from({ length: count }, (_, i) => i);
  const script = [
    ...indices.map((i) => `grep -c ${wordOf(i)} /text > /tmp/${i} &`),
    'wait',
    `cat ${indices.map((i) => `/tmp/${i}`).join(' ')}`,
  ].join('\n');
  let output = '';
  const status = new StatusLine(terminal);
  const system = bootSystem({
    kernel: kernelNamed(options.kernel),
    profile,
    ...(cores === undefined ? {} : { cores }),
    request: { options: [], exports: [], program: ['sh', '-c', script] },
    files: [{ path: '/text', bytes: readHostFile(file), origin: file }],
    terminal: false,
    ...(observation === undefined ? {} : { observation }),
    onConsole: (_stream, bytes) => {
      output += Buffer.from(bytes).toString('utf8');
    },
    onLog: (_core, text) => {
      status.clear();
      terminal.stderr.write(`${text.trimEnd()}\n`);
    },
  });
  const { machine, images } = system;
  const meter = new StatusMeter(machine, machine.coreCount);
  const start = performance.now();
  const outcome = await runSystem(system, {
    console: new HostConsole(undefined),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onSlice: () => status.update((elapsedMs) => meter.line(elapsedMs)),
  });
  const time = { elapsedMs: performance.now() - start, translationMs: system.translation.ms };
  status.clear();
  const code = exitStatus(outcome, machine, (image) => images.code(image), {
    cores: machine.coreCount,
    maxCycles: undefined,
  });
  const counts = output.trim().split('\n').map(Number);
  if (code !== 0 || counts.length !== count || counts.some(Number.isNaN)) {
    throw new CommandFailure(EXIT.failed, `the shell ended with status ${code}`, { where: output.split('\n') });
  }
  return { system, counts, cycles: machine.time, time };
}

function demoTable(all: Run, one: Run, expected: readonly number[]): Table {
  const { machine } = all.system;
  return {
    title: 'lines in which each word stands',
    machine: `${machineName(machine.profile)}, ${machine.coreCount} cores, window ${machine.windowCycles} cycles`,
    digest: machine.digest(),
    columns: [
      { name: 'word', unit: '' },
      { name: 'lines', unit: '' },
      { name: 'on one core', unit: '' },
      { name: 'on the host', unit: '' },
    ],
    rows: all.counts.map((count, i) => [wordOf(i), count, one.counts[i] ?? null, expected[i] ?? null]),
  };
}

function formatBytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** The declarations of the browser's interfaces, which come with TypeScript. */
function shippedText(): string {
  try {
    const require = createRequire(import.meta.url);
    return path.join(path.dirname(require.resolve('typescript/package.json')), 'lib/lib.dom.d.ts');
  } catch {
    throw new CommandFailure(
      EXIT.file,
      'the text that is searched comes with the package typescript, which is not here',
      {
        hint: 'give --text FILE',
      },
    );
  }
}
