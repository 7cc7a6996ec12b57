// Interrupts between cores, timers and sleeping cores: when they arrive, when they are taken, what wakes whom.
import { describe, expect, it } from 'vitest';
import { uniform } from '../../../machine/index.ts';
import {
  BOOT_INFO_PAGE_ROOT,
  INTRINSIC_MONITOR,
  INTRINSIC_MWAIT,
  TRAP_FINISHED,
  TRAP_INTERRUPT,
  TRAP_PROTECTION,
  VECTOR_TIMER,
  WINDOW_ADDRESS,
} from '../../../machine/platform.ts';
import { kernelText, runInAllModes } from '../core/kernel.ts';

const TRAP =
  '(func (export "trap") (param $cause i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (result i64)';
const BOOT = '(func (export "boot") (param $boot i32)';
/** Notes cause and vector of what comes. */
const NOTING = `${TRAP} (call $note32 (local.get $cause)) (call $note32 (local.get $a)) (i64.const 0))`;
const TAKEN = (vector: number) => [`0: ${TRAP_INTERRUPT}`, `0: ${vector}`];
/** Spins for about a number of cycles. */
const SPIN = `(func $spin (param $cycles i64) (local $end i64)
  (local.set $end (i64.add (call $cycles) (local.get $cycles)))
  (loop $l (call $pause) (br_if $l (i64.lt_s (call $cycles) (local.get $end)))))`;

const cycleOf = (note: string | undefined) => Number(note?.split(' at ')[1]);

describe('a timer', () => {
  it('interrupts a core that runs, once', async () => {
    const run = await runInAllModes(
      kernelText(`${NOTING}${SPIN}
        ${BOOT}
          (drop (call $interrupts (i32.const 1)))
          (call $timer_set (i64.const 5000))
          (call $spin (i64.const 20000))
          (call $note32 (i32.const 1)))`),
    );
    expect(run.notes).toEqual([...TAKEN(VECTOR_TIMER), '0: 1']);
    const { interruptEntryCycles } = run.machine.profile.core;
    const late = cycleOf(run.timedNotes[0]) - 5000 - interruptEntryCycles;
    // It is taken where the code can leave, and the handler's first instructions take some cycles.
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(100);
  });

  it('waits until interrupts are enabled, which they are not on entry', async () => {
    const run = await runInAllModes(
      kernelText(`${TRAP}
          (call $note32 (call $interrupts (i32.const 0)))
          (i64.const 0))
        ${SPIN}
        ${BOOT}
          (call $note32 (call $interrupts (i32.const 0)))
          (call $timer_set (i64.const 100))
          (call $spin (i64.const 1000))
          (call $note32 (i32.const 7))
          (call $note32 (call $interrupts (i32.const 1)))
          (call $note32 (call $interrupts (i32.const 1))))`),
    );
    // The handler runs between the call that enables interrupts and its answer.
    expect(run.notes).toEqual(['0: 0', '0: 7', '0: 0', '0: 0', '0: 1']);
  });

  it('is one: setting it again moves it, 0 and -1 stop it', async () => {
    const run = await runInAllModes(
      kernelText(`${NOTING}${SPIN}
        ${BOOT}
          (drop (call $interrupts (i32.const 1)))
          (call $timer_set (i64.const 3000))
          (call $timer_set (i64.const 6000))
          (call $spin (i64.const 8000))
          (call $note32 (i32.const 1))
          (call $timer_set (i64.add (call $cycles) (i64.const 1000)))
          (call $timer_set (i64.const 0))
          (call $timer_set (i64.add (call $cycles) (i64.const 1000)))
          (call $timer_set (i64.const -1))
          (call $spin (i64.const 8000)))`),
    );
    expect(run.notes).toEqual([...TAKEN(VECTOR_TIMER), '0: 1']);
    expect(cycleOf(run.timedNotes[0])).toBeGreaterThan(6000);
  });

  it('interrupts a bulk operation between two lines, which then goes on', async () => {
    const run = await runInAllModes(
      kernelText(`
        (global $taken (mut i32) (i32.const 0))
        ${TRAP}
          (global.set $taken (i32.add (global.get $taken) (i32.const 1)))
          (call $timer_set (i64.add (call $cycles) (i64.const 10000)))
          (i64.const 0))
        ${BOOT} (local $at i32) (local $sum i32)
          (drop (call $interrupts (i32.const 1)))
          (call $timer_set (i64.const 10000))
          (memory.fill (i32.const 0xc0600000) (i32.const 3) (i32.const 0x40000))
          (memory.copy (i32.const 0xc0640001) (i32.const 0xc0600000) (i32.const 0x40000))
          (local.set $at (i32.const 0xc0640001))
          (loop $l
            (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
            (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 257))) (i32.const 0xc0680001))))
          (call $note32 (local.get $sum))
          (call $note32 (i32.gt_u (global.get $taken) (i32.const 10))))`),
    );
    expect(run.notes).toEqual([`0: ${3 * Math.ceil(0x40000 / 257)}`, '0: 1']);
  });

  it('in the past comes at once', async () => {
    const run = await runInAllModes(
      kernelText(`${NOTING}${SPIN}
        ${BOOT}
          (drop (call $interrupts (i32.const 1)))
          (call $spin (i64.const 1000))
          (call $timer_set (i64.const 1))
          (call $spin (i64.const 1000))
          (call $note32 (i32.const 1)))`),
    );
    expect(run.notes).toEqual([...TAKEN(VECTOR_TIMER), '0: 1']);
    expect(cycleOf(run.timedNotes[0])).toBeLessThan(1600);
  });
});

describe('halt', () => {
  it('sleeps until an interrupt, and takes what waking takes', async () => {
    const run = await runInAllModes(
      kernelText(`${NOTING}
        ${BOOT}
          (drop (call $interrupts (i32.const 1)))
          (call $timer_set (i64.const 100000))
          (call $halt)
          (call $note32 (i32.const 1)))`),
    );
    expect(run.notes).toEqual([...TAKEN(VECTOR_TIMER), '0: 1']);
    const { haltWakeCycles, interruptEntryCycles } = run.machine.profile.core;
    const late = cycleOf(run.timedNotes[0]) - 100_000 - haltWakeCycles - interruptEntryCycles;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(50);
    // Nothing ran meanwhile.
    expect(run.machine.core(0).instructions).toBeLessThan(200);
  });

  it('returns with interrupts disabled too, and at once where one is pending', async () => {
    const run = await runInAllModes(
      kernelText(`${NOTING}
        ${BOOT} (local $before i64)
          (call $timer_set (i64.const 2000))
          (call $halt)
          (call $note32 (i32.const 1))
          (local.set $before (call $cycles))
          (call $halt)
          (call $note32 (i64.lt_s (i64.sub (call $cycles) (local.get $before)) (i64.const 10)))
          (drop (call $interrupts (i32.const 1)))
          (call $note32 (i32.const 2)))`),
    );
    expect(run.notes).toEqual(['0: 1', '0: 1', ...TAKEN(VECTOR_TIMER), '0: 2']);
  });
});

describe('an interrupt from core to core', () => {
  it.each([1, 7, 40, 400])('arrives after its latency, in windows of %d cycles', async (windowCycles) => {
    const run = await runInAllModes(
      kernelText(`
        (table 2 funcref) (elem (i32.const 0) $other)
        ${TRAP} (call $note (call $cycles)) (i64.const 0))
        ${SPIN}
        (func $other (param i32)
          (drop (call $interrupts (i32.const 1)))
          (call $spin (i64.const 10000)))
        ${BOOT}
          (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
          (call $spin (i64.const 3000))
          (call $note (call $cycles))
          (call $ipi_send (i32.const 1) (i32.const 9)))`),
      { cores: 2, windowCycles },
    );
    expect(run.reason).toBe('finished');
    const [sent, taken] = run.notes.map((note) => Number(note.slice(3)));
    const { ipiLatencyCycles, interruptEntryCycles } = run.machine.profile.core;
    const late = (taken as number) - (sent as number) - ipiLatencyCycles - interruptEntryCycles;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(100);
  });

  it('wakes a core that halts; each vector is taken once, the lowest first', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 2 funcref) (elem (i32.const 0) $other)
        ${TRAP} (call $note32 (local.get $a)) (i64.const 0))
        (func $other (param i32)
          (call $halt)
          (call $note32 (i32.const 100))
          (drop (call $interrupts (i32.const 1)))
          (call $note32 (i32.const 101)))
        ${SPIN}
        ${BOOT}
          (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
          (call $spin (i64.const 5000))
          (call $ipi_send (i32.const 1) (i32.const 40))
          (call $ipi_send (i32.const 1) (i32.const 40))
          (call $ipi_send (i32.const 1) (i32.const 63))
          (call $ipi_send (i32.const 1) (i32.const 5)))`),
      { cores: 2, windowCycles: 7 },
    );
    expect(run.notes).toEqual(['1: 100', '1: 5', '1: 40', '1: 63', '1: 101']);
  });

  it('to itself comes through the controller like any other', async () => {
    const run = await runInAllModes(
      kernelText(`${NOTING}${SPIN}
        ${BOOT}
          (drop (call $interrupts (i32.const 1)))
          (call $ipi_send (i32.const 0) (i32.const 3))
          (call $note32 (i32.const 1))
          (call $spin (i64.const 2000))
          (call $note32 (i32.const 2)))`),
    );
    expect(run.notes).toEqual(['0: 1', ...TAKEN(3), '0: 2']);
  });

  it.each([
    ['(call $ipi_send (i32.const 2) (i32.const 0))', 'ipi_send: core 2 of 2 cores'],
    ['(call $ipi_send (i32.const 1) (i32.const 64))', 'ipi_send: vector 64 of 64 vectors'],
    [
      '(call $core_start (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))',
      'core_start: core 0 runs already',
    ],
    [
      '(call $core_start (i32.const 1) (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 0))',
      'core_start: the kernel has no function 3 that takes an i32',
    ],
  ])('or another request that cannot be: %s', async (request, message) => {
    const run = await runInAllModes(kernelText(`${NOTING} (table 1 funcref) ${BOOT} ${request})`), { cores: 2 });
    expect(run.reason).toBe('trapped');
    expect(run.message).toContain(`misuse of an intrinsic: ${message} on core 0`);
  });
});

describe('mwait', () => {
  /** Core 1 waits for a word and notes why it woke and what it found; core 0 does something 5000 cycles later. */
  const pair = (wait: string, act: string) =>
    kernelText(`
      (table 2 funcref) (elem (i32.const 0) $other)
      ${TRAP} (call $note32 (i32.add (i32.const 1000) (local.get $a))) (i64.const 0))
      ${SPIN}
      (func $other (param $enable i32) (local $reason i32)
        (drop (call $interrupts (i32.const 1)))
        (call $monitor (i32.const 0x80001000))
        (if (i32.eqz (i32.load (i32.const 0x80001008)))
          (then (local.set $reason (call $mwait ${wait}))))
        (call $note32 (local.get $reason))
        (call $note32 (i32.load (i32.const 0x80001008))))
      ${BOOT}
        (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
        (call $spin (i64.const 5000))
        ${act})`);

  it.each([1, 40, 400])('is woken by a write to the line, in windows of %d cycles', async (windowCycles) => {
    const run = await runInAllModes(
      pair('(i64.const 0)', '(i32.store (i32.const 0x80001008) (i32.const 55)) (call $note (call $cycles))'),
      {
        cores: 2,
        windowCycles,
      },
    );
    expect(run.reason).toBe('finished');
    expect(run.notes.slice(1)).toEqual(['1: 0', '1: 55']);
    const { mwaitWakeCycles } = run.machine.profile.core;
    const late = cycleOf(run.timedNotes[1]) - cycleOf(run.timedNotes[0]) - mwaitWakeCycles;
    // The store is under way in the store buffer when the writer goes on.
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(300);
  });

  it('is woken by an interrupt, and by its deadline', async () => {
    const interrupted = await runInAllModes(pair('(i64.const 0)', '(call $ipi_send (i32.const 1) (i32.const 6))'), {
      cores: 2,
    });
    expect(interrupted.notes).toEqual(['1: 1006', '1: 1', '1: 0']);
    const late = await runInAllModes(pair('(i64.const 3000)', '(i32.store (i32.const 0x80001008) (i32.const 55))'), {
      cores: 2,
    });
    expect(late.notes).toEqual(['1: 2', '1: 0']);
    const { mwaitWakeCycles } = late.machine.profile.core;
    expect(cycleOf(late.timedNotes[0])).toBeGreaterThanOrEqual(3000 + mwaitWakeCycles);
    expect(cycleOf(late.timedNotes[0])).toBeLessThan(3100 + mwaitWakeCycles);
  });

  it('returns at once when the line was written since, or nothing is monitored', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 2 funcref) (elem (i32.const 0) $other)
        ${SPIN}
        (func $other (param $enable i32)
          (call $note32 (call $mwait (i64.const 0)))
          (call $monitor (i32.const 0x80001000))
          (call $spin (i64.const 10000))
          (call $note32 (call $mwait (i64.const 0)))
          (call $note32 (i32.load (i32.const 0x80001004))))
        ${BOOT}
          (call $core_start (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
          (call $spin (i64.const 5000))
          (i32.store (i32.const 0x80001004) (i32.const 9)))`),
      { cores: 2 },
    );
    expect(run.notes).toEqual(['1: 0', '1: 0', '1: 9']);
  });

  it.each([true, false])('is for users where the profile says so: %s', async (mwaitInUserMode) => {
    const profile = uniform(1);
    const run = await runInAllModes(
      kernelText(`
        ${TRAP} (call $note32 (local.get $cause)) (call $note32 (local.get $a)) (i64.const 8))
        ${BOOT}
          (i32.store offset=${WINDOW_ADDRESS} (i32.load offset=${BOOT_INFO_PAGE_ROOT} (local.get $boot)) (i32.const 0x700007))
          (i32.store (i32.const 0xc0700000) (i32.const 0x701007))
          (drop (call $context_switch (call $context_create (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 1)))))`),
      {
        profile: { ...profile, core: { ...profile.core, mwaitInUserMode } },
        user: [
          `(module (import "machine" "monitor" (func $monitor (param i32)))
            (import "machine" "mwait" (func $mwait (param i64) (result i32)))
            (memory 1) (table 1 funcref) (elem (i32.const 0) $f)
            (func $f (param i32) (result i32) (call $monitor (i32.const 64)) (call $mwait (i64.const 9000))))`,
        ],
      },
    );
    const traps = mwaitInUserMode
      ? [TRAP_FINISHED, 2]
      : [TRAP_PROTECTION, INTRINSIC_MONITOR, TRAP_PROTECTION, INTRINSIC_MWAIT, TRAP_FINISHED, 8];
    expect(run.notes).toEqual(traps.map((value) => `0: ${value}`));
  });

  it('is not woken by reads, or by writes to other lines', async () => {
    const run = await runInAllModes(
      pair(
        '(i64.const 20000)',
        '(drop (i32.load (i32.const 0x80001008))) (i32.store (i32.const 0x80001080) (i32.const 55))',
      ),
      { cores: 2 },
    );
    expect(run.notes).toEqual(['1: 2', '1: 0']);
  });
});

describe('a machine in which every core sleeps', () => {
  it('says where each one does', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 3 funcref) (elem (i32.const 0) $idle $watch)
        (func $idle (param i32) (call $halt))
        (func $watch (param i32) (call $monitor (i32.const 0x80001000)) (drop (call $mwait (i64.const 0))))
        ${BOOT}
          (call $core_start (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0))
          (call $idle (i32.const 0)))`),
      { cores: 3 },
    );
    expect(run.reason).toBe('deadlock');
    expect(run.message?.split('\n')).toEqual([
      'every core sleeps, and no timer, interrupt or deadline is left that could wake one',
      expect.stringMatching(/^core 0: in halt since cycle [\d.]+, interrupts disabled, in idle at byte 0x[0-9a-f]+$/),
      expect.stringMatching(/^core 1: in mwait since cycle [\d.]+, interrupts disabled, in watch at byte 0x[0-9a-f]+$/),
    ]);
  });
});
