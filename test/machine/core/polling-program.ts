// Random programs whose cores wait for each other in loops with `pause`, for the tests of parking.
//
// There are flags, each in a word of its own. One core sets a flag, after some work; others wait for it, each in its own way. A core waits for no flag
// that comes after one that it sets, so that all come to their end. Some ways of waiting are such that a core can be parked, others look like it.
import type { Random } from '../../fuzz/random.ts';

export interface PollingProgram {
  /** A module that imports a shared memory and exports core0, core1 ... */
  readonly text: string;
  /** By core, what it does, for people. */
  readonly summary: readonly string[];
}

/** What each core does, step by step. Each step is a function of its own, since what a function does beside polling decides whether it is parked. */
export class Steps {
  /** By core, in words. */
  readonly summary: string[];
  /** By core, calls of its steps. */
  readonly calls: string[];
  functions = '';
  #count = 0;

  constructor(cores: number) {
    this.summary = Array.from({ length: cores }, (_, core) => `core ${core}:`);
    this.calls = Array.from({ length: cores }, () => '');
  }

  /** `text` may use the locals $x (which is 1), $y and $t. */
  add(core: number, what: string, text: string): void {
    const name = `$step${this.#count++}`;
    this.functions += `(func ${name} (local $x i32) (local $y i32) (local $t i64) (local.set $x (i32.const 1)) ${text})\n`;
    this.calls[core] += `(call ${name})`;
    this.summary[core] += ` ${what};`;
  }
}

/** Flags are a quarter of a line of 64 bytes apart, so that some share their lines. */
const FLAGS = 0x1000;
const FLAG_BYTES = 16;
/** Where a core keeps things of its own, and where all cores read and write. */
const OWN = 0x4000;
const OWN_BYTES = 0x1000;
const HEAP = 0x10000;
const HEAP_MASK = 0x1ffff;

const flagAt = (flag: number) => FLAGS + FLAG_BYTES * flag;

type Way = (flag: number, core: number, random: Random) => string;

const own = (core: number, at = 0) => `(i32.const ${OWN + OWN_BYTES * core + at})`;
const isUnset = (flag: number) => `(i32.eqz (i32.load (i32.const ${flagAt(flag)})))`;
const until = (flag: number, body: string) => `(loop $l ${body} (br_if $l ${isUnset(flag)}))`;
const PAUSE = '(call $pause)';

/** How a core waits for a flag. */
export const WAYS: Readonly<Record<string, Way>> = {
  plain: (flag) => until(flag, PAUSE),
  twice: (flag) => until(flag, `${PAUSE} (local.set $x (i32.const 7)) ${PAUSE}`),
  tested: (flag) => `(block $b (loop $l (br_if $b (i32.eqz ${isUnset(flag)})) ${PAUSE} (br $l)))`,
  several: (flag, core) =>
    until(
      flag,
      `${PAUSE} (local.set $x (i32.load ${own(core, 64)}))
       (if (i32.load ${own(core, 192)}) (then (call $note (i64.const 1)))) ${PAUSE}`,
    ),
  heap: (flag, _core, random) =>
    until(flag, `${PAUSE} (drop (i32.load (i32.const ${HEAP + 64 * random.below(2000)})))`),
  narrow: (flag) => `(loop $l ${PAUSE} (br_if $l (i32.eqz (i32.load8_u (i32.const ${flagAt(flag)})))))`,
  crossing: (flag, core) => until(flag, `${PAUSE} (drop (i64.load ${own(core, 60)}))`),
  atomic: (flag) => `(loop $l ${PAUSE} (br_if $l (i32.eqz (i32.atomic.load (i32.const ${flagAt(flag)})))))`,
  exchanging: (flag, core) => until(flag, `${PAUSE} (drop (i32.atomic.rmw.xchg ${own(core)} (i32.const 1)))`),
  storing: (flag, core) => until(flag, `${PAUSE} (i32.store ${own(core)} (i32.const 5))`),
  fenced: (flag) => until(flag, `${PAUSE} (call $fence)`),
  calling: (flag) => `(loop $l (br_if $l (i32.eqz (call $look (i32.const ${flagAt(flag)})))))`,
  deep: (flag, _core, random) => `(call $descend (i32.const ${1 + random.below(400)}) (i32.const ${flagAt(flag)}))`,
  indirect: (flag) => until(flag, '(call_indirect (type $nothing) (i32.const 0))'),
  wrapping: (flag, _core, random) =>
    until(
      flag,
      `${PAUSE} (local.set $x (i32.rem_u (i32.add (local.get $x) (i32.const 1)) (i32.const ${2 + random.below(12)})))`,
    ),
  counting: (flag) => until(flag, `${PAUSE} (local.set $x (i32.add (local.get $x) (i32.const 1)))`),
  backoff: (flag) =>
    until(
      flag,
      `(local.set $x (select (i32.const 64) (i32.shl (local.get $x) (i32.const 1)) (i32.ge_u (local.get $x) (i32.const 64))))
       (local.set $y (local.get $x))
       (loop $m ${PAUSE} (br_if $m (i32.gt_s (local.tee $y (i32.sub (local.get $y) (i32.const 1))) (i32.const 0))))`,
    ),
  impatient: (flag, _core, random) =>
    `(local.set $x (i32.const ${20 + random.below(2000)}))
     (block $b ${until(flag, `${PAUSE} (br_if $b (i32.eqz (local.tee $x (i32.sub (local.get $x) (i32.const 1)))))`)})`,
  timed: (flag, _core, random) =>
    `(local.set $t (i64.add (call $cycles) (i64.const ${random.below(20000)})))
     (block $b ${until(flag, `${PAUSE} (br_if $b (i64.gt_s (call $cycles) (local.get $t)))`)})`,
  identified: (flag) => until(flag, `${PAUSE} (local.set $x (i32.add (call $core_id) (call $core_count)))`),
  settled: (flag) => until(flag, `${PAUSE} (local.set $x (global.get $settled))`),
  outside: (flag) =>
    `(global.set $changing (i32.const 5)) ${until(flag, PAUSE)} (global.set $changing (i32.add (global.get $changing) (i32.const 1)))`,
  inside: (flag) =>
    `(local.set $y (i32.const 3))
     (loop $m
       (global.set $changing (i32.add (global.get $changing) (i32.const 1)))
       (block $b ${until(flag, `${PAUSE} (br_if $b (i32.gt_u (local.tee $x (i32.add (local.get $x) (i32.const 1))) (i32.const 300)))`)})
       (local.set $x (i32.const 1))
       (br_if $m (local.tee $y (i32.sub (local.get $y) (i32.const 1)))))`,
  returning: (flag) => until(flag, '(call $turn)'),
  recurring: (flag) => `(call $recur (i32.const 6) (i32.const ${flagAt(flag)}))`,
  global: (flag) => until(flag, `${PAUSE} (global.set $changing (i32.add (global.get $changing) (i32.const 1)))`),
  sized: (flag) => until(flag, `${PAUSE} (local.set $x (memory.size))`),
  unpaused: (flag) => until(flag, '(nop)'),
  sleeping: (flag) =>
    until(flag, `(drop (memory.atomic.wait32 (i32.const ${flagAt(flag)}) (i32.const 0) (i64.const 3000)))`),
  marking: (flag) =>
    until(
      flag,
      `${PAUSE} (if (i32.eqz (i32.and (local.tee $x (i32.add (local.get $x) (i32.const 1))) (i32.const 127)))
         (then (call $note (i64.extend_i32_u (local.get $x)))))`,
    ),
};

const WAY_NAMES = Object.keys(WAYS);

/** What a core does before it sets a flag: name and text. `n` says how much. */
const WORKS: Readonly<Record<string, (n: number, core: number) => string>> = {
  computing: (n) => `(call $compute (i32.const ${40 * n}))`,
  loading: (n) => `(call $load (i32.const ${n}) (i32.const ${64 * 37}))`,
  storing: (n) => `(call $store (i32.const ${n}) (i32.const ${64 * 11}))`,
  own: (n, core) => `(call $storeAt ${own(core, 64)} (i32.const ${10 * n}))`,
  crossing: (n, core) => `(call $storeAt ${own(core, 62)} (i32.const ${n}))`,
  filling: (n) => `(memory.fill (i32.const ${HEAP}) (i32.const 0) (i32.const ${32 * n}))`,
  prefetching: (n) => `(call $prefetches (i32.const ${n}))`,
  zeroing: (n) => `(call $line_zero (i32.const ${HEAP + 128 * (n % 500)}))`,
  pausing: (n) => `(call $pauses (i32.const ${10 * n}))`,
  calling: (n) => `(call $fib (i32.const ${n % 17}))`,
  notifying: (n) =>
    `(drop (memory.atomic.notify (i32.const ${flagAt(n % 8)}) (i32.const 9))) (call $compute (i32.const ${n}))`,
  noting: (n) => `(call $note (i64.const ${n})) (call $compute (i32.const ${n}))`,
  disturbing: (n) => `(call $disturb (i32.const ${n}))`,
};

const WORK_NAMES = Object.keys(WORKS);

const FUNCTIONS = `
  (type $nothing (func))
  (table 1 funcref)
  (elem (i32.const 0) $rest)
  (global $settled (mut i32) (i32.const 0))
  (global $changing (mut i32) (i32.const 0))
  (data (i32.const 0) "note")
  (start $begin)
  (func $begin (global.set $settled (i32.const 3)))
  (func $rest (call $pause))
  (func $note (param $value i64) (call $mark (i32.const 0) (i32.const 4) (local.get $value)))
  ;; Uses a global outside of its loop, and returns.
  (func $turn (local $n i32)
    (local.set $n (i32.const 3))
    (loop $l (call $pause) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (global.set $changing (i32.add (global.get $changing) (i32.const 1))))
  (func $recur (param $depth i32) (param $at i32)
    (if (local.get $depth) (then
      (loop $l
        (call $pause)
        (call $recur (i32.sub (local.get $depth) (i32.const 1)) (local.get $at))
        (br_if $l (i32.eqz (i32.load (local.get $at))))))))
  (func $look (param $at i32) (result i32) (call $rest) (i32.load (local.get $at)))
  (func $descend (param $depth i32) (param $at i32)
    (if (local.get $depth)
      (then (call $descend (i32.sub (local.get $depth) (i32.const 1)) (local.get $at)))
      (else (loop $l (call $pause) (br_if $l (i32.eqz (i32.load (local.get $at))))))))
  (func $compute (param $n i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.mul (i32.add (local.get $sum) (local.get $n)) (i32.const 77)))
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
  (func $heap (param $n i32) (param $step i32) (result i32)
    (i32.add (i32.const ${HEAP}) (i32.and (i32.mul (local.get $n) (local.get $step)) (i32.const ${HEAP_MASK & -64}))))
  (func $load (param $n i32) (param $step i32)
    (loop $l
      (drop (i32.load (call $heap (local.get $n) (local.get $step))))
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
  (func $store (param $n i32) (param $step i32)
    (loop $l
      (i32.store (call $heap (local.get $n) (local.get $step)) (local.get $n))
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
  (func $storeAt (param $at i32) (param $n i32)
    (loop $l
      (i32.store (local.get $at) (i32.const 0))
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
  (func $prefetches (param $n i32)
    (loop $l
      (call $prefetch (call $heap (local.get $n) (i32.const 4096)))
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
  (func $pauses (param $n i32)
    (loop $l
      (call $pause)
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
  (func $fib (param $n i32) (drop (call $fibonacci (local.get $n))))
  (func $fibonacci (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add
        (call $fibonacci (i32.sub (local.get $n) (i32.const 1)))
        (call $fibonacci (i32.sub (local.get $n) (i32.const 2)))))))
  ;; Takes the flags' lines from those who read them, and changes nothing.
  (func $disturb (param $n i32)
    (loop $l
      (drop (i32.atomic.rmw.add (i32.add (i32.const ${FLAGS}) (i32.and (i32.mul (local.get $n) (i32.const 16)) (i32.const 0xf0))) (i32.const 0)))
      (call $compute (i32.const 20))
      (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))))
`;

/** A program for `cores` cores with a number of flags. */
export function pollingProgram(random: Random, cores: number, flags: number): PollingProgram {
  const steps = new Steps(cores);
  for (let flag = 0; flag < flags; flag++) {
    const setter = random.below(cores);
    for (let core = 0; core < cores; core++) {
      if (core === setter) {
        const work = random.pick(WORK_NAMES);
        const n = 1 + random.below(random.pick([10, 100, 1000]));
        steps.add(
          core,
          `${work} ${n}, set ${flag}`,
          `${WORKS[work]?.(n, core)} (i32.atomic.store (i32.const ${flagAt(flag)}) (i32.const 1))`,
        );
      } else if (random.oneIn(2)) {
        const way = random.pick(WAY_NAMES);
        steps.add(core, `${way} ${flag}`, WAYS[way]?.(flag, core, random) ?? '');
      }
    }
  }
  const functions = steps.calls.map(
    (calls, core) => `(func (export "core${core}") (result i64) ${calls} (call $cycles))`,
  );
  const text = `(module
    (import "machine" "cycles" (func $cycles (result i64)))
    (import "machine" "core_id" (func $core_id (result i32)))
    (import "machine" "core_count" (func $core_count (result i32)))
    (import "machine" "pause" (func $pause))
    (import "machine" "fence" (func $fence))
    (import "machine" "prefetch" (func $prefetch (param i32)))
    (import "machine" "line_zero" (func $line_zero (param i32)))
    (import "machine" "mark" (func $mark (param i32 i32 i64)))
    (import "env" "memory" (memory 4 4 shared))
    ${FUNCTIONS} ${steps.functions}
    ${functions.join('\n')})`;
  return { text, summary: steps.summary };
}
