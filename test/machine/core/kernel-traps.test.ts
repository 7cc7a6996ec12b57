// Traps into a kernel and back: system calls, page faults, what code does wrong, and what stops the machine.
import { describe, expect, it } from 'vitest';
import {
  BOOT_INFO_PAGE_ROOT,
  INTRINSIC_HALT,
  TRAP_FINISHED,
  TRAP_MEMORY_GROW,
  TRAP_PAGE_FAULT,
  TRAP_PROTECTION,
  TRAP_SYSCALL,
  TRAP_WASM,
} from '../../../machine/platform.ts';
import {
  FAULT_NO_RAM,
  FAULT_PROTECTION,
  FAULT_USER,
  FAULT_WRITE,
  PTE_PRESENT,
  PTE_UNCACHED,
  PTE_USER,
  PTE_WRITE,
} from '../../../machine/state/layout.ts';
import { kernelText, PAGING, runInAllModes, runKernel } from './kernel.ts';

const TRAP =
  '(func (export "trap") (param $cause i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (result i64)';
const BOOT = '(func (export "boot") (param $boot i32)';

/** A kernel that maps what is touched, and counts. */
const PAGER = `${PAGING}
  (global $faults (mut i32) (i32.const 0))
  ${TRAP}
    (if (i32.ne (local.get $cause) (i32.const ${TRAP_PAGE_FAULT})) (then (unreachable)))
    (global.set $faults (i32.add (global.get $faults) (i32.const 1)))
    (call $note32 (local.get $a))
    (call $note32 (local.get $b))
    (call $note32 (i32.eq (local.get $a) (call $fault_address)))
    (call $map (local.get $a) (call $frame) (i32.const ${PTE_PRESENT | PTE_WRITE | PTE_USER}))
    (i64.const 0))`;

describe('system calls', () => {
  it('pass their operands and return the answer', async () => {
    const run = await runInAllModes(
      kernelText(`
        ${TRAP}
          (call $note32 (local.get $cause))
          (call $note32 (i32.add (i32.add (local.get $a) (i32.mul (local.get $b) (i32.const 10)))
            (i32.add (i32.add (i32.mul (local.get $c) (i32.const 100)) (i32.mul (local.get $d) (i32.const 1000)))
              (i32.add (i32.mul (local.get $e) (i32.const 10000)) (i32.mul (local.get $f) (i32.const 100000))))))
          (i64.const 0x123456789abcdef0))
        ${BOOT} (local $before i32)
          (local.set $before (i32.const 77))
          (call $note (call $syscall (i32.const 5) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6)))
          (call $note32 (local.get $before)))`),
    );
    expect(run.notes).toEqual([`0: ${TRAP_SYSCALL + 5}`, '0: 654321', `0: ${0x123456789abcdef0n}`, '0: 77']);
  });

  it('cost what the profile says of entering and leaving, and what the handler does', async () => {
    const body = (calls: string) => `
      ${TRAP} (i64.const 0))
      ${BOOT} (local $start i64)
        (local.set $start (call $cycles))
        ${calls}
        (call $note (i64.sub (call $cycles) (local.get $start))))`;
    const call =
      '(drop (call $syscall (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))';
    const empty = await runInAllModes(kernelText(body('')));
    const one = await runInAllModes(kernelText(body(call)));
    const [without, with1] = [empty, one].map(({ notes }) => Number(notes[0]?.slice(3)));
    const { trapEntryCycles, trapExitCycles } = one.machine.profile.core;
    // The call itself takes 2 cycles.
    expect((with1 as number) - (without as number)).toBe(trapEntryCycles + trapExitCycles + 2);
  });

  it('nest: a handler may make one', async () => {
    const run = await runInAllModes(
      kernelText(`
        ${TRAP}
          (if (result i64) (i32.eqz (local.get $a))
            (then (i64.const 1))
            (else (i64.add (i64.const 1)
              (call $syscall (i32.const 1) (i32.sub (local.get $a) (i32.const 1)) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))))
        ${BOOT}
          (call $note (call $syscall (i32.const 1) (i32.const 20) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))`),
    );
    expect(run.notes).toEqual(['0: 21']);
  });
});

describe('page faults', () => {
  it('are handled, and the access is made again: loads, stores, atomics, bulk operations', async () => {
    const run = await runInAllModes(
      kernelText(`${PAGER}
        (func $sum (param $at i32) (param $n i32) (result i32) (local $sum i32)
          (loop $l
            (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (local.get $sum))
        ${BOOT}
          (call $paging (local.get $boot))
          (i32.store (i32.const 0x10000ffc) (i32.const 5))
          (call $note32 (i32.atomic.rmw.add (i32.const 0x10001000) (i32.const 3)))
          (call $note32 (call $sum (i32.const 0x10000ff0) (i32.const 2048)))
          (memory.copy (i32.const 0x20000800) (i32.const 0x10000800) (i32.const 4096))
          (call $note32 (i32.add (i32.load (i32.const 0x20000ffc)) (i32.load (i32.const 0x20001000))))
          (i64.store offset=4 (i32.const 0x30000ff8) (i64.const 0x100000002))
          (call $note (i64.load (i32.const 0x30000ffc)))
          (call $note32 (global.get $faults)))`),
    );
    expect(run.reason).toBe('finished');
    const fault = (address: number, bits: number) => [`0: ${address >>> 0}`, `0: ${bits}`, '0: 1'];
    expect(run.notes).toEqual([
      ...fault(0x10000ffc, FAULT_WRITE),
      ...fault(0x10001000, FAULT_WRITE),
      '0: 0',
      ...fault(0x10002000, 0),
      '0: 8',
      // From the end, line by line, because the destination is behind the source.
      ...fault(0x200017c0, FAULT_WRITE),
      ...fault(0x20000fc0, FAULT_WRITE),
      '0: 8',
      ...fault(0x30000ffc, FAULT_WRITE),
      ...fault(0x30001000, FAULT_WRITE),
      `0: ${0x100000002}`,
      '0: 7',
    ]);
  });

  it('say that rights were missing, of user code and of the kernel', async () => {
    const run = await runInAllModes(
      kernelText(`${PAGING}
        (global $end (mut i32) (i32.const 0))
        ${TRAP}
          (call $note32 (local.get $cause))
          (call $note32 (local.get $a))
          (call $note32 (local.get $b))
          (if (i32.eq (local.get $cause) (i32.const ${TRAP_FINISHED})) (then (call $exit (i32.const 0))))
          (call $map (local.get $a) (i32.and (i32.load (call $entry (local.get $a))) (i32.const -4096)) (i32.const ${PTE_PRESENT | PTE_WRITE | PTE_USER}))
          (call $invlpg (local.get $a))
          (i64.const 0))
        ${BOOT}
          (call $paging (local.get $boot))
          (call $map (i32.const 0x1000) (call $frame) (i32.const ${PTE_PRESENT}))
          (call $map (i32.const 0x2000) (call $frame) (i32.const ${PTE_PRESENT | PTE_WRITE}))
          (drop (i32.load (i32.const 0x1000)))
          (i32.store (i32.const 0x1000) (i32.const 1))
          (drop (call $context_switch (call $context_create (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 1)))))`),
      {
        user: [
          `(module (memory 1) (table 1 funcref) (elem (i32.const 0) $f)
            (func $f (param i32) (result i32) (i32.load (i32.const 0x2004))))`,
        ],
      },
    );
    expect(run.reason).toBe('exited');
    expect(run.notes).toEqual(
      [
        ...[TRAP_PAGE_FAULT, 0x1000, FAULT_WRITE | FAULT_PROTECTION],
        ...[TRAP_PAGE_FAULT, 0x2004, FAULT_USER | FAULT_PROTECTION],
        ...[TRAP_FINISHED, 0, 0],
      ].map((value) => `0: ${value}`),
    );
  });

  it('in the handler of one stop the machine', async () => {
    const run = await runInAllModes(
      kernelText(`
        (func $handle (param $a i32) (i32.store (i32.const 0x20000000) (local.get $a)))
        ${TRAP} (call $handle (local.get $a)) (i64.const 0))
        (func $touch (i32.store (i32.const 0x10000000) (i32.const 1)))
        ${BOOT} (call $touch))`),
    );
    expect(run.reason).toBe('trapped');
    expect(run.message).toMatch(
      /^page fault in the page-fault handler at address 0x20000000 on core 0, cycle [\d.]+ in handle$/,
    );
    expect(run.machine.core(0).trap?.frames.map(({ name }) => name)).toEqual(['handle', 'trap', 'touch', 'boot']);
  });

  it('without a kernel that takes traps stop the machine', async () => {
    const run = await runInAllModes(kernelText(`${BOOT} (i32.store (i32.const 0x10000004) (i32.const 1)))`));
    expect(run.message).toMatch(/^page fault at address 0x10000004 on core 0, cycle [\d.]+ in boot$/);
  });
});

describe('page tables that lead out of RAM', () => {
  const RAM_BYTES = 1 << 23;
  const RIGHTS = PTE_PRESENT | PTE_WRITE | PTE_USER;
  /** A handler that tells of the fault and mends the entry. */
  const MENDER = `${PAGING}
    ${TRAP}
      (call $note32 (local.get $cause))
      (call $note32 (local.get $a))
      (call $note32 (local.get $b))
      (i32.store (call $entry (local.get $a)) (i32.or (call $frame) (i32.const ${RIGHTS})))
      (i64.const 0))`;

  it.each([
    ['the first page behind it', RAM_BYTES, 0],
    ['far away', 0xf000_0000, 0],
    ['uncached', 0xffff_f000, PTE_UNCACHED],
  ])('fault: a page, %s', async (_, physical, flags) => {
    const run = await runInAllModes(
      kernelText(`${MENDER}
        ${BOOT}
          (call $paging (local.get $boot))
          (call $map (i32.const 0x10000000) (i32.const ${physical}) (i32.const ${RIGHTS | flags}))
          (call $prefetch (i32.const 0x10000000))
          (call $note32 (i32.load (i32.const 0x10000ff8)))
          (call $map (i32.const 0x10001000) (i32.const ${physical}) (i32.const ${RIGHTS | flags}))
          (i32.store (i32.const 0x10001008) (i32.const 77))
          (call $note32 (i32.load (i32.const 0x10001008))))`),
    );
    expect(run.notes.map((note) => Number(note.slice(3)))).toEqual([
      ...[TRAP_PAGE_FAULT, 0x1000_0ff8, FAULT_NO_RAM],
      0,
      ...[TRAP_PAGE_FAULT, 0x1000_1008, FAULT_NO_RAM | FAULT_WRITE],
      77,
    ]);
  });

  it('fault: a page table', async () => {
    const run = await runInAllModes(
      kernelText(`${PAGING}
        ${TRAP}
          (call $note32 (local.get $b))
          (i32.store (call $slot) (i32.const 0))
          (call $map (local.get $a) (call $frame) (i32.const ${RIGHTS}))
          (i64.const 0))
        (func $slot (result i32)
          (i32.add (call $window (i32.load offset=${BOOT_INFO_PAGE_ROOT} (global.get $info))) (i32.const 256)))
        ${BOOT}
          (call $paging (local.get $boot))
          (i32.store (call $slot) (i32.const ${0xf000_0000 | RIGHTS}))
          (call $note32 (i32.load (i32.const 0x10000000))))`),
    );
    expect(run.notes).toEqual([`0: ${FAULT_NO_RAM}`, '0: 0']);
  });

  it.each([RAM_BYTES, 0xffff_f000])('stop the machine where nothing else is left: the root 0x%x', async (root) => {
    const run = await runInAllModes(
      kernelText(`
        ${TRAP} (i64.store (i32.const 0x80000100) (i64.const 1)) (i64.const 0))
        ${BOOT}
          (call $set_page_root (i32.const ${root}) (i32.const 0))
          (i32.store (i32.const 0x10000000) (i32.const 77)))`),
    );
    expect(run.reason).toBe('trapped');
    expect(run.message).toMatch(/page fault/);
  });
});

describe('what code does wrong', () => {
  it.each([
    ['unreachable', '(unreachable)'],
    ['integer divide by zero', '(drop (i32.div_u (i32.const 1) (local.get $zero)))'],
    ['out of bounds memory access', '(drop (i32.load offset=0xffffffff (i32.const 0x7fffffff)))'],
    ['call stack exhausted', '(call $endless)'],
  ])('stops the machine where a kernel does it: %s', async (cause, code) => {
    const run = await runInAllModes(
      kernelText(`
        ${TRAP} (call $note32 (local.get $cause)) (i64.const 0))
        (func $endless (call $endless))
        (func $wrong (param $zero i32) ${code})
        ${BOOT} (call $wrong (i32.const 0)))`),
    );
    expect(run.reason).toBe('trapped');
    expect(run.message).toContain(cause);
    expect(run.machine.core(0).trap?.frames.map(({ name }) => name)).toContain(
      cause.startsWith('call') ? 'endless' : 'boot',
    );
    expect(run.notes).toEqual([]);
  });

  const USER = `(module
    (import "machine" "halt" (func $halt))
    (import "machine" "interrupts" (func $interrupts (param i32) (result i32)))
    (import "machine" "syscall" (func $syscall (param i32 i32 i32 i32 i32 i32 i32) (result i64)))
    (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
    (memory 2)
    (table 6 funcref)
    (elem (i32.const 0) $divide $recursion $privileged $grow $abortion $unaligned)
    (func $divide (param i32) (drop (i32.div_u (i32.const 1) (local.get 0))))
    (func $recursion (param i32) (call $recursion (i32.add (local.get 0) (i32.const 1))))
    (func $privileged (param i32) (result i32) (call $halt) (call $interrupts (i32.const 1)))
    (func $grow (param i32) (result i32) 
      (i32.add (i32.add (memory.size) (memory.grow (i32.const 3))) (memory.size)))
    (func $abortion (param i32) (call $abort (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    (func $unaligned (param i32) (result i32) (i32.atomic.load (i32.const 0x1002))))`;

  /** A kernel that runs functions of the user image one after the other, and goes on when one traps. */
  const STARTER = `${PAGING}
    (global $main (mut i32) (i32.const 0))
    ${TRAP}
      (call $note32 (local.get $cause))
      (call $note32 (local.get $a))
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_PROTECTION})) (then (return (i64.const 40))))
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_MEMORY_GROW})) (then (return (i64.const 20))))
      (drop (call $context_switch (global.get $main)))
      (i64.const 0))
    (func $run (param $function i32) (local $context i32)
      (local.set $context (call $context_create (i32.const 1) (local.get $function) (i32.const 0) (i32.const 1)))
      (call $note32 (call $context_switch (local.get $context)))
      (call $note32 (call $context_destroy (local.get $context))))`;

  it.each([
    [0, [TRAP_WASM, 17]],
    [1, [TRAP_WASM, 26]],
    [2, [TRAP_PROTECTION, INTRINSIC_HALT, TRAP_PROTECTION, 5, TRAP_FINISHED, 40]],
    [3, [TRAP_MEMORY_GROW, 0, TRAP_MEMORY_GROW, 3, TRAP_MEMORY_GROW, 0, TRAP_FINISHED, 60]],
    [4, [TRAP_WASM, 27]],
    [5, [TRAP_WASM, 25]],
  ])("is the kernel's to judge where a user does it: function %d", async (index, notes) => {
    const run = await runInAllModes(
      kernelText(`${STARTER}
        ${BOOT}
          (call $paging (local.get $boot))
          (call $map (i32.const 0x1000) (call $frame) (i32.const ${PTE_PRESENT | PTE_WRITE | PTE_USER}))
          (global.set $main (call $context_self))
          (call $run (i32.const ${index})))`),
      { user: [USER] },
    );
    expect(run.reason).toBe('finished');
    expect(run.notes).toEqual([...notes, 0, 0].map((value) => `0: ${value}`));
  });

  it('cannot be returned to', async () => {
    const run = await runInAllModes(
      kernelText(`
        ${TRAP} (i64.const 0))
        ${BOOT} (drop (call $context_switch (call $context_create (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 1)))))`),
      { user: [USER] },
    );
    expect(run.message).toMatch(/^the trap function has returned from a trap that cannot be resumed on core 0/);
    expect(run.machine.core(0).trap?.frames.map(({ name }) => name)).toEqual(['divide']);
  });

  it('is told of where a plain module uses a privileged intrinsic', async () => {
    const { machine } = await runKernel(kernelText(`${BOOT})`));
    const { assemble } = await import('../../host/assemble.ts');
    const bytes = await assemble('(module (import "machine" "halt" (func $halt)) (func (export "f") (call $halt)))');
    const instance = machine.instantiate(machine.load(bytes));
    expect(() => machine.invoke(instance, 'f')).toThrow(/privileged intrinsic in user mode: machine.halt on core 0/);
  });
});
