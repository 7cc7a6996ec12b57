// Waits for memory that are longer than a packed clock holds (about a million cycles): no time is lost by them, and they are nobody else's.
import { describe, expect, it } from 'vitest';
import { Machine, type MachineOptions, uniform } from '../../../machine/index.ts';
import { assemble } from '../../host/assemble.ts';

const TEXT = `(module
  (import "machine" "cycles" (func $cycles (result i64)))
  (import "machine" "prefetch" (func $prefetch (param i32)))
  (memory 16)
  (func $load (param $at i32) (drop (i32.load (local.get $at))))
  (func $crossing (param $at i32) (drop (i64.load offset=60 (local.get $at))))
  (func $store (param $at i32) (i32.store (local.get $at) (i32.const 1)))
  (func $atomic (param $at i32) (drop (i32.atomic.rmw.add (local.get $at) (i32.const 1))))
  (func $copy (param $at i32) (memory.copy (local.get $at) (i32.const 65536) (i32.const 200)))
  (func $ahead (param $at i32)
    (call $prefetch (i32.add (local.get $at) (i32.const 64)))
    (drop (i32.load (local.get $at)))
    (drop (i32.load offset=64 (local.get $at))))
  (table funcref (elem $load $crossing $store $atomic $copy $ahead))
  (type $access (func (param i32)))
  (func (export "run") (param $which i32) (result i64) (local $start i64) (local $at i32)
    (local.set $start (call $cycles))
    (loop $l
      (call_indirect (type $access) (local.tee $at (i32.add (local.get $at) (i32.const 4096))) (local.get $which))
      (br_if $l (i32.lt_u (local.get $at) (i32.const 49152))))
    (i64.sub (call $cycles) (local.get $start)))
  (func (export "count") (param $n i32) (result i64) (local $start i64)
    (local.set $start (call $cycles))
    (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.sub (call $cycles) (local.get $start))))`;

async function machineWith(latencyCycles: number, ratio: number, options: MachineOptions): Promise<Machine> {
  const { core, memory, ...profile } = uniform(2);
  const speeds = [{ cores: [0], ratio }];
  const slow = { core: { ...core, speeds }, memory: { ...memory, latencyCycles } };
  return new Machine({ profile: { ...profile, ...slow }, ...options });
}

describe.each([
  [1, {}],
  [1, { mode: 'checked', audit: true }],
  [0.5, { leaveSeed: 3 }],
] as const)('on a core of speed %d with %o', (ratio, options) => {
  it.each([
    ['load', 0],
    ['crossing', 1],
    ['store', 2],
    ['atomic', 3],
    ['copy', 4],
    ['ahead', 5],
  ])('%s takes the longer the longer memory does', async (_, which) => {
    const taken = [];
    for (const latency of [10_000, 100_000, 1_000_000]) {
      const machine = await machineWith(latency, ratio, options);
      const instance = machine.instantiate(machine.load(await assemble(TEXT)));
      taken.push(Number(machine.invoke(instance, 'run', [BigInt(which)])[0]));
    }
    const [short, middle, long] = taken as [number, number, number];
    expect((long - middle) / (middle - short)).toBeCloseTo(10, 1);
  });
});

it('leaves the time of other cores alone', async () => {
  const times = [];
  for (const busy of [false, true]) {
    const machine = await machineWith(1_000_000, 1, {});
    const image = machine.load(await assemble(TEXT));
    if (busy) machine.start(0, machine.instantiate(image), 'run', [0n]);
    machine.start(1, machine.instantiate(image), 'count', [2_000_000n]);
    machine.run();
    times.push(machine.core(1).results?.[0]);
  }
  expect(times[1]).toBe(times[0]);
});
