// Small kernels from text, for tests.
import { type BootFile, Machine, type MachineOptions, type RunOutcome } from '../../../machine/index.ts';
import {
  BOOT_INFO_NODE_TABLE,
  BOOT_INFO_PAGE_ROOT,
  BOOT_NODE_FREE_START,
  WINDOW_ADDRESS,
} from '../../../machine/platform.ts';
import { assemble } from '../../host/assemble.ts';

/** Everything of the import module `machine` that kernels of these tests use, in WebAssembly text. */
export const IMPORTS = `
  (import "machine" "cycles" (func $cycles (result i64)))
  (import "machine" "core_id" (func $core_id (result i32)))
  (import "machine" "pause" (func $pause))
  (import "machine" "interrupts" (func $interrupts (param i32) (result i32)))
  (import "machine" "halt" (func $halt))
  (import "machine" "ipi_send" (func $ipi_send (param i32 i32)))
  (import "machine" "timer_set" (func $timer_set (param i64)))
  (import "machine" "core_start" (func $core_start (param i32 i32 i32 i32 i32)))
  (import "machine" "fault_address" (func $fault_address (result i32)))
  (import "machine" "syscall" (func $syscall (param i32 i32 i32 i32 i32 i32 i32) (result i64)))
  (import "machine" "context_create" (func $context_create (param i32 i32 i32 i32) (result i32)))
  (import "machine" "context_switch" (func $context_switch (param i32) (result i32)))
  (import "machine" "context_self" (func $context_self (result i32)))
  (import "machine" "context_upcall" (func $context_upcall (param i32 i32 i32 i32) (result i32)))
  (import "machine" "context_fork" (func $context_fork (param i32 i32) (result i32)))
  (import "machine" "context_destroy" (func $context_destroy (param i32) (result i32)))
  (import "machine" "context_group" (func $context_group (param i32 i32) (result i32)))
  (import "machine" "invlpg" (func $invlpg (param i32)))
  (import "machine" "set_page_root" (func $set_page_root (param i32 i32)))
  (import "machine" "monitor" (func $monitor (param i32)))
  (import "machine" "mwait" (func $mwait (param i64) (result i32)))
  (import "machine" "counter_read" (func $counter_read (param i32) (result i64)))
  (import "machine" "fence" (func $fence))
  (import "machine" "prefetch" (func $prefetch (param i32)))
  (import "machine" "line_zero" (func $line_zero (param i32)))
  (import "machine" "link_export" (func $link_export (param i32 i32 i32) (result i32)))
  (import "machine" "image_load" (func $image_load (param i32 i32) (result i32)))
  (import "machine" "image_info" (func $image_info (param i32 i32) (result i32)))
  (import "machine" "image_segment" (func $image_segment (param i32 i32 i32) (result i32)))
  (import "machine" "image_import" (func $image_import (param i32 i32 i32 i32) (result i32)))
  (import "machine" "link" (func $link (param i32 i32) (result i32)))
  (import "machine" "link_copy" (func $link_copy (param i32) (result i32)))
  (import "machine" "link_release" (func $link_release (param i32) (result i32)))
  (import "machine" "console_write" (func $console_write (param i32 i32 i32) (result i32)))
  (import "machine" "console_read" (func $console_read (param i32 i32) (result i32)))
  (import "machine" "interrupt_route" (func $interrupt_route (param i32 i32 i32) (result i32)))
  (import "machine" "save" (func $save (param i32 i32 i32 i32)))
  (import "machine" "trace_calls" (func $trace_calls (param i32) (result i32)))
  (import "machine" "mark" (func $mark (param i32 i32 i64)))
  (import "machine" "tally" (func $tally (param i32 i32)))
  (import "machine" "label" (func $label (param i32 i32 i32 i32)))
  (import "machine" "exit" (func $exit (param i32)))
`;

/**
 * What kernels do with page tables, as text: \`$paging\` takes the boot information, \`$frame\` gives the physical address of a free frame, \`$map\` maps
 * a page in the page tables of the firmware with the given flags.
 */
export const PAGING = `
  (global $info (mut i32) (i32.const 0))
  (global $free (mut i32) (i32.const 0))
  (func $paging (param $boot i32)
    (global.set $info (local.get $boot))
    (global.set $free (i32.load offset=${BOOT_NODE_FREE_START} (i32.load offset=${BOOT_INFO_NODE_TABLE} (local.get $boot)))))
  (func $window (param $physical i32) (result i32) (i32.add (local.get $physical) (i32.const ${WINDOW_ADDRESS})))
  (func $frame (result i32)
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (i32.const 4096))))
  (func $entry (param $va i32) (result i32) (local $slot i32)
    (local.set $slot (i32.add
      (call $window (i32.load offset=${BOOT_INFO_PAGE_ROOT} (global.get $info)))
      (i32.shl (i32.shr_u (local.get $va) (i32.const 22)) (i32.const 2))))
    (if (i32.eqz (i32.load (local.get $slot)))
      (then (i32.store (local.get $slot) (i32.or (call $frame) (i32.const 39)))))
    (i32.add
      (call $window (i32.and (i32.load (local.get $slot)) (i32.const -4096)))
      (i32.and (i32.shr_u (local.get $va) (i32.const 10)) (i32.const 4092))))
  (func $map (param $va i32) (param $physical i32) (param $flags i32)
    (i32.store (call $entry (local.get $va)) (i32.or (local.get $physical) (local.get $flags))))
`;

/** A kernel module: its memory is 64 KiB at 0x8000_0000, \`mark\` there names what \`$note\` marks. */
export function kernelText(body: string): string {
  return `(module ${IMPORTS}
    (memory 32769)
    (data (i32.const 0x80000000) "note")
    (func $note (param $value i64) (call $mark (i32.const 0x80000000) (i32.const 4) (local.get $value)))
    (func $note32 (param $value i32) (call $note (i64.extend_i32_u (local.get $value))))
    ${body})`;
}

/** What a run of a kernel is compared by. */
export interface KernelRun {
  readonly machine: Machine;
  readonly reason: string;
  readonly message: string | undefined;
  /** What was marked: core and value. */
  readonly notes: readonly string[];
  /** The same with the cycle. */
  readonly timedNotes: readonly string[];
  readonly digest: string;
}

export interface KernelSetting extends MachineOptions {
  /** User images, as text or as modules. */
  readonly user?: readonly (string | Uint8Array)[];
  readonly commandLine?: string;
  readonly files?: readonly BootFile[];
  readonly terminal?: boolean;
  readonly maxCycles?: number;
  /** Cycles at which the run is stopped, and continued. */
  readonly stops?: readonly number[];
  /** Is given the machine before it runs. */
  readonly booted?: (machine: Machine) => void;
}

/** Boots a kernel from text on a small machine and runs it. */
export async function runKernel(text: string, setting: KernelSetting = {}): Promise<KernelRun> {
  const notes: string[] = [];
  const timedNotes: string[] = [];
  const machine = new Machine({
    ramBytes: 1 << 23,
    frameStackBytes: 1 << 16,
    ...setting,
    onMark: (core, _, value, cycle) => {
      notes.push(`${core}: ${value}`);
      timedNotes.push(`${core}: ${value} at ${cycle}`);
    },
  });
  const kernel = machine.load(await assemble(text), { privilege: 'kernel' });
  const user = [];
  for (const program of setting.user ?? [])
    user.push(machine.load(typeof program === 'string' ? await assemble(program) : program));
  const { commandLine = '', files = [], terminal = false } = setting;
  machine.boot({ kernel, user, commandLine, files, terminal });
  setting.booted?.(machine);
  const end = setting.maxCycles ?? 10_000_000;
  let outcome: RunOutcome = { reason: 'cycle-limit' };
  for (const stop of [...(setting.stops ?? []), end]) {
    const cycles = Math.min(stop, end) - machine.time;
    if (outcome.reason === 'cycle-limit' && cycles > 0) outcome = machine.run({ maxCycles: cycles });
  }
  const message = outcome.trap?.message ?? outcome.message;
  return { machine, reason: outcome.reason, message, notes, timedNotes, digest: machine.digest() };
}

/** Settings in which a kernel must do the same to the cycle. */
export const SAME: readonly KernelSetting[] = [
  { mode: 'fast' },
  { mode: 'checked', audit: true },
  { mode: 'fast', leaveSeed: 7, stops: [1, 10, 77, 300, 301, 1111, 5000, 20_000] },
];

/** Runs a kernel in all modes, which must agree in digest, notes and times; returns the first run. */
export async function runInAllModes(text: string, setting: KernelSetting = {}): Promise<KernelRun> {
  const runs = [];
  for (const same of SAME) runs.push(await runKernel(text, { ...setting, ...same }));
  const [first] = runs as [KernelRun];
  for (const run of runs) {
    if (`${run.timedNotes}` !== `${first.timedNotes}`) {
      throw new Error(`notes differ: ${run.timedNotes.join(', ')} and ${first.timedNotes.join(', ')}`);
    }
    if (run.digest !== first.digest) throw new Error(`digests differ after the notes ${first.timedNotes.join(', ')}`);
  }
  return first;
}
