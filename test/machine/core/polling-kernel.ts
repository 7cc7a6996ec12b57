// Random kernels whose cores wait for each other in loops with `pause`, while interrupts, timers, and pages that move come between. Like
// polling-program.ts: one core sets a flag, others wait for it.
import {
  BOOT_INFO_PAGE_ROOT,
  DEVICE_CONSOLE,
  TRAP_INTERRUPT,
  VECTOR_TIMER,
  WINDOW_ADDRESS,
} from '../../../machine/platform.ts';
import type { Random } from '../../fuzz/random.ts';
import { kernelText, PAGING } from './kernel.ts';
import { type PollingProgram, Steps } from './polling-program.ts';

const FLAGS = 0x80008000;
/** A page for each flag, of which core 0 decides where it is. */
const PAGES = 0x10000000;
const UNSET_FRAME = 0x600000;
const SET_FRAME = 0x601000;
const TABLE_FRAME = 0x700000;
/** Words of a core's own that its trap function writes. */
const OWN = 0x8000c000;
const SHOOTDOWN = 5;
const CONSOLE_VECTOR = 12;
const FLAGS_OF_PAGE = 0x63;

const flagAt = (flag: number) => FLAGS + 16 * flag;
const pageAt = (flag: number) => PAGES + 4096 * flag;
const PAUSE = '(call $pause)';
const OWN_WORD = `(i32.add (i32.const ${OWN}) (i32.shl (call $core_id) (i32.const 8)))`;
const until = (flag: number, body: string) =>
  `(loop $l ${body} (br_if $l (i32.eqz (i32.load (i32.const ${flagAt(flag)})))))`;
const inCycles = (cycles: number) => `(i64.add (call $cycles) (i64.const ${cycles}))`;

const WAYS: Readonly<Record<string, (flag: number, random: Random) => string>> = {
  plain: (flag) => until(flag, PAUSE),
  twice: (flag) => until(flag, `${PAUSE} (local.set $x (i32.const 7)) ${PAUSE}`),
  uninterrupted: (flag) =>
    until(flag, `(drop (call $interrupts (i32.const 0))) ${PAUSE} (drop (call $interrupts (i32.const 1))) ${PAUSE}`),
  deaf: (flag) =>
    `(drop (call $interrupts (i32.const 0))) ${until(flag, PAUSE)} (drop (call $interrupts (i32.const 1)))`,
  timed: (flag, random) => `(call $timer_set ${inCycles(random.below(9000))}) ${until(flag, PAUSE)}`,
  ticking: (flag, random) =>
    `(i32.store offset=4 ${OWN_WORD} (i32.const ${500 + random.below(5000)})) (call $timer_set ${inCycles(700)})
     ${until(flag, PAUSE)} (i32.store offset=4 ${OWN_WORD} (i32.const 0))`,
  interrupted: (flag) => until(flag, `${PAUSE} (drop (i32.load ${OWN_WORD}))`),
  global: (flag) => until(flag, `${PAUSE} (local.set $x (global.get $taken))`),
  mwaiting: (flag, random) =>
    `(block $b (loop $l
       (call $monitor (i32.const ${flagAt(flag)}))
       (br_if $b (i32.load (i32.const ${flagAt(flag)})))
       (drop (call $mwait ${random.oneIn(2) ? '(i64.const 0)' : inCycles(2000)}))
       (br $l)))`,
  halting: (flag) => until(flag, `(call $timer_set ${inCycles(1500)}) (call $halt)`),
  moved: (flag) => `(loop $l ${PAUSE} (br_if $l (i32.eqz (i32.load (i32.const ${pageAt(flag)})))))`,
  forgetting: (flag) => until(flag, `${PAUSE} (call $invlpg (i32.const 0x20000000))`),
  reloading: (flag) => until(flag, `${PAUSE} (call $invlpg (i32.const ${flagAt(flag)}))`),
  switching: (flag) => until(flag, `${PAUSE} (drop (call $context_switch (global.get $partner)))`),
  itself: (flag) => until(flag, `${PAUSE} (local.set $x (call $context_self))`),
  counted: (flag) => until(flag, `${PAUSE} (drop (call $counter_read (i32.const 1)))`),
};

const WORKS: Readonly<Record<string, (n: number, other: number, flag: number) => string>> = {
  computing: (n) => `(call $compute (i32.const ${60 * n}))`,
  storing: (n) => `(call $store (i32.const ${n}))`,
  interrupting: (n, other) =>
    `(call $ipi_send (i32.const ${other}) (i32.const ${8 + (n % 20)})) (call $compute (i32.const ${20 * n}))`,
  stopping: (n) => `(call $timer_set ${inCycles(30 * n)}) (call $halt)`,
  pausing: (n) => `(call $pauses (i32.const ${10 * n}))`,
  trapping: (n) =>
    `(drop (call $syscall (i32.const ${n}) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6)))`,
  noting: (n) => `(call $note32 (i32.const ${n})) (call $compute (i32.const ${n}))`,
  listening: (n, other) =>
    `(drop (call $interrupt_route (i32.const ${DEVICE_CONSOLE}) (i32.const ${other}) (i32.const ${CONSOLE_VECTOR})))
     (call $compute (i32.const ${n}))`,
  reading: (n, _other, flag) =>
    `(call $compute (i32.const ${n})) (drop (call $console_read (i32.const ${flagAt(flag)}) (i32.const 1)))`,
  showing: (n, other) => `(call $compute (i32.const ${n})) (drop (call $trace_calls (i32.const ${1 + other})))`,
};

/** What setting a flag is: its word, and its page, of which all cores are told. */
function setting(flag: number, cores: number): string {
  const tell = Array.from(
    { length: cores },
    (_, core) => `(call $ipi_send (i32.const ${core}) (i32.const ${SHOOTDOWN}))`,
  );
  return `(call $place (i32.const ${pageAt(flag)}) (i32.const ${SET_FRAME | FLAGS_OF_PAGE}))
    ${tell.join('\n')}
    (i32.atomic.store (i32.const ${flagAt(flag)}) (i32.const 1))`;
}

const FUNCTIONS = `
  (global $taken (mut i32) (i32.const 0))
  (global $partner (mut i32) (i32.const 0))
  (global $main (mut i32) (i32.const 0))
  (func $compute (param $n i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.mul (i32.add (local.get $sum) (local.get $n)) (i32.const 77)))
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
  (func $store (param $n i32)
    (loop $l
      (i32.store (i32.add (i32.const ${WINDOW_ADDRESS + 0x610000}) (i32.mul (local.get $n) (i32.const 320))) (local.get $n))
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
  (func $pauses (param $n i32)
    (loop $l
      (call $pause)
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
  (func $place (param $va i32) (param $what i32)
    (i32.store
      (i32.add (i32.const ${WINDOW_ADDRESS + TABLE_FRAME}) (i32.and (i32.shr_u (local.get $va) (i32.const 10)) (i32.const 4092)))
      (local.get $what)))
  (func $thread (param i32) (loop $l (call $pause) (drop (call $context_switch (global.get $main))) (br $l)))
`;

/** The trap function: interrupts are counted, in memory and in a global; the timer may go on; pages that moved are forgotten. */
function trap(flags: number): string {
  const forget = Array.from({ length: flags }, (_, flag) => `(call $invlpg (i32.const ${pageAt(flag)}))`);
  return `(func (export "trap") (param $cause i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (result i64)
    (if (i32.eq (local.get $cause) (i32.const ${TRAP_INTERRUPT})) (then
      (global.set $taken (i32.add (global.get $taken) (i32.const 1)))
      (i32.store ${OWN_WORD} (i32.add (i32.load ${OWN_WORD}) (i32.const 1)))
      (call $note32 (local.get $a))
      (if (i32.eq (local.get $a) (i32.const ${SHOOTDOWN})) (then ${forget.join(' ')}))
      (if (i32.and (i32.eq (local.get $a) (i32.const ${VECTOR_TIMER})) (i32.ne (i32.const 0) (i32.load offset=4 ${OWN_WORD}))) (then
        (call $timer_set (i64.add (call $cycles) (i64.extend_i32_u (i32.load offset=4 ${OWN_WORD}))))))))
    (i64.const 0))`;
}

/** A kernel for `cores` cores with a number of flags, at most 32. */
export function pollingKernel(random: Random, cores: number, flags: number): PollingProgram {
  const steps = new Steps(cores);
  for (let flag = 0; flag < flags; flag++) {
    const setter = random.below(cores);
    for (let core = 0; core < cores; core++) {
      if (core === setter) {
        const work = random.pick(Object.keys(WORKS));
        const n = 1 + random.below(random.pick([10, 100, 500]));
        steps.add(
          core,
          `${work} ${n}, set ${flag}`,
          `${WORKS[work]?.(n, random.below(cores), flag)} ${setting(flag, cores)}`,
        );
      } else if (random.oneIn(2)) {
        const way = random.pick(Object.keys(WAYS));
        steps.add(core, `${way} ${flag}`, WAYS[way]?.(flag, random) ?? '');
      }
    }
  }
  const works = steps.calls.map((_, core) => `$work${core}`);
  const functions = steps.calls.map(
    (calls, core) => `(func $work${core} (param $boot i32)
      (global.set $main (call $context_self))
      (global.set $partner (call $context_create (i32.const 0) (i32.const ${cores}) (i32.const 0) (i32.const 0)))
      (drop (call $interrupts (i32.const 1)))
      ${calls} (call $note32 (global.get $taken)))`,
  );
  const starts = works
    .slice(1)
    .map(
      (_, i) =>
        `(call $core_start (i32.const ${i + 1}) (i32.const 0) (i32.const ${i + 1}) (local.get $boot) (i32.const 0))`,
    );
  const places = Array.from(
    { length: flags },
    (_, flag) => `(call $place (i32.const ${pageAt(flag)}) (i32.const ${UNSET_FRAME | FLAGS_OF_PAGE}))`,
  );
  const text = kernelText(`${PAGING} ${FUNCTIONS} ${trap(flags)}
    (table ${cores + 1} funcref) (elem (i32.const 0) ${works.join(' ')} $thread)
    ${steps.functions} ${functions.join('\n')}
    (func (export "boot") (param $boot i32)
      ;; One page table for the flags' pages.
      (i32.store offset=256
        (i32.add (i32.const ${WINDOW_ADDRESS}) (i32.load offset=${BOOT_INFO_PAGE_ROOT} (local.get $boot)))
        (i32.const ${TABLE_FRAME | 0x27}))
      ${places.join('\n')}
      (i32.store (i32.const ${WINDOW_ADDRESS + SET_FRAME}) (i32.const 1))
      ${starts.join('\n')}
      (call $work0 (local.get $boot)))`);
  return { text, summary: steps.summary };
}
