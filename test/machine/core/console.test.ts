// The console, files that the host gives at boot, and what kernels save and show.
import { describe, expect, it } from 'vitest';
import { Machine, type MachineOptions } from '../../../machine/index.ts';
import {
  BOOT_FILE_BYTES,
  BOOT_FILE_LENGTH,
  BOOT_FILE_PATH,
  BOOT_FILE_PATH_BYTES,
  BOOT_FILE_PHYSICAL,
  BOOT_INFO_CONSOLE,
  BOOT_INFO_FILE_TABLE,
  BOOT_INFO_FILES,
  BOOT_INFO_NODE_TABLE,
  BOOT_NODE_FREE_START,
  CONSOLE_TERMINAL,
  EAGAIN,
  EFAULT,
  EINVAL,
  TRAP_INTERRUPT,
  WINDOW_ADDRESS,
} from '../../../machine/platform.ts';
import { assemble } from '../../host/assemble.ts';
import { kernelText, runInAllModes, runKernel, SAME } from './kernel.ts';

const KERNEL = 0x8000_0000;
const BUFFER = KERNEL + 1024;
const UNMAPPED = 0x1000;
const VECTOR = 9;

const TRAP =
  '(func (export "trap") (param $cause i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (result i64)';
const BOOT = '(func (export "boot") (param $boot i32)';
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (of: string) => new TextEncoder().encode(of);
const signed = (note: string) => Number(note.slice(3)) | 0;

describe('the console', () => {
  it('takes what kernels write, for an access past all caches', async () => {
    const written: string[] = [];
    const run = await runKernel(
      kernelText(`
        (data (i32.const ${BUFFER}) "hello")
        ${BOOT} (local $start i64)
          (call $note32 (call $console_write (i32.const 1) (i32.const ${BUFFER}) (i32.const 5)))
          (call $note32 (call $console_write (i32.const 2) (i32.const ${BUFFER + 1}) (i32.const 2)))
          (local.set $start (call $cycles))
          (drop (call $console_write (i32.const 1) (i32.const ${BUFFER}) (i32.const 0)))
          (call $note (i64.sub (call $cycles) (local.get $start)))
          (call $note32 (call $console_write (i32.const 3) (i32.const ${BUFFER}) (i32.const 5)))
          (call $note32 (call $console_write (i32.const 1) (i32.const ${UNMAPPED}) (i32.const 5)))
          (call $note32 (call $console_read (i32.const ${UNMAPPED}) (i32.const 5)))
          (call $note32 (call $interrupt_route (i32.const 2) (i32.const 0) (i32.const 1)))
          (call $note32 (call $interrupt_route (i32.const 1) (i32.const 1) (i32.const 1)))
          (call $note32 (call $interrupt_route (i32.const 1) (i32.const 0) (i32.const 64))))`),
      { onConsole: (stream, what) => written.push(`${stream}: ${text(what)}`) },
    );
    expect(written).toEqual(['1: hello', '2: el', '1: ']);
    const [whole, part, cycles, ...errors] = run.notes.map(signed);
    expect([whole, part]).toEqual([5, 2]);
    expect(cycles).toBeGreaterThanOrEqual(run.machine.profile.memory.latencyCycles);
    expect(errors).toEqual([-EINVAL, -EFAULT, -EAGAIN, -EINVAL, -EINVAL, -EINVAL]);
  });

  /** Sleeps until the console interrupts it, reads pieces of at most 4 bytes, and writes them back until the input ends. */
  const ECHO = kernelText(`
    ${TRAP} (local $n i32)
      (call $note32 (i32.add (i32.mul (local.get $cause) (i32.const 100)) (local.get $a)))
      (loop $l
        (local.set $n (call $console_read (i32.const ${BUFFER}) (i32.const 4)))
        (if (i32.gt_s (local.get $n) (i32.const 0)) (then
          (drop (call $console_write (i32.const 1) (i32.const ${BUFFER}) (local.get $n)))
          (br $l))))
      (if (i32.eqz (local.get $n)) (then (call $exit (i32.const 7))))
      (i64.const 0))
    ${BOOT}
      (drop (call $interrupt_route (i32.const 1) (i32.const 0) (i32.const ${VECTOR})))
      (drop (call $interrupts (i32.const 1)))
      (loop $l (call $halt) (br $l)))`);

  it('interrupts the core to which it is routed when input arrives and when it ends', async () => {
    for (const options of SAME) {
      const written: string[] = [];
      const setting: MachineOptions = { ...options, onConsole: (_, what) => written.push(text(what)) };
      const { machine, reason } = await runKernel(ECHO, setting);
      expect(reason).toBe('waiting-for-input');
      machine.console.input(bytes('abcdef'));
      expect(machine.run().reason).toBe('waiting-for-input');
      expect(written.splice(0)).toEqual(['abcd', 'ef']);
      machine.console.input(bytes('x'));
      machine.console.input(bytes('y'));
      machine.console.end();
      machine.console.input(bytes('too late'));
      expect(machine.run()).toEqual({ reason: 'exited', exitCode: 7 });
      expect(written.join('')).toBe('xy');
    }
  });

  it('interrupts at once when it is routed and something is there', async () => {
    const run = await runKernel(ECHO, {
      booted: (machine) => {
        machine.console.input(bytes('early'));
        machine.console.end();
      },
    });
    expect(run.reason).toBe('exited');
    expect(run.notes[0]).toBe(`0: ${TRAP_INTERRUPT * 100 + VECTOR}`);
  });

  it('is in snapshots, with what is on its way and what was not read', async () => {
    const rest: string[] = [];
    const run = await runKernel(
      kernelText(`${BOOT}
      (loop $l (br_if $l (i32.lt_s (call $console_read (i32.const ${BUFFER}) (i32.const 2)) (i32.const 0))))
      (loop $l (br_if $l (i64.lt_u (call $cycles) (i64.const 20000))))
      (call $save (i32.const ${KERNEL}) (i32.const 4) (i32.const ${BUFFER}) (call $console_read (i32.const ${BUFFER}) (i32.const 100))))`),
      {
        booted: (machine) => machine.console.input(bytes('12345')),
        maxCycles: 10_000,
      },
    );
    expect(run.reason).toBe('cycle-limit');
    run.machine.console.input(bytes('678'));
    const restored = Machine.restore(run.machine.snapshot(), {
      onSave: (name, what) => rest.push(`${name} ${text(what)}`),
    });
    expect(restored.run().reason).toBe('finished');
    expect(rest).toEqual(['note 345678']);
  });
});

describe('files', () => {
  const contents = (seed: number, length: number) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 255);
  const files = [
    { path: '/bin/one', bytes: contents(1, 5000) },
    { path: '/empty', bytes: new Uint8Array(0) },
    { path: '/lib/größe', bytes: contents(2, 200_000) },
    { path: '/last', bytes: contents(3, 1) },
  ];

  it('lie in RAM, each in one piece, and the boot information says where', async () => {
    const saved = new Map<string, Uint8Array>();
    const { notes } = await runKernel(
      kernelText(`
        ${BOOT} (local $i i32) (local $entry i32)
          (call $note32 (i32.load offset=${BOOT_INFO_CONSOLE} (local.get $boot)))
          (call $note32 (i32.load offset=${BOOT_NODE_FREE_START} (i32.load offset=${BOOT_INFO_NODE_TABLE} (local.get $boot))))
          (local.set $entry (i32.load offset=${BOOT_INFO_FILE_TABLE} (local.get $boot)))
          (loop $l
            (call $note32 (i32.load offset=${BOOT_FILE_PHYSICAL} (local.get $entry)))
            (call $save (i32.load offset=${BOOT_FILE_PATH} (local.get $entry)) (i32.load offset=${BOOT_FILE_PATH_BYTES} (local.get $entry))
              (i32.add (i32.const ${WINDOW_ADDRESS}) (i32.load offset=${BOOT_FILE_PHYSICAL} (local.get $entry)))
              (i32.load offset=${BOOT_FILE_LENGTH} (local.get $entry)))
            (local.set $entry (i32.add (local.get $entry) (i32.const ${BOOT_FILE_BYTES})))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $i) (i32.load offset=${BOOT_INFO_FILES} (local.get $boot))))))`),
      { files, terminal: true, onSave: (name, what) => saved.set(name, what) },
    );
    const [terminal, free, ...places] = notes.map(signed) as [number, number, ...number[]];
    expect(terminal).toBe(CONSOLE_TERMINAL);
    expect([...saved]).toEqual(files.map((file) => [file.path, file.bytes]));
    for (const [i, place] of places.entries()) {
      expect(place % 4096).toBe(0);
      expect(place + (files[i]?.bytes.length ?? 0)).toBeLessThanOrEqual(free);
    }
    expect(new Set(places).size).toBe(places.length - 1);
  });

  it('that do not fit are refused, with sizes', async () => {
    const machine = new Machine({ ramBytes: 1 << 22 });
    const kernel = machine.load(await assemble(kernelText(`${BOOT})`)), { privilege: 'kernel' });
    expect(() => machine.boot({ kernel, files: [{ path: '/big', bytes: new Uint8Array(1 << 22) }] })).toThrow(
      /no room in RAM for \/big: it has 4194304 bytes.* of 4194304 bytes are left/,
    );
  });
});

describe('the calls of a context', () => {
  it('are shown without those of the kernel at work on it', async () => {
    const chains: string[] = [];
    const user = `(module
      (import "machine" "syscall" (func $syscall (param i32 i32 i32 i32 i32 i32 i32) (result i64)))
      (func $inner (drop (call $syscall (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
      (func $outer (call $inner))
      (func (export "main") (param i32) (call $outer)))`;
    const run = await runInAllModes(
      kernelText(`
        (data (i32.const ${BUFFER}) "main")
        (global $main (mut i32) (i32.const 0))
        ${TRAP}
          (call $note32 (call $trace_calls (call $context_self)))
          (drop (call $context_switch (global.get $main)))
          (i64.const 0))
        ${BOOT} (local $user i32)
          (global.set $main (call $context_self))
          (local.set $user (call $context_create (i32.const 1)
            (call $link_export (i32.const 1) (i32.const ${BUFFER}) (i32.const 4)) (i32.const 0) (i32.const 1)))
          (drop (call $context_switch (local.get $user)))
          (call $note32 (call $trace_calls (local.get $user)))
          (call $note32 (call $trace_calls (global.get $main)))
          (call $note32 (call $trace_calls (i32.const 99))))`),
      { user: [user], onCalls: (_, context, frames) => chains.push(`${context}: ${frames.map(({ name }) => name)}`) },
    );
    expect(run.message).toBeUndefined();
    expect(run.notes.map(signed)).toEqual([0, 0, 0, -3]);
    const once = ['2: inner,outer,main', '2: inner,outer,main', '1: boot'];
    expect(chains).toEqual(SAME.flatMap(() => once));
  });
});
