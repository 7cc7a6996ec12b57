// Cores that poll are parked, and nothing shows it.
//
// PARKING_CASES=2000 makes a long campaign of it, PARKING_SEED another one, PARKING_FIRST begins with another case.
import { describe, expect, it } from 'vitest';
import { instantiatePerCore } from '../../../host/per-core.ts';
import { Machine, Trace } from '../../../machine/index.ts';
import { sleepName } from '../../../machine/observe/words.ts';
import { Random } from '../../fuzz/random.ts';
import { assemble } from '../../host/assemble.ts';
import { kernelText, runKernel } from './kernel.ts';
import { compareParking, type ParkingCase, randomMachine, randomSlices } from './parking-cases.ts';
import { pollingKernel } from './polling-kernel.ts';
import { pollingProgram } from './polling-program.ts';

const { PARKING_CASES = '12', PARKING_SEED = '1', PARKING_FIRST = '0' } = process.env;
const CASES = Number(PARKING_CASES);
const FIRST = Number(PARKING_FIRST);
const SEED = Number(PARKING_SEED);

async function programCase(number: number): Promise<ParkingCase> {
  const random = new Random(SEED, number);
  const options = randomMachine(random, 8);
  const program = pollingProgram(random, options.cores, 2 + random.below(16));
  const bytes = await assemble(program.text);
  return {
    name: `seed ${SEED}, case ${number}\n${program.summary.join('\n')}\n`,
    options,
    slices: randomSlices(random, 5000),
    mostCycles: 400_000,
    restores: random.oneIn(4),
    observed: random.oneIn(4),
    begin: (machine) => {
      const instances = instantiatePerCore(machine, machine.load(bytes));
      for (const [core, instance] of instances.entries()) machine.start(core, instance, `core${core}`);
    },
  };
}

async function kernelCase(number: number): Promise<ParkingCase> {
  const random = new Random(SEED, 0x1000_0000 + number);
  const options = randomMachine(random, 8);
  const program = pollingKernel(random, options.cores, 2 + random.below(12));
  const bytes = await assemble(program.text);
  return {
    name: `seed ${SEED}, kernel ${number}\n${program.summary.join('\n')}\n`,
    options,
    slices: randomSlices(random, 5000),
    mostCycles: 200_000,
    restores: random.oneIn(4),
    observed: random.oneIn(4),
    begin: (machine) => machine.boot({ kernel: machine.load(bytes, { privilege: 'kernel' }) }),
    input: new Uint8Array(3).fill(1),
  };
}

/** Core 0 works and then sets a word that the others poll, each in its memory. */
async function working(parking: boolean): Promise<Machine> {
  const machine = new Machine({ cores: 4, ramBytes: 1 << 23, parking });
  const bytes = await assemble(`(module
    (import "machine" "pause" (func $pause))
    (import "env" "memory" (memory 1 1 shared))
    (func (export "work") (local $n i32)
      (loop $l (br_if $l (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 100000))))
      (i32.store (i32.const 256) (i32.const 1)))
    (func (export "poll") (loop $l (call $pause) (br_if $l (i32.eqz (i32.load (i32.const 256)))))))`);
  const instances = instantiatePerCore(machine, machine.load(bytes));
  for (const [core, instance] of instances.entries()) machine.start(core, instance, core === 0 ? 'work' : 'poll');
  return machine;
}

it('executes next to nothing of cores that poll', async () => {
  const [off, on] = [await working(false), await working(true)];
  expect([off.run().reason, on.run().reason]).toEqual(['finished', 'finished']);
  expect(on.digest()).toBe(off.digest());
  expect([off.parkings, on.parkings]).toEqual([0, 3]);
  // How often cores were entered: in every window, or while there was something to find out.
  expect(on.switches).toBeLessThan(off.switches / 50);
});

it('tells observers when a core polls', async () => {
  const trace = new Trace();
  const machine = new Machine({ cores: 2, ramBytes: 1 << 23, observer: trace });
  const program = await assemble(`(module (import "machine" "pause" (func $pause)) (memory 1)
    (func (export "run") (loop $l (call $pause) (br_if $l (i32.eqz (i32.load (i32.const 0)))))))`);
  const image = machine.load(program);
  for (const core of [0, 1]) machine.start(core, machine.instantiate(image), 'run');
  expect(machine.run({ maxCycles: 10_000 }).reason).toBe('cycle-limit');
  const polling = [...trace.events()].filter((event) => event.kind === 'sleep');
  expect(polling.map(({ core, fields }) => [core, sleepName(fields.kind)])).toEqual([
    [0, 'polling'],
    [1, 'polling'],
  ]);
  const { reason, message } = machine.run();
  expect(reason).toBe('livelock');
  expect(message).toMatch(/core 0 polls physical line \d+ in run at byte 0x[0-9a-f]+\ncore 1 polls/);
});

it('waits for input while cores poll, and tells those that poll where it is read to', async () => {
  const word = 0x8000_8000;
  // Core 0 sleeps until the console interrupts it.
  const kernel = kernelText(`
    (table 1 funcref) (elem (i32.const 0) $poll)
    (func (export "trap") (param i32 i32 i32 i32 i32 i32 i32) (result i64)
      (drop (call $console_read (i32.const ${word}) (i32.const 4)))
      (i64.const 0))
    (func $poll (param i32)
      (loop $l (call $pause) (br_if $l (i32.eqz (i32.load (i32.const ${word})))))
      (call $note32 (i32.load (i32.const ${word}))))
    (func (export "boot") (param $boot i32)
      (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
      (drop (call $interrupt_route (i32.const 1) (i32.const 0) (i32.const 9)))
      (drop (call $interrupts (i32.const 1)))
      (loop $l (call $halt) (br_if $l (i32.eqz (i32.load (i32.const ${word}))))))`);
  const { machine: waiting } = await runKernel(kernel, { cores: 2, maxCycles: 1 });
  expect(waiting.run()).toEqual({ reason: 'waiting-for-input' });
  const ends = [];
  for (const parking of [true, false]) {
    const { machine, reason, timedNotes } = await runKernel(kernel, { cores: 2, parking, maxCycles: 20_000 });
    expect(reason).toBe('cycle-limit');
    expect(machine.run({ maxCycles: 20_000 }).endless).toBe(parking ? 'waiting-for-input' : undefined);
    machine.console.input(new TextEncoder().encode('ping'));
    expect(machine.run({ maxCycles: 20_000 }).reason).toBe('finished');
    ends.push([...timedNotes, machine.digest()]);
  }
  expect(ends[0]).toHaveLength(2);
  expect(ends[1]).toEqual(ends[0]);
});

describe.each([
  { what: 'programs', make: programCase },
  { what: 'kernels', make: kernelCase },
])('random $what that poll', ({ make }) => {
  it(`show the same with parking and without, seed ${SEED}`, { timeout: 60_000 + 1000 * CASES }, async () => {
    let parkings = 0;
    for (let number = FIRST; number < FIRST + CASES; number++) parkings += compareParking(await make(number));
    expect(parkings).toBeGreaterThan(CASES);
  });
});
