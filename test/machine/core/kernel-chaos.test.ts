// Cores of a kernel that do everything to each other at random: interrupts, timers, sleep, watched lines, faults, system calls, contexts. Whatever
// comes of it, it is the same in all modes to the cycle, in every window length.
import { expect, it } from 'vitest';
import { type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { BOOT_INFO_PAGE_ROOT, TRAP_INTERRUPT, TRAP_PAGE_FAULT, WINDOW_ADDRESS } from '../../../machine/platform.ts';
import { Random } from '../../fuzz/random.ts';
import { kernelText, PAGING, runInAllModes } from './kernel.ts';

const OPERATIONS = 120;
const CORES = 4;

/** Each core goes through a list of operations, {what, how much} as bytes, and notes a sum over what it saw. */
function kernel(seed: number): string {
  const random = new Random(seed);
  const bytes = Array.from(
    { length: 2 * OPERATIONS * CORES },
    () => `\\${random.below(256).toString(16).padStart(2, '0')}`,
  );
  const cases: readonly string[] = [
    '(call $spin (local.get $n))',
    '(call $ipi_send (i32.rem_u (i32.add (call $core_id) (local.get $n)) (i32.const 4)) (i32.add (i32.const 1) (i32.and (local.get $n) (i32.const 7))))',
    '(call $timer_set (i64.add (call $cycles) (i64.extend_i32_u (i32.mul (local.get $n) (i32.const 20)))))',
    '(call $timer_set (i64.add (call $cycles) (i64.extend_i32_u (i32.add (i32.const 1) (i32.mul (local.get $n) (i32.const 9)))))) (call $halt)',
    '(call $monitor (call $shared (local.get $n))) (call $see (call $mwait (i64.add (call $cycles) (i64.extend_i32_u (i32.add (i32.const 1) (i32.mul (local.get $n) (i32.const 9)))))))',
    '(i32.store (call $shared (local.get $n)) (i32.add (local.get $n) (i32.load (call $shared (local.get $n)))))',
    '(call $see (i32.atomic.rmw.add (call $shared (local.get $n)) (i32.const 1)))',
    '(call $see (i32.wrap_i64 (call $syscall (local.get $n) (local.get $n) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6))))',
    `(i32.store (call $entry (call $private)) (i32.const 0)) (call $invlpg (call $private))
     (i32.store (call $private) (i32.add (i32.const 1) (i32.load (call $private))))`,
    '(global.set $partner_work (local.get $n)) (call $see (call $context_switch (global.get $partner)))',
    '(call $see (i32.load (call $shared (local.get $n)))) (call $see (i32.load (call $shared (i32.add (local.get $n) (i32.const 3)))))',
    '(call $see (call $interrupts (i32.const 0))) (call $spin (local.get $n)) (call $see (call $interrupts (i32.const 1)))',
    '(call $line_zero (i32.add (call $private) (i32.const 1024)))',
    '(call $prefetch (call $shared (local.get $n))) (call $fence)',
    '(memory.copy (call $shared (local.get $n)) (call $shared (i32.add (local.get $n) (i32.const 1))) (i32.const 100))',
    '(call $see (call $context_upcall (call $context_self) (i32.const 2) (local.get $n) (i32.const 1)))',
  ];
  return kernelText(`${PAGING}
    (table 3 funcref) (elem (i32.const 0) $work $thread $called)
    (data (i32.const 0x80002000) "${bytes.join('')}")
    (global $seen (mut i32) (i32.const 0))
    (global $partner (mut i32) (i32.const 0))
    (global $main (mut i32) (i32.const 0))
    (global $partner_work (mut i32) (i32.const 0))
    (global $boot (mut i32) (i32.const 0))
    (func $see (param i32) (global.set $seen (i32.add (i32.mul (global.get $seen) (i32.const 31)) (local.get 0))))
    (func $spin (param $n i32)
      (loop $l (call $pause) (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 3))) (i32.const 0)))))
    (func $shared (param $n i32) (result i32)
      (i32.add (i32.const 0x80008000) (i32.mul (i32.and (local.get $n) (i32.const 15)) (i32.const 36))))
    (func $private (result i32) (i32.add (i32.const 0x10000000) (i32.shl (call $core_id) (i32.const 14))))
    (func $called (param $a i32) (param $b i32) (call $see (i32.sub (local.get $a) (local.get $b))))
    (func $thread (param i32)
      (loop $l
        (call $spin (global.get $partner_work))
        (call $see (global.get $partner_work))
        (drop (call $context_switch (global.get $main)))
        (br $l)))
    (func (export "trap") (param $cause i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (result i64)
      (call $see (local.get $cause))
      (call $see (local.get $a))
      (call $see (i32.wrap_i64 (call $cycles)))
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_PAGE_FAULT})) (then
        ;; Each core's page is a frame of the window beyond what the firmware took.
        (i32.store (call $entry (local.get $a))
          (i32.or (i32.add (i32.const 0x600000) (i32.shl (call $core_id) (i32.const 12))) (i32.const 0x63)))))
      (if (i32.eq (local.get $cause) (i32.const ${TRAP_INTERRUPT})) (then
        (if (i32.eq (i32.and (local.get $a) (i32.const 3)) (i32.const 3)) (then (drop (call $interrupts (i32.const 1)))))
        (call $spin (local.get $a))))
      (i64.extend_i32_u (global.get $seen)))
    (func $do (param $what i32) (param $n i32)
      ${cases.map((_, i) => `(block $b${cases.length - 1 - i}`).join(' ')}
      (br_table ${cases.map((_, i) => `$b${i}`).join(' ')} (i32.and (local.get $what) (i32.const 15)))
      ${cases.map((code) => `) ${code} (return)`).join('\n')})
    (func $work (param $boot i32) (local $at i32) (local $end i32)
      (global.set $info (local.get $boot))
      (global.set $main (call $context_self))
      (global.set $partner (call $context_create (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0)))
      (local.set $at (i32.add (i32.const 0x80002000) (i32.mul (call $core_id) (i32.const ${2 * OPERATIONS}))))
      (local.set $end (i32.add (local.get $at) (i32.const ${2 * OPERATIONS})))
      (drop (call $interrupts (i32.const 1)))
      (loop $l
        (call $do (i32.load8_u (local.get $at)) (i32.load8_u offset=1 (local.get $at)))
        (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 2))) (local.get $end))))
      (call $note32 (global.get $seen)))
    (func (export "boot") (param $boot i32) (local $core i32) (local $table i32)
      ;; One page table for the cores' pages, so that all are within the same one.
      (local.set $table (i32.add (i32.const ${WINDOW_ADDRESS}) (i32.load offset=${BOOT_INFO_PAGE_ROOT} (local.get $boot))))
      (i32.store offset=256 (local.get $table) (i32.const 0x700027))
      (loop $l
        (local.set $core (i32.add (local.get $core) (i32.const 1)))
        (call $core_start (local.get $core) (i32.const 0) (i32.const 0) (local.get $boot) (i32.const 0))
        (br_if $l (i32.lt_u (local.get $core) (i32.const ${CORES - 1}))))
      (call $work (local.get $boot)))`);
}

function slow(profile: MachineProfile): MachineProfile {
  return { ...profile, core: { ...profile.core, speeds: [{ cores: [1, 3], ratio: 0.3 }] } };
}

const SETTINGS = [
  { profile: uniform(CORES), windowCycles: 1 },
  { profile: profileNamed('amd-2x2'), windowCycles: 7 },
  { profile: slow(uniform(CORES)), windowCycles: 40 },
  { profile: profileNamed('intel-2x4'), windowCycles: 400, cores: CORES },
];

it.each(Array.from({ length: 8 }, (_, seed) => seed))('is the same in all modes, with seed %d', async (seed) => {
  const setting = SETTINGS[seed % SETTINGS.length];
  const run = await runInAllModes(kernel(seed), setting);
  expect(run.message).toBeUndefined();
  expect(run.reason).toBe('finished');
  expect(run.notes.map((note) => note[0]).sort()).toEqual(['0', '1', '2', '3']);
});
