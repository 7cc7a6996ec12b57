// A small kernel of the usual kind: processes in address spaces of their own, memory by demand, preemption by a timer. It marks what each
// process's function `run` returns, above the process's number, and at last how many page faults there were.
import {
  BOOT_IMAGE_BYTES,
  BOOT_IMAGE_SEGMENT_TABLE,
  BOOT_IMAGE_SEGMENTS,
  BOOT_INFO_IMAGE_TABLE,
  BOOT_INFO_NODE_TABLE,
  BOOT_INFO_PAGE_ROOT,
  BOOT_NODE_FREE_START,
  BOOT_SEGMENT_ADDRESS,
  BOOT_SEGMENT_BYTES,
  BOOT_SEGMENT_LENGTH,
  BOOT_SEGMENT_PHYSICAL,
  TRAP_FINISHED,
  TRAP_INTERRUPT,
  TRAP_PAGE_FAULT,
  WINDOW_ADDRESS,
} from '../../../machine/platform.ts';
import { kernelText } from './kernel.ts';

/** Process p has its context at 0x8000_1000 + 8 * p and its page root behind that. Finished ones have context 0. */
export function preemptiveKernel(processes: number, quantum: number): string {
  return kernelText(`
    (global $boot (mut i32) (i32.const 0))
    (global $free (mut i32) (i32.const 0))
    (global $current (mut i32) (i32.const 0))
    (global $left (mut i32) (i32.const ${processes}))
    (global $faults (mut i32) (i32.const 0))
    (global $main (mut i32) (i32.const 0))
    (data (i32.const 0x80000100) "run")
    (func $window (param i32) (result i32) (i32.add (local.get 0) (i32.const ${WINDOW_ADDRESS})))
    (func $frame (result i32)
      (global.get $free)
      (global.set $free (i32.add (global.get $free) (i32.const 4096))))
    (func $process (param $p i32) (result i32) (i32.add (i32.const 0x80001000) (i32.shl (local.get $p) (i32.const 3))))
    (func $root (param $p i32) (result i32) (i32.load offset=4 (call $process (local.get $p))))
    ;; Maps a fresh frame into a process, with what its image's segments have there.
    (func $provide (param $p i32) (param $va i32) (local $slot i32) (local $frame i32) (local $image i32) (local $segment i32) (local $n i32) (local $from i32) (local $to i32)
      (local.set $va (i32.and (local.get $va) (i32.const -4096)))
      (local.set $slot (call $window (i32.add (call $root (local.get $p)) (i32.shl (i32.shr_u (local.get $va) (i32.const 22)) (i32.const 2)))))
      (if (i32.eqz (i32.load (local.get $slot))) (then (i32.store (local.get $slot) (i32.or (call $frame) (i32.const 7)))))
      (local.set $frame (call $frame))
      (i32.store
        (i32.add (call $window (i32.and (i32.load (local.get $slot)) (i32.const -4096))) (i32.and (i32.shr_u (local.get $va) (i32.const 10)) (i32.const 4092)))
        (i32.or (local.get $frame) (i32.const 7)))
      (local.set $image (i32.add (i32.load offset=${BOOT_INFO_IMAGE_TABLE} (global.get $boot)) (i32.mul (local.get $p) (i32.const ${BOOT_IMAGE_BYTES}))))
      (local.set $n (i32.load offset=${BOOT_IMAGE_SEGMENTS} (local.get $image)))
      (local.set $segment (i32.load offset=${BOOT_IMAGE_SEGMENT_TABLE} (local.get $image)))
      (block $done (loop $each
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $from (i32.load offset=${BOOT_SEGMENT_ADDRESS} (local.get $segment)))
        (local.set $to (i32.add (local.get $from) (i32.load offset=${BOOT_SEGMENT_LENGTH} (local.get $segment))))
        (block $skip
          (br_if $skip (i32.le_u (local.get $to) (local.get $va)))
          (br_if $skip (i32.ge_u (local.get $from) (i32.add (local.get $va) (i32.const 4096))))
          (if (i32.lt_u (local.get $from) (local.get $va)) (then (local.set $from (local.get $va))))
          (if (i32.gt_u (local.get $to) (i32.add (local.get $va) (i32.const 4096))) (then (local.set $to (i32.add (local.get $va) (i32.const 4096)))))
          (memory.copy
            (call $window (i32.add (local.get $frame) (i32.sub (local.get $from) (local.get $va))))
            (call $window (i32.add (i32.load offset=${BOOT_SEGMENT_PHYSICAL} (local.get $segment))
              (i32.sub (local.get $from) (i32.load offset=${BOOT_SEGMENT_ADDRESS} (local.get $segment)))))
            (i32.sub (local.get $to) (local.get $from))))
        (local.set $segment (i32.add (local.get $segment) (i32.const ${BOOT_SEGMENT_BYTES})))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $each))))
    (func $next
      (loop $search
        (global.set $current (i32.rem_u (i32.add (global.get $current) (i32.const 1)) (i32.const ${processes})))
        (br_if $search (i32.eqz (i32.load (call $process (global.get $current))))))
      (call $set_page_root (call $root (global.get $current)) (i32.add (global.get $current) (i32.const 1)))
      (call $timer_set (i64.add (call $cycles) (i64.const ${quantum})))
      (drop (call $context_switch (i32.load (call $process (global.get $current))))))
    (func (export "trap") (param $cause i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (result i64)
      (block $interrupt (block $fault
        (br_if $interrupt (i32.eq (local.get $cause) (i32.const ${TRAP_INTERRUPT})))
        (br_if $fault (i32.eq (local.get $cause) (i32.const ${TRAP_PAGE_FAULT})))
        (if (i32.ne (local.get $cause) (i32.const ${TRAP_FINISHED})) (then (unreachable)))
        (call $note (i64.or (i64.shl (i64.extend_i32_u (global.get $current)) (i64.const 32)) (i64.extend_i32_u (local.get $a))))
        (i32.store (call $process (global.get $current)) (i32.const 0))
        (global.set $left (i32.sub (global.get $left) (i32.const 1)))
        (if (i32.eqz (global.get $left)) (then
          (call $note32 (global.get $faults))
          (call $exit (i32.const 0))))
        (call $next)
        (unreachable))
        (global.set $faults (i32.add (global.get $faults) (i32.const 1)))
        (call $provide (global.get $current) (local.get $a))
        (return (i64.const 0)))
      (call $next)
      (i64.const 0))
    (func (export "boot") (param $info i32) (local $p i32) (local $root i32)
      (global.set $boot (local.get $info))
      (global.set $free (i32.load offset=${BOOT_NODE_FREE_START} (i32.load offset=${BOOT_INFO_NODE_TABLE} (local.get $info))))
      (loop $each
        (local.set $root (call $frame))
        ;; Above 2 GiB every address space is the kernel's.
        (memory.copy (call $window (i32.add (local.get $root) (i32.const 2048)))
          (call $window (i32.add (i32.load offset=${BOOT_INFO_PAGE_ROOT} (local.get $info)) (i32.const 2048))) (i32.const 2048))
        (i32.store offset=4 (call $process (local.get $p)) (local.get $root))
        (i32.store (call $process (local.get $p))
          (call $context_create (i32.add (local.get $p) (i32.const 1))
            (call $link_export (i32.add (local.get $p) (i32.const 1)) (i32.const 0x80000100) (i32.const 3))
            (i32.const 1) (i32.const 1)))
        (br_if $each (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 1))) (i32.const ${processes}))))
      (call $next))`);
}
