// Cores that are slower than the reference clock: what they do takes longer, what the memory does for them does not.
import { describe, expect, it } from 'vitest';
import { Machine, type MachineProfile, uniform } from '../../../machine/index.ts';
import { assemble } from '../../host/assemble.ts';
import { kernelText, runInAllModes } from './kernel.ts';

function withSpeeds(cores: number, speeds: { cores: number[]; ratio: number }[]): MachineProfile {
  const profile = uniform(cores);
  return { ...profile, core: { ...profile.core, speeds } };
}

const LOOP = `(module
  (import "machine" "cycles" (func $cycles (result i64)))
  (memory 16)
  (func (export "count") (param $n i32) (result i64) (local $start i64)
    (local.set $start (call $cycles))
    (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.sub (call $cycles) (local.get $start)))
  (func (export "miss") (param $n i32) (result i64) (local $start i64) (local $at i32)
    (local.set $start (call $cycles))
    (loop $l
      (drop (i32.load (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 4096)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.sub (call $cycles) (local.get $start))))`;

describe.each([1, 40, 1000])('with windows of %d cycles', (windowCycles) => {
  it.each([0.5, 0.2, 0.01, 0.37])('a core of speed %d takes that much longer to compute', async (ratio) => {
    const machine = new Machine({ profile: withSpeeds(2, [{ cores: [1], ratio }]), windowCycles });
    const image = machine.load(await assemble(LOOP));
    const instances = [0, 1].map(() => machine.instantiate(image));
    instances.forEach((instance, core) => {
      machine.start(core, instance, 'count', [10_000n]);
    });
    expect(machine.run().reason).toBe('finished');
    const [fast, slow] = [0, 1].map((core) => machine.core(core));
    const taken = [fast, slow].map((core) => Number(core?.results?.[0]));
    expect((taken[1] as number) / (taken[0] as number)).toBeCloseTo(1 / ratio, ratio < 0.1 ? 0 : 2);
    expect((slow?.cycles as number) / (fast?.cycles as number)).toBeCloseTo(1 / ratio, ratio < 0.1 ? 0 : 2);
    expect(slow?.instructions).toBe(fast?.instructions);
  });
});

it('waits as long for memory as the others do', async () => {
  const profile = withSpeeds(2, [{ cores: [1], ratio: 0.1 }]);
  const taken = [];
  for (const core of [0, 1]) {
    const machine = new Machine({ profile });
    const instance = machine.instantiate(machine.load(await assemble(LOOP)));
    const [cycles] = machine.invoke(instance, 'miss', [200n], { core });
    taken.push({ cycles: Number(cycles), stalls: machine.core(core).stallCycles });
  }
  const [fast, slow] = taken as [(typeof taken)[0], (typeof taken)[0]];
  // The ticks of a stall are the core's own.
  expect(slow.stalls / fast.stalls).toBeCloseTo(0.1, 2);
  const computing = (fast.cycles - fast.stalls) * 10;
  expect(slow.cycles / (computing + fast.stalls)).toBeCloseTo(1, 2);
});

const AHEAD = `(module
  (import "machine" "cycles" (func $cycles (result i64)))
  (import "machine" "fence" (func $fence))
  (import "machine" "prefetch" (func $prefetch (param i32)))
  (memory 16)
  (func (export "store") (param $n i32) (result i64) (local $start i64)
    (local.set $start (call $cycles))
    (loop $l
      (i32.store (i32.shl (local.get $n) (i32.const 6)) (i32.const 1))
      (call $fence)
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.sub (call $cycles) (local.get $start)))
  (func (export "load") (param $n i32) (result i64) (call $load (local.get $n) (i32.const 64)))
  (func (export "prefetch") (param $n i32) (result i64) (call $load (local.get $n) (i32.const 0)))
  (func $load (param $n i32) (param $ahead i32) (result i64) (local $start i64) (local $at i32)
    (local.set $start (call $cycles))
    (loop $l
      (local.set $at (i32.shl (local.get $n) (i32.const 6)))
      (call $prefetch (i32.add (local.get $at) (local.get $ahead)))
      (drop (i32.load (local.get $at)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.sub (call $cycles) (local.get $start))))`;

describe.each([1, 0.5, 0.37, 0.1])('a core of speed %d waits as long for what it began before', (ratio) => {
  async function cyclesOf(name: string, storeBufferEntries: number): Promise<number> {
    const { core, memory, ...profile } = withSpeeds(2, ratio < 1 ? [{ cores: [1], ratio }] : []);
    // Long against what the core computes meanwhile.
    const slow = { core: { ...core, storeBufferEntries }, memory: { ...memory, latencyCycles: 10_000 } };
    const machine = new Machine({ profile: { ...profile, ...slow } });
    const instance = machine.instantiate(machine.load(await assemble(AHEAD)));
    return Number(machine.invoke(instance, name, [200n], { core: 1 })[0]);
  }

  it('a store that is buffered, as far as the fence', async () => {
    const [waiting, buffered] = [await cyclesOf('store', 0), await cyclesOf('store', 8)];
    expect(buffered / waiting).toBeCloseTo(1, 1);
  });

  it('a line that is prefetched', async () => {
    const [loaded, prefetched] = [await cyclesOf('load', 8), await cyclesOf('prefetch', 8)];
    expect(prefetched / loaded).toBeCloseTo(1, 1);
  });
});

it('keeps all cores on one clock: interrupts, deadlines and marks are in cycles of the reference', async () => {
  const run = await runInAllModes(
    kernelText(`
      (table 1 funcref) (elem (i32.const 0) $other)
      (func (export "trap") (param i32 i32 i32 i32 i32 i32 i32) (result i64) (call $note (call $cycles)) (i64.const 0))
      (func $other (param i32)
        (drop (call $interrupts (i32.const 1)))
        (call $timer_set (i64.const 20000))
        (loop $l (call $pause) (br_if $l (i64.lt_s (call $cycles) (i64.const 30000))))
        (call $note (call $cycles)))
      (func (export "boot") (param i32)
        (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
        (loop $l (call $pause) (br_if $l (i64.lt_s (call $cycles) (i64.const 25000))))
        (call $note (call $cycles)))`),
    { profile: withSpeeds(2, [{ cores: [1], ratio: 0.25 }]) },
  );
  const cycles = run.notes.map((note) => Number(note.slice(3)));
  const at = (i: number) => cycles[i] as number;
  // Entering takes four times as many cycles as on a core of full speed.
  expect(at(0)).toBeGreaterThanOrEqual(20_000 + 4 * run.machine.profile.core.interruptEntryCycles);
  expect(at(0)).toBeLessThan(20_400 + 4 * run.machine.profile.core.interruptEntryCycles);
  expect(run.notes.map((note) => note[0])).toEqual(['1', '0', '1']);
  expect(at(1)).toBeGreaterThanOrEqual(25_000);
  expect(at(2)).toBeGreaterThanOrEqual(30_000);
  expect(at(2)).toBeLessThan(30_500);
});
