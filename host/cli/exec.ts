// `manycore exec FILE`: a bare module on every core, one instance each, and what it cost.
import { GuestTrap, type Image, Machine } from '../../machine/index.ts';
import { missesOf } from '../bench/subjects.ts';
import { GuestCode } from '../guest-code.ts';
import { readModuleFile } from '../module-file.ts';
import { type ObservationOptions, observationOf } from '../observe/options.ts';
import { instantiatePerCore } from '../per-core.ts';
import { runMachine } from '../run-machine.ts';
import { type Cell, type Table, tableToJson, tableToText } from '../table.ts';
import { formatValue } from '../values.ts';
import { type Call, resolveCall } from './arguments.ts';
import { explainLoading, explainTrap } from './explain.ts';
import { exitStatus } from './outcome.ts';
import { StatusMeter } from './status.ts';
import { tellObservation } from './tell-observation.ts';
import { StatusLine, type Terminal, tableStyle } from './terminal.ts';

export interface ExecOptions {
  cores: number;
  window: number;
  checked: boolean;
  parking: boolean;
  maxCycles: number | undefined;
  json: boolean;
  quiet: boolean;
  invoke: string | undefined;
  args: string[];
  observation: ObservationOptions;
  signal?: AbortSignal;
}

/** Up to this many cores get a row each in the text; more are put together by result. */
const ROWS_SHOWN = 8;

/** Returns the exit status. Throws a CommandFailure for everything that keeps the program from its end. */
export async function runExec(terminal: Terminal, file: string, options: ExecOptions): Promise<number> {
  const bytes = await readModuleFile(file);
  // With --json, stdout carries the table alone.
  const log = options.json ? terminal.stderr : terminal.stdout;
  const status = new StatusLine(terminal);
  const observation = await observationOf(options.observation);
  const machine = new Machine({
    ...(observation?.observer === undefined ? {} : { observer: observation.observer }),
    cores: options.cores,
    windowCycles: options.window,
    mode: options.checked ? 'checked' : 'fast',
    parking: options.parking,
    onLog: (_core, text) => {
      status.clear();
      log.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    onReport: (core, name, value) => {
      status.clear();
      if (!options.quiet) terminal.stderr.write(`core ${core} reports ${name} = ${value}\n`);
    },
  });
  const meter = new StatusMeter(machine, options.cores);
  const { image, code, call } = prepare(machine, bytes, file, options);
  observation?.addImage(image, file);
  const outcome = await runMachine(machine, {
    ...(options.maxCycles === undefined ? {} : { maxCycles: options.maxCycles }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onSlice: () => status.update((elapsedMs) => meter.line(elapsedMs)),
  });
  status.clear();
  const table = costTable(machine, call, file, options);
  if (options.json) terminal.stdout.write(tableToJson(table));
  else if (!options.quiet) terminal.stderr.write(tableToText(shortened(table), tableStyle(terminal, terminal.stderr)));
  const { title, machine: machineText } = table;
  tellObservation(terminal, observation, machine, { title, machineText, quiet: options.quiet });
  return exitStatus(outcome, machine, () => code, options);
}

/** Loads the module and starts the call on every core. */
function prepare(machine: Machine, bytes: Uint8Array, file: string, options: ExecOptions) {
  let image: Image;
  try {
    image = machine.load(bytes);
  } catch (error) {
    throw explainLoading(error, file);
  }
  const code = new GuestCode(image.module, file);
  try {
    const instances = instantiatePerCore(machine, image);
    const call = resolveCall(image.module, options.invoke, options.args);
    for (const [core, instance] of instances.entries()) machine.start(core, instance, call.name, call.args);
    return { image, code, call };
  } catch (error) {
    if (error instanceof GuestTrap) throw explainTrap(error, () => code);
    throw explainLoading(error, file);
  }
}

function costTable(machine: Machine, call: Call, file: string, options: ExecOptions): Table {
  const rows = Array.from({ length: options.cores }, (_, i): Cell[] => {
    const core = machine.core(i);
    const results = core.results?.map((bits, n) => formatValue(call.type.results[n] ?? 0, bits)).join(' ') ?? '';
    return [
      i,
      core.state,
      results,
      core.cycles,
      core.instructions,
      ratio(core.cycles, core.instructions),
      missesOf(core),
    ];
  });
  return {
    title: `${file} ${call.name}`,
    machine: `${options.cores} core${options.cores === 1 ? '' : 's'}, window ${options.window} cycles, ${options.checked ? 'checked' : 'fast'} mode`,
    digest: machine.digest(),
    columns: [
      { name: 'core', unit: '' },
      { name: 'state', unit: '' },
      { name: 'result', unit: '' },
      { name: 'cycles', unit: 'cycles' },
      { name: 'instructions', unit: '' },
      { name: 'CPI', unit: 'cycles' },
      { name: 'L1 misses', unit: '' },
    ],
    rows,
  };
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : Number((a / b).toFixed(3));
}

/** The table for people: with many cores, one row for all that ended alike; cycles are the longest, counts are sums. */
function shortened(table: Table): Table {
  if (table.rows.length <= ROWS_SHOWN) return table;
  const groups = new Map<string, Cell[][]>();
  for (const row of table.rows) {
    const key = JSON.stringify([row[1], row[2]]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  if (groups.size > ROWS_SHOWN) return table;
  const rows = [...groups.values()].map((group): Cell[] => {
    const sum = (i: number) => group.reduce((total, row) => total + (row[i] as number), 0);
    const longest = Math.max(...group.map((row) => row[3] as number));
    const cpi = ratio(sum(3), sum(4));
    return [
      ranges(group.map((row) => row[0] as number)),
      group[0]?.[1] ?? '',
      group[0]?.[2] ?? '',
      longest,
      sum(4),
      cpi,
      sum(6),
    ];
  });
  const columns = table.columns.map((column, i) => (i === 0 ? { ...column, name: 'cores' } : column));
  return { ...table, columns, rows };
}

/** `0-3, 7` for [0, 1, 2, 3, 7]. */
export function ranges(numbers: number[]): string {
  const parts: [number, number][] = [];
  for (const n of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === n - 1) last[1] = n;
    else parts.push([n, n]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
