// Windows and the dispatcher: which core runs next, until when, and which frame of its context goes on.
//
// In a window each runnable core runs until its own clock passes the window's end; the order rotates every window. A body that
// leaves has spilled its frames; the dispatcher enters only the innermost one, and when that is done its parent.
import {
  CAUSE_FIRST_TRAP,
  CAUSE_STACK_EXHAUSTED,
  CLOCK_SHIFT,
  CONTEXT_CORE,
  CONTEXT_CREATED,
  CONTEXT_FINISHED,
  CONTEXT_FLAGS,
  CONTEXT_STATE,
  CONTEXT_TOP,
  CONTEXT_TRAPPED,
  CORES,
  CORE_ACCESSES,
  CORE_CAUSE,
  CORE_CONTEXT,
  CORE_COUNTS,
  CORE_FAULT_ADDRESS,
  CORE_IDLE,
  CORE_INSTRUCTIONS,
  CORE_RUNNABLE,
  CORE_STACK_END,
  CORE_STATE,
  CORE_STOPPED,
  CORE_STRIDE,
  CORE_SUMMONED,
  CORE_TICK_LENGTH,
  CORE_TICK_RATE,
  CORE_TIME,
  CORE_TOP,
  CORE_TRAP_CODE,
  COUNTS_FULL,
  COUNT_MASK,
  FRAME_CODE,
  FRAME_LINK,
  HOST_NESTING_BYTES,
  INSTRUCTIONS_SHIFT,
  LEAVE_AGAIN,
  LEAVE_FINISHED,
  LEAVE_INTERRUPT,
  LEAVE_NESTING,
  LEAVE_SWITCH,
  LEAVE_WAIT,
  LEAVE_WINDOW,
  OBSERVE_SLICES,
  REG_ALONE,
  REG_ATTENTION,
  REG_CAUSE,
  REG_CHAOS,
  REG_CLOCK,
  REG_CORE,
  REG_CORE_COUNT,
  REG_FAULT_ADDRESS,
  REG_LIMIT,
  REG_RUNNABLE,
  REG_SPEEDS,
  REG_SWITCHES,
  REG_TICK_LENGTH,
  REG_TICK_RATE,
  REG_TIME_END,
  REG_TOP,
  REG_UNTIL,
  REG_WINDOW_END,
  TELL_FINISH,
  TELL_SLICE,
} from '../state/layout';
import { LEFT64, leaveAtRandom } from './access';
import { timeAt } from './clock';
import { switchContext } from './context-switch';
import { finish, interrupt, raise } from './kernel-entry';
import { isObserved, tell } from './observe';

const COUNTS_MASK: i64 = ((<i64>1) << CLOCK_SHIFT) - 1;
const COUNTS_OVERFLOW: i64 = ((<i64>COUNTS_FULL) << INSTRUCTIONS_SHIFT) | <i64>COUNTS_FULL;

/** A built-in function that left goes on in JavaScript: 0 when it is done, else it has left again. */
@external("host", "resumeBuiltin")
declare function resumeBuiltinInHost(frame: u32): i32;

export function resumeBuiltin(clock: i64, frame: u32): i64 {
  store<i64>(REG_CLOCK, clock);
  return resumeBuiltinInHost(frame) ? LEFT64 : load<i64>(REG_CLOCK);
}

/** A built-in function that is done, and was left all the same. */
export function resumeDone(clock: i64, frame: u32): i64 {
  return clock;
}

/** Runs one core, which has `clock` left, until that is negative. Returns whether it must be looked at from outside. */
@inline
function runCore(core: u32, clock: i64): bool {
  let frame = load<u32>(core + CORE_TOP);
  let cause: i32;
  store<u32>(REG_CORE, core);
  while (true) {
    let limit = min(load<u32>(core + CORE_STACK_END), frame + HOST_NESTING_BYTES);
    if (load<u32>(REG_CHAOS) && leaveAtRandom()) limit = frame;
    store<u32>(REG_LIMIT, limit);
    store<u32>(REG_TOP, frame);
    clock = call_indirect<i64>(load<u32>(frame + FRAME_CODE), clock, frame);
    frame = load<u32>(REG_TOP);
    if (clock != LEFT64) {
      const link = load<u32>(frame + FRAME_LINK);
      frame -= link;
      if (link) continue;
      cause = LEAVE_FINISHED;
    } else {
      clock = load<i64>(REG_CLOCK);
      cause = load<i32>(REG_CAUSE);
      if (cause == LEAVE_WINDOW) break;
      store<i32>(REG_CAUSE, LEAVE_WINDOW);
      if (cause == LEAVE_AGAIN) continue;
      if (cause == LEAVE_NESTING) {
        if (load<u32>(REG_LIMIT) != load<u32>(core + CORE_STACK_END)) continue;
        // Nothing above this frame is left: only a function entry leaves for this reason, at the same depth in every mode.
        cause = CAUSE_STACK_EXHAUSTED;
      }
    }
    store<i64>(REG_CLOCK, clock);
    cause = takeUp(core, frame, cause);
    if (cause != LEAVE_AGAIN) break;
    clock = load<i64>(REG_CLOCK);
    frame = load<u32>(REG_TOP);
  }
  store<u32>(core + CORE_TOP, frame);
  store<i64>(core + CORE_TIME, timeAt(clock));
  store<i64>(core + CORE_COUNTS, clock & COUNTS_MASK);
  if (clock & COUNTS_OVERFLOW) addCounts(core);
  if (cause == LEAVE_WINDOW) return false;
  return stop(core, frame, cause);
}

/** What the dispatcher does itself for a core that has left, at the time of REG_CLOCK: LEAVE_AGAIN with REG_TOP and REG_CLOCK set, or the cause to stop for. */
function takeUp(core: u32, frame: u32, cause: i32): i32 {
  if (cause >= CAUSE_FIRST_TRAP) return raise(core, frame, cause);
  if (cause == LEAVE_SWITCH) return switchContext(core, frame);
  if (cause == LEAVE_INTERRUPT) return interrupt(core, frame);
  if (cause != LEAVE_FINISHED || load<u32>(core + CORE_TRAP_CODE) == 0) return cause;
  return load<u32>(load<u32>(core + CORE_CONTEXT) + CONTEXT_FLAGS) & CONTEXT_CREATED ? finish(core, frame) : cause;
}

/** Adds the counts of the packed clock to the counters, before they overflow. */
function addCounts(core: u32): void {
  const counts = load<i64>(core + CORE_COUNTS);
  store<i64>(core + CORE_INSTRUCTIONS, load<i64>(core + CORE_INSTRUCTIONS) + (counts >> INSTRUCTIONS_SHIFT));
  store<i64>(core + CORE_ACCESSES, load<i64>(core + CORE_ACCESSES) + (counts & COUNT_MASK));
  store<i64>(core + CORE_COUNTS, 0);
}

/** A core finished, sleeps, or stopped for a cause that is dealt with outside, which is the answer. */
function stop(core: u32, frame: u32, cause: i32): bool {
  const context = load<u32>(core + CORE_CONTEXT);
  store<u32>(context + CONTEXT_TOP, frame);
  store<i32>(core + CORE_CAUSE, cause);
  store<u32>(REG_RUNNABLE, load<u32>(REG_RUNNABLE) - 1);
  if (cause == LEAVE_FINISHED) {
    store<i32>(context + CONTEXT_STATE, CONTEXT_FINISHED);
    store<u32>(context + CONTEXT_CORE, 0);
    store<i32>(core + CORE_STATE, CORE_IDLE);
    return true;
  }
  store<i32>(core + CORE_STATE, CORE_STOPPED);
  // Whoever let it sleep knows when it is to wake.
  if (cause == LEAVE_WAIT) return false;
  if (cause >= CAUSE_FIRST_TRAP) store<i32>(context + CONTEXT_STATE, CONTEXT_TRAPPED);
  store<u64>(core + CORE_FAULT_ADDRESS, load<u64>(REG_FAULT_ADDRESS));
  return true;
}

/** Ticks of the core's own in `budget` ticks of the reference clock, as packed clock; the registers of clock.ts are set for it. */
function scaled(core: u32, budget: i64): i64 {
  const rate = load<i64>(core + CORE_TICK_RATE);
  const length = load<i64>(core + CORE_TICK_LENGTH);
  const ticks = (budget * rate) >> 16;
  store<i64>(REG_TICK_RATE, rate);
  store<i64>(REG_TICK_LENGTH, length);
  store<i64>(REG_TIME_END, load<i64>(core + CORE_TIME) + ((ticks * length) >> 16));
  return ticks;
}

/** A core that was summoned takes its interrupt; returns the ticks that it has left. */
function summon(core: u32, ticks: i64): i64 {
  store<i32>(core + CORE_STATE, CORE_RUNNABLE);
  store<u32>(REG_CORE, core);
  store<i64>(REG_CLOCK, ticks << CLOCK_SHIFT);
  if (interrupt(core, load<u32>(core + CORE_TOP)) == LEAVE_AGAIN) store<u32>(core + CORE_TOP, load<u32>(REG_TOP));
  return load<i64>(REG_CLOCK) >> CLOCK_SHIFT;
}

/**
 * Gives the cores from `first` up to `last` (addresses of records) their turn in a window. Returns whether one must be looked at. A
 * function of its own, and everything about a core is in its record, because the host keeps no value in a register across the call.
 */
function runCores(first: u32, last: u32, end: i64): bool {
  let attention = false;
  for (let core = first; core < last; core += CORE_STRIDE) {
    let ticks = end - load<i64>(core + CORE_TIME);
    const state = load<i32>(core + CORE_STATE);
    if (ticks > 0 && state >= CORE_RUNNABLE) {
      store<i64>(REG_SWITCHES, load<i64>(REG_SWITCHES) + 1);
      // The next core's frame is on its way to the host's cache while this one runs.
      const next = core + CORE_STRIDE;
      if (next < last) load<u32>(load<u32>(next + CORE_TOP));
      if (load<u32>(REG_SPEEDS)) ticks = scaled(core, ticks);
      if (state == CORE_SUMMONED) ticks = summon(core, ticks);
      if (runCore(core, (ticks << CLOCK_SHIFT) + load<i64>(core + CORE_COUNTS))) attention = true;
    }
  }
  return attention;
}

/** `runCores` one by one, each of which is told of. */
function runObserved(first: u32, last: u32, end: i64): bool {
  let attention = false;
  for (let core = first; core < last; core += CORE_STRIDE) {
    const start = load<i64>(core + CORE_TIME);
    const state = load<i32>(core + CORE_STATE);
    if (runCores(core, core + CORE_STRIDE, end)) attention = true;
    const now = load<i64>(core + CORE_TIME);
    if (now != start) tell(TELL_SLICE, core, now, <f64>start, 0);
    if (state != CORE_IDLE && load<i32>(core + CORE_STATE) == CORE_IDLE) tell(TELL_FINISH, core, now, 0, 0);
  }
  return attention;
}

/** The earliest time of a core that takes part in windows. */
function earliest(last: u32): i64 {
  let time = i64.MAX_VALUE;
  for (let core: u32 = CORES; core < last; core += CORE_STRIDE) {
    if (load<i32>(core + CORE_STATE) >= CORE_RUNNABLE) time = min(time, load<i64>(core + CORE_TIME));
  }
  return time;
}

/** Whether the times of the one core that is runnable are the same wherever its windows end: those of other speeds are rounded there. */
function isExact(last: u32): bool {
  if (!load<u32>(REG_SPEEDS)) return true;
  let core: u32 = CORES;
  while (core < last && load<i32>(core + CORE_STATE) < CORE_RUNNABLE) core += CORE_STRIDE;
  return load<i64>(core + CORE_TICK_RATE) == 1 << 16;
}

/**
 * Runs windows of `window` ticks (`alone` ticks while one core alone is runnable) from `start` (ticks) until the time of REG_UNTIL is passed, no
 * core is runnable, a core finished or stopped, or REG_ATTENTION is set, which is seen at the end of a window; or until `limit` is passed, for
 * which no window ends that anybody could see the end of. `rotation` is the number of windows run so far, but for those of a core alone.
 * REG_WINDOW_END is where it ended.
 */
export function run(start: i64, window: i64, alone: i64, limit: i64, rotation: u32): u32 {
  const count = load<u32>(REG_CORE_COUNT);
  const last = CORES + count * CORE_STRIDE;
  let attention = false;
  store<i32>(REG_CAUSE, LEAVE_WINDOW);
  store<u32>(REG_ATTENTION, 0);
  store<i64>(REG_WINDOW_END, start);
  for (;;) {
    const runnable = load<u32>(REG_RUNNABLE);
    const until = load<i64>(REG_UNTIL);
    if (start >= until || start >= limit || attention || runnable == 0) break;
    const isAlone = runnable == 1;
    let end = min(until, start + (isAlone ? alone : window));
    if (isAlone && limit < end && isExact(last)) end = limit;
    store<i64>(REG_WINDOW_END, end);
    store<i64>(REG_TIME_END, end);
    store<u32>(REG_ALONE, <u32>isAlone);
    const first = CORES + (rotation % count) * CORE_STRIDE;
    const switches = load<i64>(REG_SWITCHES);
    if (isObserved(OBSERVE_SLICES)) {
      if (runObserved(first, last, end)) attention = true;
      if (runObserved(CORES, first, end)) attention = true;
    } else {
      if (runCores(first, last, end)) attention = true;
      if (runCores(CORES, first, end)) attention = true;
    }
    if (load<u32>(REG_ATTENTION)) attention = true;
    if (isAlone) {
      // It may have cut its window. What it has scheduled happens at its time, however far the core has come in the meantime.
      start = max(start, min(load<i64>(REG_WINDOW_END), load<i64>(REG_UNTIL)));
      store<i64>(REG_WINDOW_END, start);
      continue;
    }
    rotation++;
    start = end;
    if (load<i64>(REG_SWITCHES) == switches && !attention) {
      // Everybody waits for memory: the windows in which nobody would run are passed over.
      const idle = min(earliest(last), load<i64>(REG_UNTIL)) - start;
      if (idle >= window) {
        const windows = idle / window;
        start += windows * window;
        rotation += <u32>windows;
        store<i64>(REG_WINDOW_END, start);
      }
    }
  }
  store<u32>(REG_ALONE, 0);
  return rotation;
}
