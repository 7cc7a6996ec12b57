// Kernels that have images in their memory and link them, from text; and a library and a program for them.
import {
  LINK_ENTRY_BYTES,
  LINK_ENTRY_IMAGE,
  LINK_ENTRY_NAME,
  LINK_ENTRY_NAME_BYTES,
} from '../../../machine/platform.ts';
import { assemble } from '../../host/assemble.ts';
import { kernelText } from './kernel.ts';

export const KERNEL = 0x8000_0000;
/** What the kernel's functions fill in, and where it keeps names and images. */
export const OUT = KERNEL + 256;
export const LIST = KERNEL + 512;
export const NAMES = KERNEL + 1024;
export const IMAGES = KERNEL + 4096;

/** Two threads of control that each count in a global of the library, in one of their own, and by a function of a table that they change. */
export const LIBRARY = `(module
  (global $count (export "count") (mut i32) (i32.const 100))
  (func (export "bump") (param i32) (result i32)
    (global.set $count (i32.add (global.get $count) (local.get 0)))
    (global.get $count)))`;

export const PROGRAM = `(module
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

export interface Guest {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `bytes` as a string of the text format. */
export function literal(bytes: Uint8Array): string {
  return `"${Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"`;
}

/**
 * A kernel that has images in its memory: \`$image_NAME\` loads one, \`$link_NAMES\` links some. \`boot\` and \`trap\` are bodies.
 */
export function linkKernel(guests: readonly Guest[], lists: readonly (readonly string[])[], body: string): string {
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

export const SYSCALL = `
  (import "machine" "syscall" (func $syscall (param i32 i32 i32 i32 i32 i32 i32) (result i64)))
  (func $tell (param i32) (drop (call $syscall (i32.const 1) (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))`;

export const TRAP =
  '(func (export "trap") (param $cause i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (result i64)';
export const BOOT = '(func (export "boot") (param $boot i32)';

export async function guests(texts: Readonly<Record<string, string>>): Promise<Guest[]> {
  return Promise.all(Object.entries(texts).map(async ([name, text]) => ({ name, bytes: await assemble(text) })));
}
