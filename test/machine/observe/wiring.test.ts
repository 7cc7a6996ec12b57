// Observers on real machines: told what happens, with its place in the guest, and never moving a cycle.
import { describe, expect, it } from 'vitest';
import { instantiatePerCore } from '../../../host/per-core.ts';
import {
  Contention,
  Counters,
  combineObservers,
  Machine,
  type MachineOptions,
  type Observer,
  Profile,
  profileNamed,
  Trace,
  uniform,
  WOKEN_BY_WRITE,
} from '../../../machine/index.ts';
import { SLEEPS_WAIT } from '../../../machine/state/layout.ts';
import { assemble } from '../../host/assemble.ts';

const text = `(module
  (import "env" "memory" (memory 1 1 shared))
  (import "machine" "mark" (func $mark (param i32 i32 i64)))
  (import "machine" "log" (func $log (param i32 i32)))
  (import "machine" "report" (func $report (param i32 i32 f64)))
  (import "machine" "core_id" (func $id (result i32)))
  (data (i32.const 32) "work beginwork endhello")
  (func $increment (param i32) (drop (i32.atomic.rmw.add (local.get 0) (i32.const 1))))
  (func (export "count") (param $address i32) (param $n i32)
    (loop $again
      (call $increment (local.get $address))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "store") (param $address i32) (param $n i32)
    (call $mark (i32.const 32) (i32.const 10) (i64.const 0))
    (loop $again
      (i32.store16 (local.get $address) (local.get $n))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call $mark (i32.const 42) (i32.const 8) (i64.const 0)))
  (func (export "talk") (param i32)
    (call $log (i32.const 50) (i32.const 5))
    (call $report (i32.const 50) (i32.const 5) (f64.convert_i32_u (local.get 0))))
  (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
  (func (export "wake") (param i32) (result i32)
    (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (memory.atomic.notify (i32.const 0) (i32.const 1)))
  (func (export "trap") unreachable))`;

interface Work {
  readonly name: string;
  readonly args: readonly bigint[];
}

/** Runs one function on each core to its end. */
async function run(work: readonly Work[], options: MachineOptions): Promise<Machine> {
  const machine = new Machine({ profile: uniform(work.length), ramBytes: 1 << 22, ...options });
  const instances = instantiatePerCore(machine, machine.load(await assemble(text)));
  for (const [core, { name, args }] of work.entries()) {
    const instance = instances[core];
    if (instance) machine.start(core, instance, name, args);
  }
  machine.run({ maxCycles: 1e7 });
  return machine;
}

const counting = (addresses: readonly number[], rounds: number): Work[] =>
  addresses.map((address) => ({ name: 'count', args: [BigInt(address), BigInt(rounds)] }));

const MIXED: Work[] = [
  ...counting([128, 128, 132], 300),
  { name: 'store', args: [256n, 500n] },
  { name: 'store', args: [260n, 400n] },
  { name: 'talk', args: [7n] },
  { name: 'wait', args: [] },
  { name: 'wake', args: [2000n] },
];

const every = (): Observer[] => [new Trace(), new Counters(), new Profile({ period: 50 }), new Contention()];

describe.each([
  { windowCycles: 1 },
  { windowCycles: 40 },
  { windowCycles: 40, mode: 'checked' as const },
  { windowCycles: 13, leaveSeed: 5 },
  { windowCycles: 40, profile: profileNamed('amd-4x4') },
])('with %j', ({ profile, ...options }) => {
  it('no observer moves a cycle', async () => {
    const plain = await run(MIXED, { ...options, ...(profile && { profile }) });
    const alone = every().map((observer) => [observer]);
    for (const observers of [...alone, every()]) {
      const observed = await run(MIXED, {
        ...options,
        ...(profile && { profile }),
        observer: combineObservers(observers),
      });
      expect(observed.digest()).toBe(plain.digest());
      expect(observed.time).toBe(plain.time);
    }
  });
});

it('tells a trace what the guest says, and why the machine stops', async () => {
  const trace = new Trace({ memoryEvents: 0 });
  await run(
    [
      { name: 'talk', args: [7n] },
      { name: 'trap', args: [] },
    ],
    { observer: trace },
  );
  const events = [...trace.events()];
  const of = (kind: string) => events.filter((event) => event.kind === kind).map(({ core, fields }) => [core, fields]);
  expect(of('start')).toEqual([
    [0, { name: 'talk' }],
    [1, { name: 'trap' }],
  ]);
  expect(of('log')).toEqual([[0, { text: 'hello' }]]);
  expect(of('report')).toEqual([[0, { name: 'hello', value: 7 }]]);
  expect(of('stop')).toMatchObject([[1, { what: expect.stringContaining('unreachable on core 1') }]]);
  expect(of('finish').map(([core]) => core)).toEqual([0]);
});

it('tells runs that make up the time of a core, but for its sleep', async () => {
  const trace = new Trace();
  const machine = await run(MIXED, { observer: trace });
  for (let core = 0; core < machine.coreCount; core++) {
    let time = 0;
    for (const event of trace.events()) {
      if (event.core !== core || (event.kind !== 'run' && event.kind !== 'sleep')) continue;
      expect(event.fields.start).toBe(time);
      time = event.time;
    }
    expect(time / 8).toBe(machine.core(core).cycles);
  }
  const slept = [...trace.events()].filter(({ kind }) => kind === 'sleep');
  expect(slept).toMatchObject([{ core: 6, fields: { kind: SLEEPS_WAIT, reason: WOKEN_BY_WRITE, by: 7 } }]);
});

it('tells the access and the instruction behind a transaction', async () => {
  const trace = new Trace();
  const machine = await run(counting([132, 132], 20), { observer: trace });
  const accesses = [...trace.events()].flatMap((event) =>
    event.kind === 'transaction' && event.fields.bytes > 0 ? [event.fields] : [],
  );
  expect(accesses.length).toBeGreaterThan(10);
  for (const { address, offset, bytes, site } of accesses) {
    expect([address, offset, bytes]).toEqual([132, 4, 4]);
    expect(machine.site(site)?.name).toBe('increment');
  }
  const offsets = new Set(accesses.map(({ site }) => machine.site(site)?.offset));
  expect(offsets.size).toBe(1);
  // Page walks read memory too, and no instruction of the guest does that.
  const walks = [...trace.events()].filter((event) => event.kind === 'transaction' && event.fields.bytes === 0);
  expect(walks.length).toBeGreaterThan(0);
  for (const walk of walks) expect(walk).toMatchObject({ fields: { address: -1, site: 0, offset: 0 } });
  expect(machine.site(0)).toBeUndefined();
});

it.each([
  ['the same word', [128, 128], 'true'],
  ['two words of a line', [128, 136], 'false'],
])('tells true from false sharing: %s', async (_, addresses, sharing) => {
  const contention = new Contention();
  await run(counting(addresses, 200), { observer: contention });
  const [line] = contention.lines();
  expect(line).toMatchObject({ address: 128, sharing });
  expect(line?.transfers).toBeGreaterThan(20);
  expect(line?.cores.map(({ writtenBytes }) => writtenBytes)).toEqual(
    addresses.map((address) => [{ start: address - 128, end: address - 124 }]),
  );
});

it('sees no contention where each core has a line of its own', async () => {
  const contention = new Contention();
  await run(counting([128, 192, 256], 200), { observer: contention });
  expect(contention.lines().filter(({ address }) => address >= 0)).toEqual([]);
});

it('weighs a profile with all of the cores’ time', async () => {
  const profile = new Profile({ period: 20 });
  const machine = await run(MIXED, { observer: profile });
  for (let core = 0; core < machine.coreCount; core++) {
    const samples = [...profile.samples(core)];
    expect(samples.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(machine.core(core).cycles);
  }
  const names = (core: number) =>
    new Set(
      [...profile.samples(core)].flatMap(({ stack }) =>
        stack.map((frame) => {
          const found = profile.frames[frame];
          return typeof found === 'string' ? found : found?.name;
        }),
      ),
    );
  expect([...names(0)]).toContain('count');
  expect([...names(6)]).toContain('(atomic wait)');
});

it('counts what the machine counts, whole and by region', async () => {
  const counters = new Counters();
  const machine = await run(MIXED, { observer: counters });
  const [whole, work] = counters.regions();
  const value = (region: typeof whole, of: string, name: string) =>
    region?.values.find((entry) => entry.of === of && entry.counter === name)?.value ?? Number.NaN;
  for (let core = 0; core < machine.coreCount; core++) {
    expect(value(whole, `core ${core}`, 'instructions')).toBe(machine.core(core).instructions);
    expect(value(whole, `core ${core}`, 'cycles')).toBe(machine.core(core).cycles);
  }
  expect(value(whole, 'core 6', 'sleeps')).toBe(1);
  expect(value(whole, 'core 6', 'sleepCycles')).toBeGreaterThan(1000);
  expect(work).toMatchObject({ name: 'work', entries: 2 });
  expect(value(work, 'core 3', 'coherenceMisses')).toBeGreaterThan(0);
  expect(value(work, 'core 3', 'instructions')).toBeGreaterThan(500);
  expect(value(work, 'core 3', 'instructions')).toBeLessThanOrEqual(value(whole, 'core 3', 'instructions'));
});
