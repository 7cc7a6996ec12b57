// How fast the slow path is: a pointer chase through 256 KiB, where nearly every load misses the L1.
import { Machine } from '../../machine/index.ts';
import { guestFile } from '../guest-programs.ts';
import { readHostFile } from '../module-file.ts';
import { atLeast, type BenchRow } from './rows.ts';
import { MachineSubject, missesOf, V8Subject } from './subjects.ts';
import { measureSides, warmUp } from './timing.ts';

const REGION_BYTES = 256 * 1024;
const STEPS = 2_000_000;

export async function measureRefills(repeat: number): Promise<BenchRow[]> {
  const program = { name: 'chase', title: 'pointer chase', bytes: readHostFile(guestFile('chase')) };
  const v8 = new V8Subject(program, REGION_BYTES);
  const machine = new Machine({ cores: 1 });
  const subject = new MachineSubject(machine, machine.load(program.bytes), 0, REGION_BYTES);
  await warmUp(() => v8.run(STEPS));
  await warmUp(() => subject.run(STEPS));
  const missesBefore = missesOf(machine.core(0));
  if (subject.run(STEPS) !== v8.run(STEPS)) throw new Error('chase: the machine and V8 disagree');
  const refills = missesOf(machine.core(0)) - missesBefore;
  const { machineMs, v8Ms } = measureSides(
    () => subject.run(STEPS),
    () => v8.run(STEPS),
    repeat,
  );
  const value = refills / machineMs / 1e3;
  const what = `pointer chase in ${REGION_BYTES / 1024} KiB`;
  return [{ group: 'refills', what, value, unit: 'million refills/s', bar: atLeast(30), machineMs, v8Ms }];
}
