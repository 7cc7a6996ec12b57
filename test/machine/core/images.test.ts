// Images as kernels use them: loaded from memory, described, and refused with a reason; no words do harm to the host.
import { describe, expect, it } from 'vitest';
import { Machine } from '../../../machine/index.ts';
import {
  EFAULT,
  EINVAL,
  ENOEXEC,
  ERANGE,
  IMAGE_HAS_START,
  IMAGE_IMPORTS,
  IMAGE_MOST_PAGES,
  IMAGE_PAGES,
  IMAGE_SEGMENT_ADDRESS,
  IMAGE_SEGMENT_LENGTH,
  IMAGE_SEGMENT_OFFSET,
  IMAGE_SEGMENTS,
  WINDOW_ADDRESS,
} from '../../../machine/platform.ts';
import { Random } from '../../fuzz/random.ts';
import { assemble } from '../../host/assemble.ts';
import { PAGING, runInAllModes, runKernel } from './kernel.ts';
import { BOOT, type Guest, guests, IMAGES, KERNEL, LIBRARY, LIST, linkKernel, OUT, PROGRAM } from './link-kernel.ts';

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

  it('answers to any words without harm to its host', async () => {
    const calls = [
      'image_load 2',
      'image_info 2',
      'image_segment 3',
      'image_import 4',
      'link 2',
      'link_copy 1',
      'link_release 1',
    ]
      .concat(['link_export 3', 'context_create 4', 'context_fork 2', 'context_destroy 1', 'trace_calls 1'])
      .concat(['console_write 3', 'console_read 2', 'interrupt_route 3'])
      .map((call) => call.split(' ') as [string, string]);
    const values = [
      0,
      1,
      2,
      3,
      16,
      4096,
      KERNEL,
      OUT,
      LIST,
      IMAGES,
      0xffff_fff0,
      0xffff_ffff,
      0x7fff_ffff,
      WINDOW_ADDRESS,
      0x4000_0000,
    ];
    const random = new Random(5);
    const text = Array.from({ length: 3000 }, () => {
      const [name, count] = random.pick(calls);
      const words = Array.from({ length: Number(count) }, () => `(i32.const ${random.pick(values)})`);
      return `(call $check (call $${name} ${words.join(' ')}))`;
    });
    const kernel = linkKernel(
      await guests({ lib: LIBRARY, program: PROGRAM }),
      [['lib', 'program']],
      `(func $check (param i32) (if (i32.lt_s (local.get 0) (i32.const -40)) (then (call $note32 (local.get 0)))))
      ${BOOT} (drop (call $begin (call $link_lib_program) (i32.const 1))) ${text.join('\n')})`,
    );
    const run = await runKernel(kernel, { maxCycles: 1e9 });
    expect(run.message).toBeUndefined();
    expect(run.reason).toBe('finished');
    expect(run.notes).toEqual([]);
  });

  it('tell the host when they are translated: once for the same contents, and also what cannot be', async () => {
    const phases: string[] = [];
    const machine = new Machine({ onTranslation: (phase) => phases.push(phase) });
    const bytes = await assemble('(module (func $f))');
    machine.load(bytes);
    machine.load(bytes);
    expect(phases).toEqual(['begin', 'end']);
    expect(() => machine.load(bytes.slice(0, 7))).toThrow();
    expect(phases).toEqual(['begin', 'end', 'begin', 'end']);
  });
});
