// The memory system: hits of the second cache, misses that go to memory, and lines that cores take from each other.
import { Machine, profileNamed } from '../../machine/index.ts';
import { guestFile } from '../guest-programs.ts';
import { assemble, readHostFile } from '../module-file.ts';
import { atLeast, type BenchRow } from './rows.ts';
import { MachineSubject } from './subjects.ts';
import { median, timeMs, warmUp } from './timing.ts';

const STEPS = 500_000;
const KIB = 1024;

/** A chain of dependent loads through a region, each of which misses: loads a second. */
async function measureChase(kibibytes: number, what: string, limit: number, repeat: number): Promise<BenchRow> {
  const machine = new Machine({ cores: 1 });
  const image = machine.load(readHostFile(guestFile('chase')));
  const subject = new MachineSubject(machine, image, 0, kibibytes * KIB);
  const run = () => subject.run(STEPS);
  await warmUp(run);
  const ms = median(Array.from({ length: repeat }, () => timeMs(run)));
  return { group: 'memory', what, value: STEPS / ms / 1e3, unit: 'million/s', bar: atLeast(limit), machineMs: ms };
}

export async function measureMemory(repeat: number): Promise<BenchRow[]> {
  return [
    await measureChase(256, 'L2 hits: pointer chase in 256 KiB', 25, repeat),
    await measureChase(16 * KIB, 'memory misses: pointer chase in 16 MiB', 6, repeat),
  ];
}

const CORES = 16;
const INCREMENTS = 10_000;
/** One machine of each fabric that has as many cores. */
const FABRICS = [
  ['bus', 'ibm-s85'],
  ['broadcast', 'amd-4x4'],
  ['directory', 'uniform-16'],
] as const;

/** All cores increment the same word, each time by an atomic operation: every increment moves the line. */
const COUNTER = `(module
  (memory 1 1 shared)
  (func (export "run") (param $left i32)
    (loop $next
      (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))`;

export async function measureCoherence(repeat: number): Promise<BenchRow[]> {
  const bytes = await assemble('counter.wat', COUNTER);
  const rows: BenchRow[] = [];
  for (const [fabric, name] of FABRICS) {
    const machine = new Machine({ profile: profileNamed(name), cores: CORES });
    const instance = machine.instantiate(machine.load(bytes));
    const run = () => {
      for (let core = 0; core < CORES; core++) machine.start(core, instance, 'run', [BigInt(INCREMENTS)]);
      machine.run();
    };
    await warmUp(run);
    const ms = median(Array.from({ length: repeat }, () => timeMs(run)));
    const value = (CORES * INCREMENTS) / ms / 1e3;
    const what = `${CORES} cores increment one word: ${fabric} (${name})`;
    rows.push({ group: 'coherence', what, value, unit: 'million transfers/s', bar: atLeast(3), machineMs: ms });
  }
  return rows;
}
