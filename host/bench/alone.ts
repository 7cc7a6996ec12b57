// One core alone: each program on a machine of one core, and the geometric mean.
import { Machine } from '../../machine/index.ts';
import type { GuestProgram } from '../guest-programs.ts';
import { atMost, type BenchRow } from './rows.ts';
import { MachineSubject, V8Subject } from './subjects.ts';
import { geometricMean, measureSides, timeMs, warmUp } from './timing.ts';

/** A measurement in V8 takes about this long. */
const V8_TARGET_MS = 20;

export async function measureAlone(programs: GuestProgram[], repeat: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const program of programs) rows.push(await measureProgram(program, repeat));
  const mean = geometricMean(rows.map((row) => row.value));
  rows.push({ group: 'alone', what: 'geometric mean', value: mean, unit: 'x V8', bar: atMost(2.8) });
  return rows;
}

async function measureProgram(program: GuestProgram, repeat: number): Promise<BenchRow> {
  const v8 = new V8Subject(program);
  const machine = new Machine({ cores: 1 });
  const subject = new MachineSubject(machine, machine.load(program.bytes), 0);
  await warmUp(() => v8.run(1));
  const units = Math.max(1, Math.round(V8_TARGET_MS / (timeMs(() => v8.run(8)) / 8)));
  const expected = v8.run(units);
  // The machine's warm-up repeats calls of the measured length: shorter ones would leave longer windows unseen.
  await warmUp(() => subject.run(units));
  const check = (actual: bigint) => {
    if (actual !== expected) throw new Error(`${program.name}: the machine computes ${actual}, V8 ${expected}`);
  };
  const sides = measureSides(
    () => check(subject.run(units)),
    () => check(v8.run(units)),
    repeat,
  );
  return {
    group: 'alone',
    what: program.title,
    value: sides.ratio,
    unit: 'x V8',
    bar: atMost(7),
    machineMs: sides.machineMs,
    v8Ms: sides.v8Ms,
  };
}
