// Contexts as guests use them: created, switched to, copied, called into, destroyed; in the kernel and among users.
import { describe, expect, it } from 'vitest';
import { EBUSY, EINVAL, EPERM, ESRCH, TRAP_FINISHED, TRAP_INTERRUPT, TRAP_SYSCALL } from '../../../machine/platform.ts';
import { kernelText, runInAllModes } from './kernel.ts';

const TRAP =
  '(func (export "trap") (param $cause i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (result i64)';
const BOOT = '(func (export "boot") (param $boot i32)';
const error = (number: number) => `0: ${-number >>> 0}`;
const notes = (...values: number[]) => values.map((value) => `0: ${value}`);

describe('contexts of a kernel', () => {
  it('run where they were left', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 2 funcref) (elem (i32.const 0) $thread)
        (global $main (mut i32) (i32.const 0))
        (func $thread (param $n i32) (local $i i32)
          (loop $l
            (call $note32 (i32.add (local.get $n) (local.get $i)))
            (drop (call $context_switch (global.get $main)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $l)))
        ${BOOT} (local $one i32) (local $other i32)
          (global.set $main (call $context_self))
          (local.set $one (call $context_create (i32.const 0) (i32.const 0) (i32.const 100) (i32.const 0)))
          (local.set $other (call $context_create (i32.const 0) (i32.const 0) (i32.const 200) (i32.const 0)))
          (call $note32 (i32.ne (local.get $one) (local.get $other)))
          (call $note32 (call $context_switch (local.get $one)))
          (call $note32 (call $context_switch (local.get $other)))
          (call $note32 (call $context_switch (local.get $one)))
          (call $note32 (call $context_switch (local.get $other)))
          (call $note32 (call $context_switch (call $context_self))))`),
    );
    expect(run.notes).toEqual(notes(1, 100, 0, 200, 0, 101, 0, 201, 0, 0));
  });

  it('cost what the profile says to switch', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 1 funcref) (elem (i32.const 0) $thread)
        (global $main (mut i32) (i32.const 0))
        (func $thread (param i32) (loop $l (drop (call $context_switch (global.get $main))) (br $l)))
        ${BOOT} (local $thread i32) (local $start i64)
          (global.set $main (call $context_self))
          (local.set $thread (call $context_create (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
          (drop (call $context_switch (local.get $thread)))
          (local.set $start (call $cycles))
          (drop (call $context_switch (local.get $thread)))
          (call $note (i64.sub (call $cycles) (local.get $start))))`),
    );
    const cycles = Number(run.notes[0]?.slice(3));
    // There and back, and a few instructions.
    expect(cycles - 2 * run.machine.profile.core.contextSwitchCycles).toBeLessThan(20);
    expect(cycles).toBeGreaterThanOrEqual(2 * run.machine.profile.core.contextSwitchCycles);
  });

  it('tell the kernel when they are done, and are destroyed once', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 3 funcref) (elem (i32.const 0) $thread $answer)
        (global $main (mut i32) (i32.const 0))
        ${TRAP}
          (call $note32 (local.get $cause))
          (call $note32 (local.get $a))
          (call $note32 (call $context_destroy (call $context_self)))
          (drop (call $context_switch (global.get $main)))
          (i64.const 0))
        (func $thread (param i32))
        (func $answer (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
        ${BOOT} (local $thread i32)
          (global.set $main (call $context_self))
          (local.set $thread (call $context_create (i32.const 0) (i32.const 0) (i32.const 7) (i32.const 0)))
          (drop (call $context_switch (local.get $thread)))
          (call $note32 (call $context_destroy (local.get $thread)))
          (call $note32 (call $context_destroy (local.get $thread)))
          (call $note32 (call $context_switch (local.get $thread)))
          (drop (call $context_switch (call $context_create (i32.const 0) (i32.const 1) (i32.const 7) (i32.const 0)))))`),
    );
    const busy = error(EBUSY);
    expect(run.notes).toEqual([
      ...notes(TRAP_FINISHED, 0),
      busy,
      '0: 0',
      error(ESRCH),
      error(ESRCH),
      ...notes(TRAP_FINISHED, 8),
      busy,
    ]);
  });

  it('answer errors', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 4 funcref) (elem (i32.const 0) $thread $two $wide)
        (func $thread (param i32))
        (func $two (param i32 i32))
        (func $wide (param i64))
        ${BOOT}
          (call $note32 (call $context_switch (i32.const 99)))
          (call $note32 (call $context_switch (i32.const -1)))
          (call $note32 (call $context_fork (i32.const 99) (i32.const 0)))
          (call $note32 (call $context_upcall (i32.const 99) (i32.const 1) (i32.const 0) (i32.const 0)))
          (call $note32 (call $context_group (i32.const 99) (i32.const 1)))
          (call $note32 (call $context_create (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))
          (call $note32 (call $context_create (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0)))
          (call $note32 (call $context_create (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 0)))
          (call $note32 (call $context_create (i32.const 0) (i32.const 9) (i32.const 0) (i32.const 0)))
          (call $note32 (call $context_create (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1)))
          (call $note32 (call $context_upcall (call $context_self) (i32.const 2) (i32.const 0) (i32.const 0)))
          (call $note32 (call $context_destroy (call $context_self))))`),
    );
    expect(run.notes).toEqual([...new Array(5).fill(error(ESRCH)), ...new Array(6).fill(error(EINVAL)), error(EBUSY)]);
  });

  it('are copied where they stand: the copy of the running one goes on with 0', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 2 funcref) (elem (i32.const 0) $thread)
        (global $main (mut i32) (i32.const 0))
        (func $deep (param $depth i32) (result i32) (local $child i32)
          (if (result i32) (local.get $depth)
            (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get $depth) (i32.const 1)))))
            (else
              (local.set $child (call $context_fork (call $context_self) (i32.const 0)))
              (call $note32 (i32.eqz (local.get $child)))
              (i32.mul (local.get $child) (i32.const 1000)))))
        (func $thread (param i32) (local $result i32)
          (local.set $result (call $deep (i32.const 30)))
          (call $note32 (i32.rem_u (local.get $result) (i32.const 1000)))
          (call $note32 (i32.eqz (i32.div_u (local.get $result) (i32.const 1000))))
          (drop (call $context_switch (global.get $main))))
        ${BOOT} (local $thread i32) (local $copy i32)
          (global.set $main (call $context_self))
          (local.set $thread (call $context_create (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
          (drop (call $context_switch (local.get $thread)))
          (local.set $copy (i32.add (local.get $thread) (i32.const 1)))
          (call $note32 (call $context_switch (local.get $copy)))
          ;; A copy of one that stands still is one more that goes on from there.
          (call $note32 (i32.gt_s (call $context_fork (local.get $copy) (i32.const 0)) (i32.const 0)))
          (call $note32 (call $context_destroy (local.get $copy)))
          (call $note32 (call $context_destroy (local.get $thread))))`),
    );
    expect(run.notes).toEqual(notes(0, 30, 0, 1, 30, 1, 0, 1, 0, 0));
  });

  it('are called into: the function runs first, then what was interrupted', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 4 funcref) (elem (i32.const 0) $thread $called $calledWithOne $calledWithNone)
        (global $main (mut i32) (i32.const 0))
        (func $calledWithOne (param $a i32) (call $note32 (local.get $a)))
        (func $calledWithNone (call $note32 (i32.const 4)))
        (func $called (param $a i32) (param $b i32) (call $note32 (i32.sub (local.get $a) (local.get $b))))
        (func $thread (param $n i32)
          (loop $l
            (call $note32 (local.get $n))
            (drop (call $context_switch (global.get $main)))
            (br_if $l (local.tee $n (i32.add (local.get $n) (i32.const 1))))))
        ${BOOT} (local $thread i32)
          (global.set $main (call $context_self))
          (local.set $thread (call $context_create (i32.const 0) (i32.const 0) (i32.const 7) (i32.const 0)))
          (call $note32 (call $context_upcall (local.get $thread) (i32.const 1) (i32.const 50) (i32.const 8)))
          (drop (call $context_switch (local.get $thread)))
          (call $note32 (call $context_upcall (local.get $thread) (i32.const 1) (i32.const 60) (i32.const 8)))
          (call $note32 (call $context_upcall (local.get $thread) (i32.const 1) (i32.const 70) (i32.const 8)))
          (drop (call $context_switch (local.get $thread)))
          (call $note32 (call $context_upcall (call $context_self) (i32.const 1) (i32.const 9) (i32.const 6)))
          (call $note32 (call $context_upcall (call $context_self) (i32.const 2) (i32.const 5) (i32.const 6)))
          (call $note32 (call $context_upcall (call $context_self) (i32.const 3) (i32.const 5) (i32.const 6)))
          (call $note32 (i32.const 1)))`),
    );
    // The last one called is the first to run; the running context's call comes before the answer of context_upcall.
    expect(run.notes).toEqual(notes(0, 42, 7, 0, 0, 62, 52, 8, 3, 0, 5, 0, 4, 0, 1));
  });

  it('move from core to core, and run on one at a time', async () => {
    const run = await runInAllModes(
      kernelText(`
        (table 2 funcref) (elem (i32.const 0) $thread $other)
        (global $main (mut i32) (i32.const 0))
        (func $thread (param i32)
          (loop $l (call $note32 (call $core_id)) (drop (call $context_switch (i32.load (i32.const 0x80001000)))) (br $l)))
        (func $other (param $thread i32)
          (call $note32 (call $context_switch (i32.load (i32.const 0x80001000))))
          (i32.store (i32.const 0x80001000) (call $context_self))
          (call $note32 (call $context_switch (local.get $thread)))
          (i32.store (i32.const 0x80001004) (i32.const 1)))
        ${BOOT} (local $thread i32)
          (i32.store (i32.const 0x80001000) (call $context_self))
          (local.set $thread (call $context_create (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
          (drop (call $context_switch (local.get $thread)))
          (call $core_start (i32.const 1) (i32.const 0) (i32.const 1) (local.get $thread) (i32.const 0))
          (loop $l (call $pause) (br_if $l (i32.eqz (i32.load (i32.const 0x80001004))))))`),
      { cores: 2, windowCycles: 7 },
    );
    expect(run.notes).toEqual(['0: 0', `1: ${-EBUSY >>> 0}`, '1: 1', '1: 0']);
  });
});

describe('contexts of users', () => {
  const USER = `(module
    (import "machine" "syscall" (func $syscall (param i32 i32 i32 i32 i32 i32 i32) (result i64)))
    (import "machine" "context_self" (func $context_self (result i32)))
    (import "machine" "context_switch" (func $context_switch (param i32) (result i32)))
    (import "machine" "context_upcall" (func $context_upcall (param i32 i32 i32 i32) (result i32)))
    (import "machine" "pause" (func $pause))
    (memory 1)
    (table 6 funcref)
    (elem (i32.const 0) $say $among $spin $fork $signalled)
    (global $friend (export "friend") (mut i32) (i32.const 0))
    (func $call (param $n i32) (param $a i32) (result i32)
      (i32.wrap_i64 (call $syscall (local.get $n) (local.get $a) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
    (func $say (param $value i32) (drop (call $call (i32.const 1) (local.get $value))))
    (func $among (param $other i32)
      (call $say (i32.const 10))
      (global.set $friend (call $context_self))
      (call $say (call $context_switch (local.get $other)))
      (call $say (i32.const 11))
      (call $say (call $context_switch (i32.const 1)))
      (call $say (call $context_switch (i32.const 77)))
      (call $say (call $context_upcall (call $context_self) (i32.const 4) (i32.const 30) (i32.const 3)))
      (drop (call $call (i32.const 2) (i32.const 0))))
    (func $spin (param $n i32)
      (loop $l (call $pause) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (drop (call $context_switch (global.get $friend))))
    (func $fork (param i32) (local $child i32)
      (local.set $child (call $call (i32.const 3) (i32.const 5)))
      (call $say (i32.add (i32.const 20) (i32.eqz (local.get $child))))
      (drop (call $call (i32.const 2) (i32.const 0))))
    (func $signalled (param $a i32) (param $b i32) (call $say (i32.add (local.get $a) (local.get $b)))))`;

  /** System calls: 1 notes a value, 2 goes back to the kernel's context, 3 forks, 4 calls the caller's function 4 later. */
  const SYSTEM = `
    (global $main (mut i32) (i32.const 0))
    (global $child (mut i32) (i32.const 0))
    ${TRAP}
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_SYSCALL + 1})) (then (call $note32 (local.get $a))))
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_SYSCALL + 2})) (then (drop (call $context_switch (global.get $main)))))
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_SYSCALL + 3})) (then
        (global.set $child (call $context_fork (call $context_self) (i32.const 0)))
        (if (global.get $child) (then (drop (call $context_upcall (global.get $child) (i32.const 4) (i32.const 100) (i32.const 2)))))
        (return (i64.extend_i32_u (global.get $child)))))
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_FINISHED})) (then (call $note32 (i32.const 99)) (drop (call $context_switch (global.get $main)))))
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_INTERRUPT})) (then (call $note32 (i32.const 60)) (drop (call $context_switch (global.get $main)))))
      (i64.const 0))
    (func $user (param $function i32) (param $argument i32) (result i32)
      (call $context_create (i32.const 1) (local.get $function) (local.get $argument) (i32.const 1)))`;

  it('switch to each other within a group, without the kernel', async () => {
    const run = await runInAllModes(
      kernelText(`${SYSTEM}
        ${BOOT} (local $one i32) (local $other i32)
          (global.set $main (call $context_self))
          (local.set $other (call $user (i32.const 2) (i32.const 3)))
          (local.set $one (call $user (i32.const 1) (local.get $other)))
          (drop (call $context_group (local.get $one) (i32.const 5)))
          (drop (call $context_group (local.get $other) (i32.const 5)))
          (call $note32 (call $context_switch (local.get $one))))`),
      { user: [USER] },
    );
    expect(run.notes).toEqual([...notes(10, 0, 11), error(EPERM), error(ESRCH), ...notes(33, 0, 0)]);
  });

  it('are not reached from outside of their group', async () => {
    const run = await runInAllModes(
      kernelText(`${SYSTEM}
        ${BOOT} (local $one i32) (local $other i32)
          (global.set $main (call $context_self))
          (local.set $other (call $user (i32.const 2) (i32.const 3)))
          (local.set $one (call $user (i32.const 1) (local.get $other)))
          (drop (call $context_group (local.get $one) (i32.const 5)))
          (call $note32 (call $context_switch (local.get $one))))`),
      { user: [USER] },
    );
    expect(run.notes).toEqual(['0: 10', error(EPERM), '0: 11', error(EPERM), error(ESRCH), ...notes(33, 0, 0)]);
  });

  it('are interrupted, with interrupts enabled whenever no kernel is at work on them', async () => {
    const run = await runInAllModes(
      kernelText(`${SYSTEM}
        ${BOOT} (local $one i32)
          (global.set $main (call $context_self))
          (local.set $one (call $user (i32.const 2) (i32.const 1000000)))
          (call $timer_set (i64.const 5000))
          (call $note32 (call $context_switch (local.get $one)))
          (call $timer_set (i64.const 9000))
          (call $note32 (call $context_switch (local.get $one)))
          (call $note (call $cycles)))`),
      { user: [USER] },
    );
    expect(run.notes.slice(0, 4)).toEqual(notes(60, 0, 60, 0));
    const end = Number(run.notes[4]?.slice(3));
    expect(end).toBeGreaterThan(9000);
    expect(end).toBeLessThan(12_000);
  });

  it('are forked inside a system call; a call into the copy runs when that has returned', async () => {
    const run = await runInAllModes(
      kernelText(`${SYSTEM}
        ${BOOT}
          (global.set $main (call $context_self))
          (call $note32 (call $context_switch (call $user (i32.const 3) (i32.const 0))))
          (call $note32 (call $context_switch (global.get $child))))`),
      { user: [USER] },
    );
    expect(run.notes).toEqual(notes(20, 0, 102, 21, 0));
  });
});
