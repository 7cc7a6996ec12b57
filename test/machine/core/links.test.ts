// Links: each has globals and tables of its own, is copied for forks, and leaves nothing behind.
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, encodeSnapshot, Machine } from '../../../machine/index.ts';
import { EBUSY, EINVAL, ENOEXEC, ESRCH, TRAP_FINISHED, TRAP_SYSCALL } from '../../../machine/platform.ts';
import { runInAllModes, runKernel } from './kernel.ts';
import { BOOT, guests, KERNEL, LIBRARY, linkKernel, PROGRAM, SYSCALL, TRAP } from './link-kernel.ts';

/** A kernel with two contexts that take turns at every system call; each call and each end is noted with the context's number. */
const TURNS = `
  (global $one (mut i32) (i32.const 0)) (global $two (mut i32) (i32.const 0)) (global $left (mut i32) (i32.const 2))
  (func $other (result i32) (select (global.get $two) (global.get $one) (i32.eq (call $context_self) (global.get $one))))
  ${TRAP}
    (call $note32 (i32.add (local.get $a) (i32.mul (i32.const 1000000) (i32.eq (call $context_self) (global.get $two)))))
    (if (i32.eq (local.get $cause) (i32.const ${TRAP_FINISHED}))
      (then (global.set $left (i32.sub (global.get $left) (i32.const 1)))
        (if (i32.eqz (global.get $left)) (then (call $exit (i32.const 0))))))
    (drop (call $context_switch (call $other)))
    (i64.const 0))`;

/** What the two contexts tell, in turns, the second one's plus a million. */
function turns(first: readonly number[], second: readonly number[]): string[] {
  return first.flatMap((value, i) => [`0: ${value}`, `0: ${1_000_000 + second[i]}`]);
}

/** What a context of PROGRAM tells when it is given n. */
function told(n: number): number[] {
  const values: number[] = [];
  for (let i = 1; i <= 3; i++) {
    const sum = n * i;
    const table = n === 2 && i > 1 ? 5 : 0;
    values.push(100 + sum, 1007 + sum, 16 * sum, 100 + sum + table);
  }
  return [...values, n + 2];
}

describe('links', () => {
  it('have globals and tables of their own, of programs and of libraries', async () => {
    const kernel = linkKernel(
      await guests({ lib: LIBRARY, program: PROGRAM }),
      [['lib', 'program']],
      `${TURNS}
      ${BOOT}
        (global.set $one (call $begin (call $link_lib_program) (i32.const 2)))
        (global.set $two (call $begin (call $link_lib_program) (i32.const 5)))
        (drop (call $context_switch (global.get $one))))`,
    );
    const { notes, reason, message } = await runInAllModes(kernel);
    expect(message).toBeUndefined();
    expect(reason).toBe('exited');
    expect(notes).toEqual(turns(told(2), told(5)));
  });

  it('share what the host makes of images, however many there are', async () => {
    const kernel = linkKernel(
      await guests({ lib: LIBRARY, program: PROGRAM }),
      [['lib', 'program']],
      `${BOOT} (local $i i32)
        (loop $l
          (drop (call $link_lib_program))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (i32.const 100))))
        (call $note32 (call $link_lib_program)))`,
    );
    const { notes, machine } = await runKernel(kernel);
    expect(notes).toEqual(['0: 101']);
    // The kernel, the library, the program.
    expect(machine.instances).toHaveLength(3);
    expect(machine.images).toHaveLength(3);
  });

  it('take functions without a parameter, and find what libraries export', async () => {
    const kernel = linkKernel(
      await guests({
        lib: `(module ${SYSCALL} (func (export "helper") (result i32) (call $tell (i32.const 11)) (i32.const 12))
          (func (export "main") (param i32) (call $tell (i32.const 13))))`,
        program: `(module (import "lib" "helper" (func (result i32))) ${SYSCALL}
          (func (export "main") (call $tell (i32.const 14))))`,
      }),
      [['lib', 'program']],
      `${TURNS}
      (data (i32.const ${KERNEL + 32}) "helper")
      ${BOOT} (local $link i32)
        (local.set $link (call $link_lib_program))
        (global.set $one (call $begin (local.get $link) (i32.const 0)))
        (global.set $two (call $context_create (local.get $link)
          (call $link_export (local.get $link) (i32.const ${KERNEL + 32}) (i32.const 6)) (i32.const 0) (i32.const 1)))
        (call $note32 (call $link_export (local.get $link) (i32.const ${KERNEL + 32}) (i32.const 5)))
        (drop (call $context_switch (global.get $one))))`,
    );
    const { notes } = await runInAllModes(kernel);
    expect(notes).toEqual([`0: ${-ESRCH >>> 0}`, '0: 14', '0: 1000011', '0: 0', '0: 1000012']);
  });
});

describe('a machine with links', () => {
  it('goes on from a snapshot at any cycle as it would have', async () => {
    const kernel = linkKernel(
      await guests({ lib: LIBRARY, program: PROGRAM }),
      [['lib', 'program'], ['program']],
      `${TURNS}
      ${BOOT}
        (call $note32 (call $link_program))
        (global.set $one (call $begin (call $link_copy (call $link_lib_program)) (i32.const 2)))
        (global.set $two (call $begin (call $link_lib_program) (i32.const 5)))
        (call $note32 (call $link_release (i32.const 1)))
        (call $note32 (call $link_program))
        (drop (call $context_switch (global.get $one))))`,
    );
    const whole = await runKernel(kernel);
    expect(whole.message).toBeUndefined();
    const failed = `0: ${-ENOEXEC >>> 0}`;
    expect(whole.notes.slice(0, 3)).toEqual([failed, '0: 0', failed]);
    const notes: string[] = [];
    const onMark = (core: number, _: string, value: bigint, cycle: number) =>
      notes.push(`${core}: ${value} at ${cycle}`);
    let machine: Machine | undefined;
    await runKernel(kernel, { maxCycles: 1, booted: (made) => (machine = made), onMark });
    for (let stops = 0; machine?.run({ maxCycles: 2003 }).reason === 'cycle-limit'; stops++) {
      expect(stops).toBeLessThan(100);
      machine = Machine.restore(decodeSnapshot(encodeSnapshot(machine.snapshot())), { onMark });
    }
    expect(notes).toEqual(whole.timedNotes.slice(-notes.length));
    expect(machine?.digest()).toBe(whole.digest);
  });
});

describe('copies of links', () => {
  /** Counts in a global and by the length of a table; asks for a copy of itself when it has counted to 3; both go on. */
  const FORKING = `(module ${SYSCALL}
    (global $count (mut i32) (i32.const 0))
    (table $t 1 100 funcref) (elem (i32.const 0) $f)
    (func $f)
    (func $count (param $step i32)
      (global.set $count (i32.add (global.get $count) (local.get $step)))
      (drop (table.grow (ref.null func) (local.get $step))))
    (func (export "main") (param $n i32) (local $child i32) (local $i i32)
      (call $count (i32.const 3))
      (local.set $child (i32.wrap_i64 (call $syscall (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
      (loop $l
        (call $count (select (i32.const 1) (i32.const 10) (local.get $child)))
        (call $tell (i32.add (i32.mul (global.get $count) (i32.const 1000)) (table.size $t)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (i32.const 3))))))`;

  /** System call 2 forks into a copy of the link, 1 tells a value and lets the other context go on. Ends link and contexts when both are done. */
  const FORKER = `
    (global $one (mut i32) (i32.const 0)) (global $two (mut i32) (i32.const 0))
    (global $link (mut i32) (i32.const 0)) (global $copy (mut i32) (i32.const 0)) (global $main (mut i32) (i32.const 0))
    (func $other (result i32) (select (global.get $two) (global.get $one) (i32.eq (call $context_self) (global.get $one))))
    ${TRAP} (local $made i32)
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_SYSCALL + 2})) (then
        (global.set $copy (call $link_copy (global.get $link)))
        (local.set $made (call $context_fork (call $context_self) (global.get $copy)))
        (if (local.get $made) (then (global.set $two (local.get $made))))
        (return (i64.extend_i32_u (local.get $made)))))
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_SYSCALL + 1}))
        (then (call $note32 (local.get $a)) (drop (call $context_switch (call $other))))
        (else (drop (call $context_switch (select (global.get $main) (call $other) (i32.eq (call $context_self) (global.get $two)))))))
      (i64.const 0))
    (func $run
      (global.set $link (call $link_program))
      (global.set $main (call $context_self))
      (global.set $one (call $begin (global.get $link) (i32.const 0)))
      (drop (call $context_switch (global.get $one))))
    (func $clean (result i32)
      (i32.or
        (i32.or (call $context_destroy (global.get $one)) (call $context_destroy (global.get $two)))
        (i32.or (call $link_release (global.get $link)) (call $link_release (global.get $copy)))))`;

  it('have the globals and tables that there were, and change them on their own', async () => {
    const kernel = linkKernel(
      await guests({ program: FORKING }),
      [['program']],
      `${FORKER}
      ${BOOT}
        (call $run)
        (call $note32 (call $link_release (global.get $link)))
        (call $note32 (call $context_fork (global.get $one) (i32.const 99)))
        (call $note32 (call $context_destroy (call $context_fork (global.get $one) (global.get $copy))))
        (call $note32 (call $clean))
        (call $note32 (call $link_release (global.get $copy)))
        (call $note32 (call $link_copy (global.get $copy))))`,
    );
    const { notes, message } = await runInAllModes(kernel);
    expect(message).toBeUndefined();
    const counts = [4, 5, 6].flatMap((first, i) => [first, 13 + 10 * i]).map((count) => `0: ${count * 1001 + 1}`);
    const answers = [-EBUSY, -EINVAL, 0, 0, -EINVAL, -EINVAL].map((answer) => `0: ${answer >>> 0}`);
    expect(notes).toEqual([...counts, ...answers]);
  });

  it('leave nothing behind, nor do contexts, however many there were', async () => {
    const kernel = linkKernel(
      await guests({ program: FORKING, lib: LIBRARY, other: PROGRAM }),
      [['program'], ['lib', 'other']],
      `${FORKER.replaceAll('(call $note32 (local.get $a))', '')}
      (func $round (local $link i32) (local $context i32)
        (call $run)
        (if (call $clean) (then unreachable))
        (local.set $link (call $link_lib_other))
        (local.set $context (call $begin (local.get $link) (i32.const 1)))
        (if (i32.or (call $context_destroy (local.get $context)) (call $link_release (local.get $link))) (then unreachable)))
      ${BOOT} (local $i i32)
        (loop $l
          (call $round)
          (if (i32.eq (local.get $i) (i32.const 10)) (then (call $note32 (i32.const 1))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (i32.const 2000))))
        (local.set $i (i32.const 0))
        (loop $l
          (if (call $context_destroy (call $context_create (i32.const 0) (call $link_export (i32.const 0) (i32.const ${KERNEL + 16}) (i32.const 4)) (i32.const 0) (i32.const 0))) (then unreachable))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (i32.const 10000)))))
      (func (export "main") (param i32))`,
    );
    let machine: Machine | undefined;
    let before = 0;
    const run = await runKernel(kernel, {
      maxCycles: 1e9,
      booted: (made) => {
        machine = made;
        // Ten rounds: as much machine memory as there ever is at once.
        made.run({ maxCycles: 30_000 });
        before = made.snapshot().memory.top;
      },
    });
    expect(run.message).toBeUndefined();
    expect(run.reason).toBe('finished');
    expect(run.notes).toEqual(['0: 1']);
    expect(machine?.snapshot().memory.top).toBe(before);
  });
});
