// What observers are told of a kernel: traps, interrupts, IPIs, contexts and sleep, and which request each is part of.
import { expect, it } from 'vitest';
import { Counters, combineObservers, Profile, Trace, type TraceEvent } from '../../../machine/index.ts';
import { TRAP_SYSCALL, WOKEN_BY_DEADLINE, WOKEN_BY_INTERRUPT, WOKEN_BY_WRITE } from '../../../machine/platform.ts';
import { SLEEPS_HALT, SLEEPS_MWAIT } from '../../../machine/state/layout.ts';
import { kernelText, runInAllModes, runKernel, SAME } from '../core/kernel.ts';

const VECTOR = 9;

/** Core 0 makes a system call, in which the kernel interrupts core 1, which sleeps; that then switches to a context and back. */
const KERNEL = kernelText(`
  (table funcref (elem $second $child))
  (global $parent (mut i32) (i32.const 0))
  (func (export "boot") (param i32)
    (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $work (i32.const 3000))
    (drop (call $syscall (i32.const 7) (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    (call $note (i64.const 1)))
  (func $work (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $second (param i32) (local $child i32)
    (drop (call $interrupts (i32.const 1)))
    (call $halt)
    (global.set $parent (call $context_self))
    (local.set $child (call $context_create (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0)))
    (drop (call $context_switch (local.get $child)))
    (call $note (i64.const 3)))
  (func $child (param i32)
    (call $note (i64.const 2))
    (drop (call $context_switch (global.get $parent))))
  (func (export "trap") (param $cause i32) (param i32 i32 i32 i32 i32 i32) (result i64)
    (if (i32.ge_u (local.get $cause) (i32.const ${TRAP_SYSCALL}))
      (then (call $ipi_send (i32.const 1) (i32.const ${VECTOR}))))
    (i64.const 42))`);

const SETTING = { cores: 2 };

async function traced(): Promise<TraceEvent[]> {
  const trace = new Trace({ memoryEvents: 0 });
  const run = await runKernel(KERNEL, { ...SETTING, observer: trace });
  expect([run.reason, run.notes]).toEqual(['finished', ['0: 1', '1: 2', '1: 3']]);
  return [...trace.events()];
}

it('a system call, the IPI that it sends and the interrupt that this is are one request', async () => {
  const events = await traced();
  const found = events.filter(({ kind }) => kind === 'trap' || kind === 'ipi' || kind === 'interrupt');
  expect(found).toMatchObject([
    { kind: 'trap', core: 0, fields: { cause: TRAP_SYSCALL + 7, operand: 5 } },
    { kind: 'ipi', core: 0, fields: { target: 1, vector: VECTOR } },
    { kind: 'interrupt', core: 1, fields: { vector: VECTOR } },
  ]);
  expect(new Set(found.map(({ requestId }) => requestId))).toEqual(new Set([found[0]?.requestId]));
  expect(found[0]?.requestId).toBeGreaterThan(0);
  const times = found.map(({ time }) => time) as [number, number, number];
  expect(times[0]).toBeLessThan(times[1]);
  const [, ipi] = found;
  if (ipi?.kind !== 'ipi') throw new Error('the second is an IPI');
  expect(times[2]).toBeGreaterThanOrEqual(ipi.fields.arrival);
  const returns = events.filter(({ kind }) => kind === 'return');
  expect(returns.map(({ core, requestId }) => [core, requestId])).toEqual([
    [0, found[0]?.requestId],
    [1, found[0]?.requestId],
  ]);
});

it('a core sleeps until the interrupt wakes it', async () => {
  const events = await traced();
  const slept = events.filter(({ kind }) => kind === 'sleep');
  expect(slept).toMatchObject([{ core: 1, fields: { kind: SLEEPS_HALT, reason: WOKEN_BY_INTERRUPT, by: 0 } }]);
  const interrupt = events.find(({ kind }) => kind === 'interrupt');
  expect(interrupt?.time).toBeGreaterThanOrEqual(slept[0]?.time ?? Number.NaN);
});

it('a core goes from context to context and back', async () => {
  const events = await traced();
  const switches = events.flatMap((event) => (event.kind === 'switch' ? [[event.core, event.fields]] : []));
  const [[, there], [, back]] = switches as [
    [number, { from: number; to: number }],
    [number, { from: number; to: number }],
  ];
  expect(switches.map(([core]) => core)).toEqual([1, 1]);
  expect([back.from, back.to]).toEqual([there.to, there.from]);
  const starts = events.flatMap((event) => (event.kind === 'start' ? [[event.core, event.fields.name]] : []));
  expect(starts).toEqual([
    [0, 'boot'],
    [1, 'second'],
  ]);
});

it('a profile says where the kernel slept', async () => {
  const profile = new Profile({ period: 10 });
  const { machine } = await runKernel(KERNEL, { ...SETTING, observer: profile });
  const stacks = [...profile.samples(1)].map(({ stack, cycles }) => {
    const names = stack.map((frame) => profile.frames[frame]);
    return { path: names.map((frame) => (typeof frame === 'string' ? frame : frame?.name)).join(' '), cycles };
  });
  expect(stacks.find(({ path }) => path === 'second (halt)')?.cycles).toBeGreaterThan(1000);
  const total = [...profile.samples(0)].reduce((sum, { cycles }) => sum + cycles, 0);
  expect(total).toBe(machine.core(0).cycles);
});

it('counters have the kernel’s events by core', async () => {
  const counters = new Counters();
  await runKernel(KERNEL, { ...SETTING, observer: counters });
  const [run] = counters.regions();
  const names = ['traps', 'interrupts', 'ipisSent', 'contextSwitches', 'sleeps'];
  const values = (core: number) =>
    names.map((name) => run?.values.find(({ of, counter }) => of === `core ${core}` && counter === name)?.value);
  expect(values(0)).toEqual([1, 0, 1, 0, 0]);
  expect(values(1)).toEqual([0, 1, 0, 2, 1]);
});

it('no observer moves a cycle of it', async () => {
  const plain = await runInAllModes(KERNEL, SETTING);
  for (const same of SAME) {
    const observer = combineObservers([new Trace({ windows: true }), new Profile({ period: 1 }), new Counters()]);
    const observed = await runKernel(KERNEL, { ...SETTING, ...same, observer });
    expect([observed.digest, observed.timedNotes]).toEqual([plain.digest, plain.timedNotes]);
  }
});

/** Core 1 waits for a line that core 0 writes in a system call, and makes one of its own then; at its second wait nobody comes. */
const WAITING = kernelText(`
  (table funcref (elem $second))
  (func (export "boot") (param i32)
    (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $work (i32.const 3000))
    (call $call (i32.const 1)))
  (func $work (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $call (param i32)
    (drop (call $syscall (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  (func $second (param i32)
    (call $monitor (i32.const 0x80000100))
    (drop (call $mwait (i64.const 0x7fffffffffff)))
    (call $call (i32.const 2))
    (call $monitor (i32.const 0x80000100))
    (drop (call $mwait (i64.const 20000)))
    (call $call (i32.const 3)))
  (func (export "trap") (param $cause i32) (param i32 i32 i32 i32 i32 i32) (result i64)
    (if (i32.eq (local.get $cause) (i32.const ${TRAP_SYSCALL + 1}))
      (then (i32.store (i32.const 0x80000100) (i32.const 1))))
    (i64.const 0))`);

it('what a core does after a store woke it is part of the store’s request, until it sleeps again', async () => {
  const trace = new Trace({ memoryEvents: 0 });
  const run = await runKernel(WAITING, { ...SETTING, observer: trace });
  expect([run.reason, run.message]).toEqual(['finished', undefined]);
  const events = [...trace.events()];
  const slept = events.filter(({ kind }) => kind === 'sleep');
  expect(slept).toMatchObject([
    { core: 1, fields: { kind: SLEEPS_MWAIT, reason: WOKEN_BY_WRITE, by: 0 } },
    { core: 1, fields: { kind: SLEEPS_MWAIT, reason: WOKEN_BY_DEADLINE, by: -1 } },
  ]);
  const [first, second, third] = events.filter(({ kind }) => kind === 'trap');
  expect([first?.core, second?.core, third?.core]).toEqual([0, 1, 1]);
  expect([slept[0]?.requestId, second?.requestId]).toEqual([first?.requestId, first?.requestId]);
  expect(third?.requestId).not.toBe(first?.requestId);
});
