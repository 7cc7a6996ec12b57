// Windows and the dispatcher: which core runs next, until when, and which frame of its context goes on.
//
// In a window each runnable core runs until its own clock passes the window's end, in the order of turns.ts. A body that
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
  CORE_PARKED,
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
import {
  ALONE_RUNNABLE,
  ALONE_UNPARKED,
  CORE_EFFECTS,
  CORE_STOPPING,
  LEAVE_PARK,
  LEAVE_PAUSE,
  LEAVE_WATCH,
  REG_BEGUN,
  REG_PARKED,
  REG_ROTATION,
  REG_TURN,
  REG_WINDOW_START,
  REG_WINDOW_TICKS,
  TURNS,
} from '../state/parking-layout';
import { LEFT64, leaveAtRandom } from './access';
import { begunWindowEnd, timeAt } from './clock';
import { switchContext } from './context-switch';
import { finish, interrupt, raise, suspend } from './kernel-entry';
import { isObserved, tell } from './observe';
import { lookAtPause, noteCode, park } from './polling';
import { firstTurn, TURN_BYTES, turnOf } from './turns';

const COUNTS_MASK: i64 = ((<i64>1) << CLOCK_SHIFT) - 1;
const COUNTS_OVERFLOW: i64 = ((<i64>COUNTS_FULL) << INSTRUCTIONS_SHIFT) | <i64>COUNTS_FULL;

/** A built-in function that left goes on in JavaScript: 0 when it is done, else it has left again. */
@external("host", "resumeBuiltin")
declare function resumeBuiltinInHost(frame: u32): i32;

export function resumeBuiltin(clock: i64, frame: u32): i64 {
  // As when it is called: see builtinModule in machine/translate/thunk.ts.
  if (clock < 0) return suspend(clock, frame, LEAVE_WINDOW);
  store<u32>(load<u32>(REG_CORE), 1, CORE_EFFECTS);
  store<i64>(REG_BEGUN, clock);
  store<i64>(REG_CLOCK, clock);
  return resumeBuiltinInHost(frame) ? LEFT64 : load<i64>(REG_CLOCK);
}

/** A built-in function that is done, and was left all the same. */
export function resumeDone(clock: i64, frame: u32): i64 {
  return clock;
}

/**
 * Runs one core, which has `clock` left, until that is negative. Returns whether it must be looked at from outside. With `watched` it may be a core that is
 * watched: see polling.ts.
 */
@inline
function runCore(core: u32, clock: i64, watched: bool): bool {
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
      if (link) {
        if (watched) noteCode(core, frame, frame + link);
        continue;
      }
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
    if (cause != LEAVE_AGAIN && !(watched && cause == LEAVE_WATCH)) break;
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

/** `runCore` where it is not hot. */
export function runAside(core: u32, clock: i64): bool {
  return runCore(core, clock, true);
}

/** What the dispatcher does itself for a core that has left, at the time of REG_CLOCK: LEAVE_AGAIN with REG_TOP and REG_CLOCK set, or the cause to stop for. */
function takeUp(core: u32, frame: u32, cause: i32): i32 {
  if (cause == LEAVE_PAUSE) return lookAtPause(core, frame);
  store<u32>(core, 1, CORE_EFFECTS);
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
  const clock = load<i64>(REG_CLOCK);
  if (cause == LEAVE_WATCH) return runAside(core, (clock & ~COUNTS_MASK) | load<i64>(core + CORE_COUNTS));
  if (cause == LEAVE_PARK) {
    park(core);
    return false;
  }
  store<i32>(core + CORE_CAUSE, cause);
  if (cause == LEAVE_FINISHED || cause >= CAUSE_FIRST_TRAP) {
    store<u64>(core + CORE_FAULT_ADDRESS, load<u64>(REG_FAULT_ADDRESS));
    store<i64>(REG_BEGUN, clock);
    // Its end can be seen by others, so it belongs to a window: as what it may do to them does.
    if (clock < 0) {
      store<i32>(core + CORE_STATE, CORE_STOPPING);
      return false;
    }
  }
  return stopNow(core, frame, cause);
}

function stopNow(core: u32, frame: u32, cause: i32): bool {
  const context = load<u32>(core + CORE_CONTEXT);
  store<u32>(context + CONTEXT_TOP, frame);
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

/** The turn of a core that is watched, or stops. Returns whether it must be looked at. */
function runUnusual(core: u32, state: i32, ticks: i64): bool {
  if (state == CORE_STOPPING) {
    store<u32>(REG_CORE, core);
    store<i64>(REG_BEGUN, ticks << CLOCK_SHIFT);
    return stopNow(core, load<u32>(core + CORE_TOP), load<i32>(core + CORE_CAUSE));
  }
  return runAside(core, (ticks << CLOCK_SHIFT) + load<i64>(core + CORE_COUNTS));
}

/**
 * Gives the cores from `first` up to `last` (places in the list of turns) their turn in a window. Returns whether one must be looked at. A
 * function of its own, and everything about a core is in its record, because the host keeps no value in a register across the call.
 */
function runCores(first: u32, last: u32, end: i64): bool {
  let attention = false;
  for (let turn = first; turn < last; turn += TURN_BYTES) {
    const core = load<u32>(turn);
    let ticks = end - load<i64>(core + CORE_TIME);
    const state = load<i32>(core + CORE_STATE);
    if (ticks >= 0 && state >= CORE_RUNNABLE) {
      store<i64>(REG_SWITCHES, load<i64>(REG_SWITCHES) + 1);
      // The next core's frame is on its way to the host's cache while this one runs.
      const next = turn + TURN_BYTES;
      if (next < last) load<u32>(load<u32>(load<u32>(next) + CORE_TOP));
      store<i64>(REG_TIME_END, end);
      if (load<u32>(REG_SPEEDS)) ticks = scaled(core, ticks);
      if (state > CORE_SUMMONED) {
        if (runUnusual(core, state, ticks)) attention = true;
        continue;
      }
      if (state == CORE_SUMMONED) ticks = summon(core, ticks);
      if (runCore(core, (ticks << CLOCK_SHIFT) + load<i64>(core + CORE_COUNTS), false)) attention = true;
    }
  }
  return attention;
}

/** `runCores` one by one, each of which is told of. */
function runObserved(first: u32, last: u32, end: i64): bool {
  let attention = false;
  for (let turn = first; turn < last; turn += TURN_BYTES) {
    const core = load<u32>(turn);
    const start = load<i64>(core + CORE_TIME);
    const state = load<i32>(core + CORE_STATE);
    if (runCores(turn, turn + TURN_BYTES, end)) attention = true;
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

@inline
function runTurns(first: u32, last: u32, end: i64): bool {
  return isObserved(OBSERVE_SLICES) ? runObserved(first, last, end) : runCores(first, last, end);
}

/** Gives all cores their turn in the window that ends at `end`, the `rotation`-th. Returns whether one must be looked at. */
@inline
function runWindow(rotation: u32, end: i64): bool {
  const first = firstTurn(rotation);
  let attention = runTurns(first, TURNS + load<u32>(REG_CORE_COUNT) * TURN_BYTES, end);
  if (runTurns(TURNS, first, end)) attention = true;
  return attention;
}

/**
 * Runs the one core that is not parked in a window that stands for many of the usual length, the first of them the `rotation`-th. Returns how many it stands
 * for, negated where a core must be looked at. Of the last of them, REG_WINDOW_END is the end, and the others have had their turn in it.
 */
function runUnparked(start: i64, window: i64, rotation: u32): i64 {
  let core: u32 = CORES;
  while (load<i32>(core + CORE_STATE) < CORE_RUNNABLE) core += CORE_STRIDE;
  const turn = turnOf(core, rotation);
  let attention = runTurns(turn, turn + TURN_BYTES, load<i64>(REG_WINDOW_END));
  const state = load<i32>(core + CORE_STATE);
  // Others go on when the window is over in which it stopped.
  if (state < CORE_PARKED) store<i64>(REG_WINDOW_END, begunWindowEnd());
  const end = load<i64>(REG_WINDOW_END);
  const windows = (end - start + window - 1) / window;
  if (load<u32>(REG_RUNNABLE) - load<u32>(REG_PARKED) > (state >= CORE_RUNNABLE ? <u32>1 : <u32>0)) {
    rotation += <u32>(windows - 1);
    store<i64>(REG_WINDOW_START, start + (windows - 1) * window);
    store<u32>(REG_ROTATION, rotation);
    store<u32>(REG_ALONE, 0);
    if (runWindow(rotation, end)) attention = true;
  }
  return attention ? -windows : windows;
}

/**
 * Runs windows of `window` ticks (of `alone` ticks at most while one core alone is runnable, or not parked) from `start` (ticks) until the time of REG_UNTIL is
 * passed, no core is runnable or all are parked, a core finished or stopped, or REG_ATTENTION is set, which is seen at the end of a window; or until `limit`
 * is passed, for which no window ends that anybody could see the end of. `rotation` is the number of windows run so far, but for those of a core alone.
 * REG_WINDOW_END is where it ended.
 */
export function run(start: i64, window: i64, alone: i64, limit: i64, rotation: u32): u32 {
  const count = load<u32>(REG_CORE_COUNT);
  const last = CORES + count * CORE_STRIDE;
  let attention = false;
  store<i32>(REG_CAUSE, LEAVE_WINDOW);
  store<u32>(REG_ATTENTION, 0);
  store<i64>(REG_WINDOW_END, start);
  store<i64>(REG_WINDOW_TICKS, window);
  store<u32>(REG_TURN, 1);
  for (;;) {
    const runnable = load<u32>(REG_RUNNABLE);
    const until = load<i64>(REG_UNTIL);
    const active = runnable - load<u32>(REG_PARKED);
    if (start >= until || start >= limit || attention || active == 0) break;
    const isAlone = runnable == 1;
    let kind: u32 = 0;
    let length = window;
    if (isAlone) {
      kind = ALONE_RUNNABLE;
      length = alone;
    } else if (active == 1) {
      kind = ALONE_UNPARKED;
      length = min(alone / window, (limit - start + window - 1) / window) * window;
    }
    let end = min(until, start + length);
    if (isAlone && limit < end && isExact(last)) end = limit;
    store<i64>(REG_WINDOW_START, start);
    store<i64>(REG_WINDOW_END, end);
    store<u32>(REG_ALONE, kind);
    store<u32>(REG_ROTATION, rotation);
    if (kind == ALONE_UNPARKED) {
      const windows = runUnparked(start, window, rotation);
      rotation += <u32>abs(windows);
      attention = windows < 0 || load<u32>(REG_ATTENTION) != 0;
      start = load<i64>(REG_WINDOW_END);
      continue;
    }
    const switches = load<i64>(REG_SWITCHES);
    attention = runWindow(rotation, end) || load<u32>(REG_ATTENTION) != 0;
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
      const idle = min(earliest(last), load<i64>(REG_UNTIL)) - start - 1;
      if (idle >= window && start < limit) {
        const windows = min(idle / window, (limit - start + window - 1) / window);
        start += windows * window;
        rotation += <u32>windows;
        store<i64>(REG_WINDOW_END, start);
      }
    }
  }
  store<u32>(REG_ALONE, 0);
  store<u32>(REG_TURN, 0);
  return rotation;
}
