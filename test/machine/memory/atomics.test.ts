// Two cores on one shared memory: atomic updates lose nothing, and memory.atomic.wait and notify keep to the threads proposal.
import { expect, it } from 'vitest';
import { type Instance, Machine, type MachineOptions } from '../../../machine/index.ts';
import { assemble } from '../../host/assemble.ts';

const text = `(module (import "env" "memory" (memory 1 1 shared))
  (func (export "count") (param i32)
    (loop $l
      (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "lock and count") (param i32)
    (loop $l
      (loop $spin (br_if $spin (i32.atomic.rmw.cmpxchg (i32.const 128) (i32.const 0) (i32.const 1))))
      (i32.store (i32.const 256) (i32.add (i32.load (i32.const 256)) (i32.const 1)))
      (i32.atomic.store (i32.const 128) (i32.const 0))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "load") (param i32) (result i32) (i32.atomic.load (local.get 0)))
  (func (export "store") (param i32 i32) (i32.atomic.store (local.get 0) (local.get 1)))
  (func (export "wait") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "notify later") (param i32 i32) (result i32)
    (loop $l (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
    (memory.atomic.notify (local.get 0) (i32.const -1)))
  (func (export "wait and store") (param i32)
    (drop (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const -1)))
    (i32.atomic.store (i32.const 512) (i32.const 1)))
  (func (export "notify and spin") (param i32) (local i32)
    (local.set 1 (i32.const 500))
    (loop $l (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
    (loop $l (br_if $l (i32.eqz (memory.atomic.notify (local.get 0) (i32.const 1)))))
    (loop $l (br_if $l (i32.eqz (i32.atomic.load (i32.const 512))))))
  (func (export "ping") (param i32)
    (loop $l
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
      (block $done (loop $w
        (br_if $done (i32.eqz (i32.atomic.load (i32.const 0))))
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1)))
        (br $w)))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "pong") (param i32)
    (loop $l
      (block $done (loop $w
        (br_if $done (i32.atomic.load (i32.const 0)))
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
        (br $w)))
      (i32.atomic.store (i32.const 0) (i32.const 0))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
)`;

const FOREVER = (1n << 64n) - 1n;

async function start(options: MachineOptions): Promise<{ machine: Machine; instances: Instance[] }> {
  const machine = new Machine({ cores: 2, ...options });
  const memory = machine.createMemory({ min: 1, max: 1, shared: true });
  const image = machine.load(await assemble(text));
  const instances = [0, 1].map(() => machine.instantiate(image, { env: { memory } }));
  return { machine, instances };
}

function startBoth(machine: Machine, [one, other]: Instance[], names: [string, string], args: bigint[][]): void {
  machine.start(0, one as Instance, names[0], args[0]);
  machine.start(1, other as Instance, names[1], args[1]);
}

const MODES: MachineOptions[] = (['fast', 'checked'] as const).flatMap((mode) =>
  [1, 7, 1000].map((windowCycles) => ({ mode, windowCycles })),
);

it.each([...MODES, { leaveSeed: 4, windowCycles: 3 }])('loses no update, with %j', async (options) => {
  const { machine, instances } = await start(options);
  startBoth(machine, instances, ['count', 'count'], [[1000n], [700n]]);
  expect(machine.run().reason).toBe('finished');
  expect(machine.invoke(instances[0] as Instance, 'load', [64n])).toEqual([1700n]);
  startBoth(machine, instances, ['lock and count', 'lock and count'], [[200n], [300n]]);
  expect(machine.run().reason).toBe('finished');
  expect(machine.invoke(instances[1] as Instance, 'load', [256n])).toEqual([500n]);
});

it.each([...MODES, { leaveSeed: 4, windowCycles: 3 }])(
  'hands a word to and fro by wait and notify, with %j',
  async (options) => {
    const { machine, instances } = await start(options);
    startBoth(machine, instances, ['ping', 'pong'], [[50n], [50n]]);
    expect(machine.run({ maxCycles: 1e5 }).reason).toBe('finished');
    expect(machine.invoke(instances[0] as Instance, 'load', [0n])).toEqual([0n]);
  },
);

it('answers 0 when woken, 1 when the value is another, 2 after the time', async () => {
  const { machine, instances } = await start({});
  const [one, other] = instances as [Instance, Instance];
  startBoth(
    machine,
    instances,
    ['wait', 'notify later'],
    [
      [64n, 0n, FOREVER],
      [64n, 100n],
    ],
  );
  expect(machine.run().reason).toBe('finished');
  expect([machine.core(0).results, machine.core(1).results]).toEqual([[0n], [1n]]);
  expect(machine.invoke(one, 'wait', [64n, 5n, FOREVER])).toEqual([1n]);
  expect(machine.invoke(one, 'wait64', [64n, 5n, FOREVER])).toEqual([1n]);
  expect(machine.invoke(other, 'notify', [64n, 5n])).toEqual([0n]);
  const before = machine.time;
  expect(machine.invoke(one, 'wait', [64n, 0n, 5000n])).toEqual([2n]);
  const waited = machine.time - before;
  // A nanosecond is a cycle; the call itself takes a few.
  expect(waited).toBeGreaterThanOrEqual(5000);
  expect(waited).toBeLessThan(5200);
});

it('lets a woken core run within a window', async () => {
  const { machine, instances } = await start({});
  startBoth(machine, instances, ['wait and store', 'notify and spin'], [[64n], [64n]]);
  expect(machine.run({ maxCycles: 1e6 }).reason).toBe('finished');
  expect(machine.core(1).cycles).toBeLessThan(3000);
});

it('says when all that is left waits for ever', async () => {
  const { machine, instances } = await start({});
  machine.start(0, instances[0] as Instance, 'wait', [64n, 0n, FOREVER]);
  expect(machine.run().reason).toBe('deadlock');
  expect(machine.core(0).state).toBe('waiting');
  machine.start(1, instances[1] as Instance, 'notify', [64n, 1n]);
  expect(machine.run().reason).toBe('finished');
  expect(machine.core(0).results).toEqual([0n]);
});

it('traps where an atomic access is not aligned', async () => {
  for (const mode of ['fast', 'checked'] as const) {
    const { machine, instances } = await start({ mode });
    const one = instances[0] as Instance;
    for (const address of [1n, 2n, 63n, 65530n]) {
      expect(() => machine.invoke(one, 'load', [address])).toThrow('unaligned atomic');
      expect(() => machine.invoke(one, 'store', [address, 1n])).toThrow('unaligned atomic');
    }
    expect(() => machine.invoke(one, 'wait', [1n, 0n, 0n])).toThrow('unaligned atomic');
    expect(() => machine.invoke(one, 'load', [65536n])).toThrow('out of bounds memory access');
  }
});

it('traps there also when the line is at hand, in and outside of loops', async () => {
  const bytes = await assemble(`(module (memory 1)
    (func (export "straight") (param i32) (result i32)
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (drop (i32.atomic.rmw.add (local.get 0) (i32.const 1)))
      (i32.atomic.load (local.get 0)))
    (func (export "loop") (param i32) (result i32) (local i32)
      (loop $l (result i32)
        (drop (i32.atomic.rmw.add (i32.mul (local.get 0) (local.get 1)) (i32.const 1)))
        (drop (i32.load (i32.mul (local.get 0) (local.get 1))))
        (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 3)))
        (local.get 1))))`);
  for (const mode of ['fast', 'checked'] as const) {
    const machine = new Machine({ mode });
    const instance = machine.instantiate(machine.load(bytes));
    for (const name of ['straight', 'loop']) {
      expect(() => machine.invoke(instance, name, [2n]), `${name}, ${mode}`).toThrow('unaligned atomic');
      machine.invoke(instance, name, [4n]);
    }
  }
});

it('refuses to wait in a memory that is not shared', async () => {
  const bytes = await assemble(`(module (memory 1)
    (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0))))`);
  const machine = new Machine();
  const instance = machine.instantiate(machine.load(bytes));
  expect(() => machine.invoke(instance, 'wait')).toThrow('expected shared memory');
});
