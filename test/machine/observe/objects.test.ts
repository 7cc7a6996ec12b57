// Tallies on real machines: counted by instance and core, and not there at all for the run.
import { describe, expect, it } from 'vitest';
import { instantiatePerCore } from '../../../host/per-core.ts';
import { Machine, type MachineOptions, type ObjectInstance, Objects, uniform } from '../../../machine/index.ts';
import { KERNEL_ADDRESS, TALLY_ACCESS, TALLY_CREATED, TALLY_DESTROYED, TALLY_OWN } from '../../../machine/platform.ts';
import { assemble } from '../../host/assemble.ts';
import { kernelText, runKernel } from '../core/kernel.ts';

/** Every place in which a tally may stand: in loops, between loads, on top of values that others still need, last in a function. */
const text = (tally: (object: string, event: number) => string) => `(module
  (import "env" "memory" (memory 1 1 shared))
  (import "machine" "tally" (func $tally (param i32 i32)))
  (import "machine" "pause" (func $pause))
  (func $add (param $at i32) (result i32)
    ${tally('(local.get $at)', TALLY_ACCESS)}
    (i32.atomic.rmw.add (local.get $at) (i32.const 1))
    ${tally('(local.get $at)', TALLY_OWN)})
  (func (export "work") (param $at i32) (param $n i32) (result i32) (local $sum i32)
    ${tally('(local.get $at)', TALLY_CREATED)}
    (loop $again
      (local.set $sum (i32.add
        (i32.load (local.get $at))
        (block (result i32) ${tally('(local.get $at)', 99)} (i32.mul (call $add (local.get $at)) (local.get $sum)))))
      ${tally('(i32.const 4096)', TALLY_ACCESS)}
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    ${tally('(local.get $at)', TALLY_DESTROYED)}
    (local.get $sum))
  (func (export "poll") (param $at i32) (param $n i32) (result i32)
    (loop $again
      ${tally('(i32.const 8192)', TALLY_ACCESS)}
      (call $pause)
      (br_if $again (i32.lt_u (i32.load (local.get $at)) (local.get $n))))
    (i32.const 0)))`;

const TALLIED = await assemble(text((object, event) => `(call $tally ${object} (i32.const ${event}))`));
const SILENT = await assemble(text(() => ''));

/** Two cores share an object, a third has one of its own, the fourth polls until the two are done. */
function run(bytes: Uint8Array, options: MachineOptions) {
  const machine = new Machine({ profile: uniform(4), ramBytes: 1 << 22, ...options });
  const instances = instantiatePerCore(machine, machine.load(bytes));
  const start = (core: number, name: string, at: number, n: number) => {
    const instance = instances[core];
    if (instance) machine.start(core, instance, name, [BigInt(at), BigInt(n)]);
  };
  for (const [core, at] of [128, 128, 256].entries()) start(core, 'work', at, 300 + core);
  start(3, 'poll', 128, 601);
  expect(machine.run({ maxCycles: 1e7 }).reason).toBe('finished');
  const cores = [0, 1, 2, 3].map((core) => {
    const { cycles, instructions, accesses, results } = machine.core(core);
    return { cycles, instructions, accesses, results };
  });
  return { digest: machine.digest(), time: machine.time, cores };
}

describe.each([
  { windowCycles: 1 },
  { windowCycles: 40 },
  { windowCycles: 40, mode: 'checked' as const },
  { windowCycles: 13, leaveSeed: 5 },
])('with %j', (options) => {
  it('a run with tallies is the run without them, whether they are counted or not', () => {
    const silent = run(SILENT, options);
    expect(run(TALLIED, options)).toEqual(silent);
    const objects = new Objects();
    expect(run(TALLIED, { ...options, observer: objects })).toEqual(silent);
    const [polled, shared, own] = [8192, 4096, 256].map((address) =>
      objects.instances().find((one) => one.address === address),
    ) as [ObjectInstance, ObjectInstance, ObjectInstance];
    expect(polled.cores).toEqual([{ core: 3, uses: polled.uses }]);
    expect(polled.uses).toBeGreaterThan(20);
    expect(shared.cores).toEqual([300, 301, 302].map((uses, core) => ({ core, uses })));
    expect(shared).toMatchObject({ uses: 903, isLocal: false });
    expect(own).toMatchObject({ uses: 3 * 302, createdOn: 2, destroyedOn: 2, isLocal: true });
    expect([own.events[TALLY_ACCESS], own.events[TALLY_OWN], own.events[15]]).toEqual([302, 302, 302]);
  });
});

it('a snapshot of a run whose tallies are counted goes on where nobody counts, and the other way round', () => {
  const begin = (observer?: Objects) => {
    const machine = new Machine({ cores: 1, ramBytes: 1 << 22, ...(observer && { observer }) });
    const [instance] = instantiatePerCore(machine, machine.load(TALLIED));
    if (instance) machine.start(0, instance, 'work', [128n, 500n]);
    return machine;
  };
  const whole = begin();
  whole.run();
  const [before, after] = [new Objects(), new Objects()];
  const counted = begin(before);
  counted.run({ maxCycles: 5000 });
  const uncounted = Machine.restore(counted.snapshot());
  uncounted.run({ maxCycles: 5000 });
  const last = Machine.restore(uncounted.snapshot(), { observer: after });
  last.run();
  expect(last.digest()).toBe(whole.digest());
  expect([before, after].every((objects) => objects.instances().length > 0)).toBe(true);
});

it('objects have the names of their labels, and what is created at the address of another is another', async () => {
  const objects = new Objects();
  const object = KERNEL_ADDRESS + 512;
  const tally = (event: number) => `(call $tally (i32.const ${object}) (i32.const ${event}))`;
  const { reason } = await runKernel(
    kernelText(`
  (table funcref (elem $second))
  (data (i32.const ${KERNEL_ADDRESS + 64}) "desk")
  (func (export "boot") (param i32)
    ${tally(TALLY_CREATED)}
    ${tally(TALLY_ACCESS)}
    (call $label (i32.const ${object - 4}) (i32.const 8) (i32.const ${KERNEL_ADDRESS + 64}) (i32.const 4))
    ${tally(TALLY_DESTROYED)}
    (call $label (i32.const ${object - 4}) (i32.const 8) (i32.const 0) (i32.const 0))
    ${tally(TALLY_CREATED)}
    (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func $second (param i32)
    ${tally(TALLY_ACCESS)}
    ${tally(TALLY_ACCESS)}
    ${tally(TALLY_DESTROYED)}
    ${tally(TALLY_ACCESS)})`),
    { cores: 2, observer: objects },
  );
  expect(reason).toBe('finished');
  expect(objects.instances()).toMatchObject([
    { address: object, name: undefined, uses: 3, createdOn: 0, destroyedOn: 1, isLocal: false },
    { address: object, name: 'desk', uses: 1, createdOn: 0, destroyedOn: 0, isLocal: true },
  ]);
});
