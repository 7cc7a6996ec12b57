// `manycore demo engine`: the seven programs side by side, each core with one of them in turn, and what each cost.
// The amount of work is fixed in simulated time, so every run of it has the same digest.
import { Machine } from '../../machine/index.ts';
import { MachineSubject, missesOf, unitsFor } from '../bench/subjects.ts';
import { timeMs } from '../bench/timing.ts';
import { benchPrograms, type GuestProgram } from '../guest-programs.ts';
import { runMachine } from '../run-machine.ts';
import { type Cell, type Table, tableToJson, tableToText } from '../table.ts';
import { EXIT } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import { StatusMeter, simulatedTime } from './status.ts';
import { paint, StatusLine, type Terminal, tableStyle } from './terminal.ts';

export interface DemoOptions {
  cores: number;
  window: number;
  json: boolean;
  signal?: AbortSignal;
}

/** Simulated cycles that all cores together have before them. */
const WORK_CYCLES = 5_000_000_000;
/** Simulated cycles of a sample by which the host time of a program is estimated. */
const SAMPLE_CYCLES = 5_000_000;
const SAMPLES = 4;

export async function runDemo(terminal: Terminal, options: DemoOptions): Promise<number> {
  const programs = benchPrograms();
  const { cores, window } = options;
  const title = `${programs.length} programs on ${cores} cores, switched every ${window} cycles`;
  terminal.stderr.write(`${paint(terminal, terminal.stderr, 'bold', title)}\n`);
  const machine = new Machine({ cores, windowCycles: window });
  const images = programs.map((program) => machine.load(program.bytes));
  const subjects = Array.from({ length: cores }, (_, core) => {
    const image = images[core % images.length];
    if (image === undefined) throw new Error('there are no programs to run');
    return new MachineSubject(machine, image, core);
  });
  const units = subjects.slice(0, programs.length).map((subject) => unitsFor(subject, WORK_CYCLES / cores));
  const before = subjects.map(({ core }) => ({ ...countersOf(machine, core), cycles: machine.time }));
  for (const [core, subject] of subjects.entries()) subject.start(units[core % units.length] as number);
  const start = performance.now();
  const meter = new StatusMeter(machine, cores);
  const status = new StatusLine(terminal);
  const timeBefore = machine.time;
  const outcome = await runMachine(machine, {
    onSlice: () => status.update((elapsedMs) => meter.line(elapsedMs)),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const elapsedMs = performance.now() - start;
  status.clear();
  const spent = subjects.map(({ core }) => subtract(countersOf(machine, core), before[core] as Counters));
  const digest = machine.digest();
  const shares = outcome.reason === 'finished' ? hostShares(subjects, units, spent, programs) : undefined;
  const table = demoTable({ programs, spent, digest, title, window, shares });
  if (options.json) terminal.stdout.write(tableToJson(table));
  else terminal.stdout.write(`\n${tableToText(table, tableStyle(terminal, terminal.stdout))}`);
  terminal.stderr.write(`\n${summary(spent, elapsedMs, machine.time - timeBefore)}\n`);
  if (outcome.reason === 'interrupted') throw new CommandFailure(EXIT.interrupted, 'interrupted');
  if (outcome.reason !== 'finished') throw new Error(`the machine stopped: ${outcome.reason}`);
  return EXIT.ok;
}

interface Counters {
  cycles: number;
  instructions: number;
  l1Misses: number;
}

function countersOf(machine: Machine, core: number): Counters {
  const status = machine.core(core);
  return { cycles: status.cycles, instructions: status.instructions, l1Misses: missesOf(status) };
}

function subtract(a: Counters, b: Counters): Counters {
  return {
    cycles: a.cycles - b.cycles,
    instructions: a.instructions - b.instructions,
    l1Misses: a.l1Misses - b.l1Misses,
  };
}

function add(a: Counters, b: Counters): Counters {
  return {
    cycles: a.cycles + b.cycles,
    instructions: a.instructions + b.instructions,
    l1Misses: a.l1Misses + b.l1Misses,
  };
}

const NOTHING: Counters = { cycles: 0, instructions: 0, l1Misses: 0 };

/**
 * The part of the host's time that each program took. The machine has no clock to tell, so a sample of each program is
 * timed alone after the run; switching, which costs all the same, is left out.
 */
function hostShares(
  subjects: MachineSubject[],
  units: number[],
  spent: Counters[],
  programs: GuestProgram[],
): number[] {
  const weights = programs.map((_, i) => {
    const subject = subjects[i];
    const cycles = spent[i]?.cycles ?? 0;
    if (subject === undefined || cycles === 0) return 0;
    const sampleUnits = Math.max(1, Math.round(((units[i] as number) * SAMPLE_CYCLES) / cycles));
    const sampleMs = Math.min(...Array.from({ length: SAMPLES }, () => timeMs(() => subject.run(sampleUnits))));
    const all = spent.reduce((sum, counters, core) => (core % programs.length === i ? sum + counters.cycles : sum), 0);
    return (sampleMs / sampleUnits) * ((units[i] as number) / cycles) * all;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function demoTable(run: {
  programs: GuestProgram[];
  spent: Counters[];
  digest: string;
  title: string;
  window: number;
  shares: number[] | undefined;
}): Table {
  const { programs, spent, shares } = run;
  const rowOf = (name: string, costs: Counters[], share: number | null): Cell[] => {
    const sum = costs.reduce(add, NOTHING);
    const cpi = sum.instructions === 0 ? 0 : sum.cycles / sum.instructions;
    const percent = share === null ? null : Math.round(share * 1000) / 10;
    return [name, costs.length, sum.cycles, sum.instructions, Number(cpi.toFixed(3)), sum.l1Misses, percent];
  };
  const rows = programs.flatMap((program, i) => {
    const costs = spent.filter((_, core) => core % programs.length === i);
    return costs.length === 0 ? [] : [rowOf(program.title, costs, shares?.[i] ?? null)];
  });
  rows.push(rowOf('together', spent, shares === undefined ? null : 1));
  return {
    title: run.title,
    machine: `${spent.length} cores, window ${run.window} cycles, fast mode`,
    digest: run.digest,
    columns: [
      { name: 'program', unit: '' },
      { name: 'cores', unit: '' },
      { name: 'cycles', unit: 'cycles' },
      { name: 'instructions', unit: '' },
      { name: 'CPI', unit: 'cycles' },
      { name: 'L1 misses', unit: '' },
      { name: 'host time', unit: '%' },
    ],
    rows,
  };
}

function summary(spent: Counters[], elapsedMs: number, cycles: number): string {
  const { instructions } = spent.reduce(add, NOTHING);
  const mips = Math.round(instructions / elapsedMs / 1e3).toLocaleString('en-US');
  return `${simulatedTime(cycles)} simulated in ${(elapsedMs / 1e3).toFixed(1)} s: ${mips} million guest instructions a second`;
}
