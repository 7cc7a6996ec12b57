// Images and links as kernels use them: loaded from memory, linked with libraries, each link with globals and tables of its own, copied for forks.
import { describe, expect, it } from 'vitest';
import {
  EFAULT,
  EINVAL,
  ENOEXEC,
  ERANGE,
  ESRCH,
  IMAGE_HAS_START,
  IMAGE_IMPORTS,
  IMAGE_MOST_PAGES,
  IMAGE_PAGES,
  IMAGE_SEGMENT_ADDRESS,
  IMAGE_SEGMENT_LENGTH,
  IMAGE_SEGMENT_OFFSET,
  IMAGE_SEGMENTS,
  LINK_ENTRY_BYTES,
  LINK_ENTRY_IMAGE,
  LINK_ENTRY_NAME,
  LINK_ENTRY_NAME_BYTES,
  TRAP_FINISHED,
} from '../../../machine/platform.ts';
import { assemble } from '../../host/assemble.ts';
import { kernelText, PAGING, runInAllModes, runKernel } from './kernel.ts';

const KERNEL = 0x8000_0000;
/** What the kernel's functions fill in, and where it keeps names and images. */
const OUT = KERNEL + 256;
const LIST = KERNEL + 512;
const NAMES = KERNEL + 1024;
const IMAGES = KERNEL + 4096;

/** Two threads of control that each count in a global of the library, in one of their own, and by a function of a table that they change. */
const LIBRARY = `(module
  (global $count (export "count") (mut i32) (i32.const 100))
  (func (export "bump") (param i32) (result i32)
    (global.set $count (i32.add (global.get $count) (local.get 0)))
    (global.get $count)))`;

const PROGRAM = `(module
  (type $f (func (result i32)))
  (import "machine" "syscall" (func $syscall (param i32 i32 i32 i32 i32 i32 i32) (result i64)))
  (import "lib" "bump" (func $bump (param i32) (result i32)))
  (import "lib" "count" (global $count (mut i32)))
  (table (export "table") 2 8 funcref) (elem (i32.const 0) $zero $main)
  (elem declare func $five)
  (global $own (mut i32) (i32.const 7))
  (global $wide (mut i64) (i64.const 0x100000000))
  (start $begin)
  (func $begin (global.set $own (i32.add (global.get $own) (i32.const 1000))))
  (func $zero (result i32) (i32.const 0))
  (func $five (result i32) (i32.const 5))
  (func $tell (param i32) (drop (call $syscall (i32.const 1) (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  (func $main (export "main") (param $n i32) (result i32) (local $i i32)
    (loop $l
      (call $tell (call $bump (local.get $n)))
      (global.set $own (i32.add (global.get $own) (local.get $n)))
      (call $tell (global.get $own))
      (global.set $wide (i64.add (global.get $wide) (i64.extend_i32_u (local.get $n))))
      (call $tell (i32.wrap_i64 (i64.rotl (global.get $wide) (i64.const 4))))
      (call $tell (i32.add (global.get $count) (call_indirect (type $f) (i32.const 0))))
      (if (i32.eq (local.get $n) (i32.const 2)) (then (table.set (i32.const 0) (ref.func $five))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 3))))
    (i32.add (local.get $n) (table.grow (ref.func $five) (local.get $n)))))`;

interface Guest {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `bytes` as a string of the text format. */
function literal(bytes: Uint8Array): string {
  return `"${Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"`;
}

/**
 * A kernel that has images in its memory: \`$image_NAME\` loads one, \`$link_NAMES\` links some. \`boot\` and \`trap\` are bodies.
 */
function linkKernel(guests: readonly Guest[], lists: readonly (readonly string[])[], body: string): string {
  let at = IMAGES;
  let text = '';
  for (const [i, { name, bytes }] of guests.entries()) {
    text += `(data (i32.const ${at}) ${literal(bytes)})
      (data (i32.const ${NAMES + 16 * i}) "${name}")
      (func $image_${name} (result i32) (call $image_load (i32.const ${at}) (i32.const ${bytes.length})))`;
    at += bytes.length;
  }
  for (const list of lists) {
    const entries = list.map((name, i) => {
      const entry = LIST + LINK_ENTRY_BYTES * i;
      const number = guests.findIndex((guest) => guest.name === name);
      return `(i32.store offset=${entry + LINK_ENTRY_IMAGE} (i32.const 0) (call $image_${name}))
        (i32.store offset=${entry + LINK_ENTRY_NAME} (i32.const 0) (i32.const ${NAMES + 16 * number}))
        (i32.store offset=${entry + LINK_ENTRY_NAME_BYTES} (i32.const 0) (i32.const ${name.length}))`;
    });
    text += `(func $link_${list.join('_')} (result i32) ${entries.join('\n')}
      (call $link (i32.const ${LIST}) (i32.const ${list.length})))`;
  }
  return kernelText(`${text}
    (data (i32.const ${KERNEL + 16}) "main")
    (func $main_of (param i32) (result i32) (call $link_export (local.get 0) (i32.const ${KERNEL + 16}) (i32.const 4)))
    (func $begin (param $link i32) (param $n i32) (result i32)
      (call $context_create (local.get $link) (call $main_of (local.get $link)) (local.get $n) (i32.const 1)))
    ${body}`);
}

const SYSCALL = `
  (import "machine" "syscall" (func $syscall (param i32 i32 i32 i32 i32 i32 i32) (result i64)))
  (func $tell (param i32) (drop (call $syscall (i32.const 1) (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))`;

const TRAP =
  '(func (export "trap") (param $cause i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (result i64)';
const BOOT = '(func (export "boot") (param $boot i32)';

async function guests(texts: Readonly<Record<string, string>>): Promise<Guest[]> {
  return Promise.all(Object.entries(texts).map(async ([name, text]) => ({ name, bytes: await assemble(text) })));
}

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

/** What a context of PROGRAM tells when it is given n; `before`: what was added to the globals before. */
function told(n: number, before = 0): number[] {
  const values: number[] = [];
  for (let i = 1; i <= 3; i++) {
    const sum = n * i + before;
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

describe('images', () => {
  it('are described', async () => {
    const bytes = await assemble(`(module
      (import "posix" "write" (func)) (import "machine" "pause" (func)) (import "env" "memory" (memory 3 40)) (import "posix" "read" (func))
      (data (i32.const 1024) "twelve bytes") (data "passive") (data (i32.const 65536) "x") (func $f) (start $f))`);
    const words = [IMAGE_PAGES, IMAGE_MOST_PAGES, IMAGE_SEGMENTS, IMAGE_IMPORTS, IMAGE_HAS_START];
    const segment = [IMAGE_SEGMENT_ADDRESS, IMAGE_SEGMENT_LENGTH, IMAGE_SEGMENT_OFFSET];
    const note = (offset: number) => `(call $note32 (i32.load offset=${offset} (i32.const ${OUT})))`;
    const kernel = linkKernel(
      [{ name: 'a', bytes }],
      [],
      `(func $describe (param $i i32)
        (call $note32 (call $image_segment (call $image_a) (local.get $i) (i32.const ${OUT}))) ${segment.map(note).join('')})
      (func $imported (param $i i32)
        (call $note32 (call $image_import (call $image_a) (local.get $i) (i32.const ${OUT}) (i32.const 7)))
        (call $note32 (i32.load (i32.const ${OUT}))))
      ${BOOT}
        (call $note32 (call $image_a))
        (call $note32 (call $image_info (call $image_a) (i32.const ${OUT})))
        ${words.map(note).join('')}
        (call $describe (i32.const 0)) (call $describe (i32.const 1)) (call $imported (i32.const 0)) (call $imported (i32.const 1)))`,
    );
    const { notes } = await runInAllModes(kernel);
    const text = new TextDecoder('latin1').decode(bytes);
    expect(notes.map((value) => Number(value.slice(3)))).toEqual([
      ...[1, 0, 3, 40, 2, 2, 1],
      ...[0, 1024, 12, text.indexOf('twelve bytes'), 0, 65536, 1, bytes.lastIndexOf(0x78)],
      ...[5, 0x69736f70, 7, 0x6863616d],
    ]);
  });

  it('and links are refused with an error, and their reason is logged', async () => {
    const logs: string[] = [];
    const list = await guests({
      lib: LIBRARY,
      program: PROGRAM,
      broken: '(module (func (result i32) (i32.const 1)))',
      placed: '(module (import "lib" "base" (global i32)) (memory 1) (data (global.get 0) "x"))',
      full: '(module (table 1 funcref) (elem (i32.const 1) 0) (func))',
    });
    const broken = list.find(({ name }) => name === 'broken') as Guest;
    broken.bytes[broken.bytes.indexOf(0x41)] = 0x42;
    const unmapped = 0x1000;
    const readOnly = KERNEL + 0x8000;
    const calls: readonly (readonly [call: string, answer: number])[] = [
      ['(call $image_broken)', -ENOEXEC],
      ['(call $image_placed)', -ENOEXEC],
      [`(call $image_load (i32.const ${unmapped}) (i32.const 8))`, -EFAULT],
      ['(call $image_load (i32.const -8) (i32.const 16))', -EFAULT],
      [`(call $image_load (i32.const ${KERNEL}) (i32.const 0))`, -ENOEXEC],
      ['(call $link_program)', -ENOEXEC],
      ['(call $link_program)', -ENOEXEC],
      ['(call $link_full)', -ENOEXEC],
      [`(call $link (i32.const ${LIST}) (i32.const 0))`, -EINVAL],
      [`(call $link (i32.const ${LIST}) (i32.const 65))`, -EINVAL],
      [`(call $link (i32.const ${unmapped}) (i32.const 1))`, -EFAULT],
      [`(call $link (i32.const ${OUT}) (i32.const 1))`, -EINVAL],
      ['(call $link_copy (i32.const 0))', -EINVAL],
      ['(call $link_release (i32.const 1))', -EINVAL],
      [`(call $link_export (i32.const 1) (i32.const ${KERNEL}) (i32.const 4))`, -EINVAL],
      [`(call $link_export (i32.const 0) (i32.const ${unmapped}) (i32.const 4))`, -EFAULT],
      [`(call $image_info (i32.const 0) (i32.const ${OUT}))`, -EINVAL],
      [`(call $image_info (i32.const 99) (i32.const ${OUT}))`, -EINVAL],
      [`(call $image_info (call $image_lib) (i32.const ${unmapped}))`, -EFAULT],
      [`(call $image_segment (call $image_lib) (i32.const 0) (i32.const ${OUT}))`, -EINVAL],
      [`(call $image_import (call $image_lib) (i32.const 0) (i32.const ${OUT}) (i32.const 100))`, -EINVAL],
      [`(call $image_import (call $image_program) (i32.const 1) (i32.const ${OUT}) (i32.const 2))`, -ERANGE],
      [`(call $image_import (call $image_program) (i32.const 1) (i32.const -2) (i32.const 3))`, -EFAULT],
      [`(call $image_import (call $image_program) (i32.const 1) (i32.const ${readOnly}) (i32.const 3))`, -EFAULT],
    ];
    const kernel = linkKernel(
      list,
      [['program'], ['full']],
      `${PAGING}
      ${BOOT} (call $paging (local.get $boot))
        (i32.store (call $entry (i32.const ${readOnly})) (i32.and (i32.load (call $entry (i32.const ${readOnly}))) (i32.const -3)))
        ${calls.map(([call]) => `(call $note32 ${call})`).join('\n')})`,
    );
    const { notes, message } = await runKernel(kernel, { onLog: (_, text) => logs.push(text) });
    expect(message).toBeUndefined();
    expect(notes.map((value, i) => `${calls[i]?.[0]} = ${Number(value.slice(3)) | 0}`)).toEqual(
      calls.map(([call, answer]) => `${call} = ${answer}`),
    );
    expect(logs).toEqual([
      expect.stringMatching(/^image_load: type mismatch/),
      expect.stringMatching(/^image_load: unsupported feature: data segment 0 at an address that is no constant/),
      expect.stringMatching(/^image_load: /),
      'link: unknown import "lib"."bump" (function)',
      'link: unknown import "lib"."bump" (function)',
      expect.stringMatching(/^link: out of bounds table access/),
    ]);
  });
});
