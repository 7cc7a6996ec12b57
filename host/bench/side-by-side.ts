// Many cores, each with one of the seven programs in turn and its own data, switched every few cycles; V8 does the same
// work one instance after the other. What a switch costs is the difference to a machine that hardly ever switches.
import { Machine } from '../../machine/index.ts';
import type { GuestProgram } from '../guest-programs.ts';
import { atMost, type BenchRow } from './rows.ts';
import { MachineSubject, unitsFor, V8Subject } from './subjects.ts';
import { median, timeMs, warmUp } from './timing.ts';

/** Simulated cycles of work for the whole machine in one measurement; each core has an equal share. */
const WORK_CYCLES = 280_000_000;
const LONG_WINDOW_CYCLES = 65_536;

interface Setup {
  machine: Machine;
  subjects: MachineSubject[];
  units: number[];
  window: number;
  samplesMs: number[];
}

export async function measureSideBySide(programs: GuestProgram[], repeat: number): Promise<BenchRow[]> {
  const units28 = calibrate(programs, 28);
  const units128 = calibrate(programs, 128);
  const w40 = createSetup(programs, 28, 40, units28);
  const w100 = createSetup(programs, 28, 100, units28);
  const long = createSetup(programs, 28, LONG_WINDOW_CYCLES, units28);
  const many = createSetup(programs, 128, 40, units128);
  const references = w40.units.map((_, core) => new V8Subject(programs[core % programs.length] as GuestProgram));
  const runReferences = () => references.map((reference, core) => reference.run(w40.units[core] as number));
  const expected = runReferences();
  const setups = [w40, w100, long, many];
  await warmUp(runReferences);
  for (const setup of setups) await warmUp(() => runAll(setup));
  const v8Ms: number[] = [];
  for (let i = 0; i < repeat; i++) {
    v8Ms.push(timeMs(runReferences));
    for (const setup of setups) setup.samplesMs.push(timeMs(() => runAll(setup)));
  }
  for (const setup of [w40, w100, long]) verify(setup, expected, programs);
  return rowsOf({ w40, w100, long, many, v8Ms });
}

function rowsOf(measured: Record<'w40' | 'w100' | 'long' | 'many', Setup> & { v8Ms: number[] }): BenchRow[] {
  const { w40, w100, long, many, v8Ms } = measured;
  const group = 'side by side';
  const v8 = median(v8Ms);
  const against = (setup: Setup) => median(setup.samplesMs.map((ms, i) => ms / (v8Ms[i] ?? v8)));
  const ratioRow = (setup: Setup, what: string, bar: BenchRow['bar']): BenchRow => ({
    group,
    what,
    value: against(setup),
    unit: 'x V8',
    ...(bar === undefined ? {} : { bar }),
    machineMs: median(setup.samplesMs),
    v8Ms: v8,
  });
  const switches = countSwitches(w40) - countSwitches(long);
  const switchNs = (median(w40.samplesMs.map((ms, i) => ms - (long.samplesMs[i] ?? ms))) * 1e6) / switches;
  const nsPerInstruction = (setup: Setup) => (median(setup.samplesMs) * 1e6) / countInstructions(setup);
  return [
    ratioRow(w40, '28 cores, windows of 40 cycles', atMost(5.5)),
    ratioRow(w100, '28 cores, windows of 100 cycles', atMost(3.5)),
    ratioRow(long, `28 cores, windows of ${LONG_WINDOW_CYCLES} cycles`, undefined),
    { group, what: 'a core switch (windows of 40 against long ones)', value: switchNs, unit: 'ns', bar: atMost(14) },
    { group, what: 'a guest instruction, 28 cores', value: nsPerInstruction(w40), unit: 'ns' },
    { group, what: 'a guest instruction, 128 cores', value: nsPerInstruction(many), unit: 'ns' },
    {
      group,
      what: 'a guest instruction, 128 cores against 28',
      value: nsPerInstruction(many) / nsPerInstruction(w40),
      unit: 'x',
      bar: atMost(1.25),
    },
  ];
}

/** Units of work for each program that take equally long in simulated time. */
function calibrate(programs: GuestProgram[], cores: number): number[] {
  return programs.map((program) => {
    const machine = new Machine({ cores: 1 });
    return unitsFor(new MachineSubject(machine, machine.load(program.bytes), 0), WORK_CYCLES / cores);
  });
}

function createSetup(programs: GuestProgram[], cores: number, window: number, units: number[]): Setup {
  const machine = new Machine({ cores, windowCycles: window });
  const images = programs.map((program) => machine.load(program.bytes));
  const subjects = Array.from({ length: cores }, (_, core) => {
    const image = images[core % images.length];
    if (image === undefined) throw new Error('there are no programs to run');
    return new MachineSubject(machine, image, core);
  });
  return {
    machine,
    subjects,
    units: subjects.map((_, core) => units[core % units.length] ?? 1),
    window,
    samplesMs: [],
  };
}

function runAll({ machine, subjects, units }: Setup): void {
  for (const [core, subject] of subjects.entries()) subject.start(units[core] as number);
  const { reason } = machine.run();
  if (reason !== 'finished') throw new Error(`the machine stopped: ${reason}`);
}

function verify({ subjects, window }: Setup, expected: bigint[], programs: GuestProgram[]): void {
  for (const [core, subject] of subjects.entries()) {
    if (subject.result === expected[core]) continue;
    const { name } = programs[core % programs.length] as GuestProgram;
    throw new Error(`${name} on core ${core}, window ${window}: ${subject.result}, V8 computes ${expected[core]}`);
  }
}

/** Core switches in one run of the work. */
function countSwitches(setup: Setup): number {
  const before = setup.machine.switches;
  runAll(setup);
  return setup.machine.switches - before;
}

/** Guest instructions in one run of the work. */
function countInstructions(setup: Setup): number {
  const total = () => setup.subjects.reduce((sum, { core }) => sum + setup.machine.core(core).instructions, 0);
  const before = total();
  runAll(setup);
  return total() - before;
}
