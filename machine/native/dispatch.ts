// Windows and the dispatcher: which core runs next, until when, and which frame of its context goes on.
//
// In a window each runnable core runs until its own clock passes the window's end; the order rotates every window. A body that
// leaves has spilled its frames; the dispatcher enters only the innermost one, and when that is done its parent.
import {
  CAUSE_FIRST_TRAP,
  CAUSE_STACK_EXHAUSTED,
  CLOCK_SHIFT,
  CONTEXT_END,
  CONTEXT_FINISHED,
  CONTEXT_STATE,
  CONTEXT_TOP,
  CONTEXT_TRAPPED,
  CORES,
  CORE_ACCESSES,
  CORE_CAUSE,
  CORE_CONTEXT,
  CORE_FAULT_ADDRESS,
  CORE_IDLE,
  CORE_INSTRUCTIONS,
  CORE_RUNNABLE,
  CORE_STATE,
  CORE_STOPPED,
  CORE_STRIDE,
  CORE_TIME,
  COUNT_MASK,
  FRAME_CODE,
  FRAME_LINK,
  HOST_NESTING_BYTES,
  INSTRUCTIONS_SHIFT,
  LEAVE_AGAIN,
  LEAVE_NESTING,
  LEAVE_WINDOW,
  MAX_WINDOW_CYCLES,
  REG_CAUSE,
  REG_CLOCK,
  REG_CORE,
  REG_CORE_COUNT,
  REG_FAULT_ADDRESS,
  REG_LIMIT,
  REG_RUNNABLE,
  REG_SWITCHES,
  REG_TOP,
  REG_WINDOW_END,
  STACK_RED_ZONE,
  TICKS_PER_CYCLE,
} from '../state/layout';
import { LEFT64, leaveAtRandom } from './access';

const FINISHED: i32 = -1;

/** A built-in function that left goes on in JavaScript: 0 when it is done, else it has left again. */
@external("host", "resumeBuiltin")
declare function resumeBuiltinInHost(frame: u32): i32;

export function resumeBuiltin(clock: i64, frame: u32): i64 {
  store<i64>(REG_CLOCK, clock);
  return resumeBuiltinInHost(frame) ? LEFT64 : load<i64>(REG_CLOCK);
}

/** Runs a context until it leaves for good; its clock is in REG_CLOCK, the reason is returned. */
function dispatch(context: u32, clock: i64): i32 {
  const end = load<u32>(context + CONTEXT_END) - STACK_RED_ZONE;
  let frame = load<u32>(context + CONTEXT_TOP);
  for (;;) {
    let limit = min(end, frame + HOST_NESTING_BYTES);
    if (leaveAtRandom()) limit = frame;
    store<u32>(REG_LIMIT, limit);
    store<i32>(REG_CAUSE, LEAVE_WINDOW);
    clock = call_indirect<i64>(load<u32>(frame + FRAME_CODE), clock, frame);
    if (clock == LEFT64) {
      let cause = load<i32>(REG_CAUSE);
      clock = load<i64>(REG_CLOCK);
      frame = load<u32>(REG_TOP);
      if (cause == LEAVE_AGAIN) continue;
      if (cause == LEAVE_NESTING) {
        if (limit != end) continue;
        // Nothing above this frame is left: only a function entry leaves for this reason, at the same depth in every mode.
        cause = CAUSE_STACK_EXHAUSTED;
      }
      store<u32>(context + CONTEXT_TOP, frame);
      store<i64>(REG_CLOCK, clock);
      return cause;
    }
    const link = load<u32>(frame + FRAME_LINK);
    if (link == 0) {
      store<u32>(context + CONTEXT_TOP, frame);
      store<i64>(REG_CLOCK, clock);
      return FINISHED;
    }
    frame -= link;
  }
  return 0;
}

/** Runs one core until its clock passes the window's end. Returns whether it must be looked at from outside. */
function runCore(core: u32, end: i64): bool {
  const context = load<u32>(core + CORE_CONTEXT);
  store<u32>(REG_CORE, core);
  const cause = dispatch(context, (end - load<i64>(core + CORE_TIME)) << CLOCK_SHIFT);
  const clock = load<i64>(REG_CLOCK);
  store<i64>(core + CORE_TIME, end - (clock >> CLOCK_SHIFT));
  store<i64>(
    core + CORE_INSTRUCTIONS,
    load<i64>(core + CORE_INSTRUCTIONS) + ((clock >> INSTRUCTIONS_SHIFT) & COUNT_MASK),
  );
  store<i64>(core + CORE_ACCESSES, load<i64>(core + CORE_ACCESSES) + (clock & COUNT_MASK));
  if (cause == LEAVE_WINDOW) return false;
  store<i32>(core + CORE_CAUSE, cause);
  store<u32>(REG_RUNNABLE, load<u32>(REG_RUNNABLE) - 1);
  if (cause == FINISHED) {
    store<i32>(context + CONTEXT_STATE, CONTEXT_FINISHED);
    store<i32>(core + CORE_STATE, CORE_IDLE);
  } else {
    if (cause >= CAUSE_FIRST_TRAP) store<i32>(context + CONTEXT_STATE, CONTEXT_TRAPPED);
    store<u64>(core + CORE_FAULT_ADDRESS, load<u64>(REG_FAULT_ADDRESS));
    store<i32>(core + CORE_STATE, CORE_STOPPED);
  }
  return true;
}

/**
 * Runs windows of `window` ticks from `start` (ticks) until the time `until` is passed, no core is runnable, or a core finished
 * or stopped, which is seen at the end of its window. `rotation` is the number of windows run so far. REG_WINDOW_END is where it ended.
 */
export function run(start: i64, window: i64, until: i64, rotation: u32): u32 {
  const count = load<u32>(REG_CORE_COUNT);
  let switches = load<i64>(REG_SWITCHES);
  let attention = false;
  store<i64>(REG_WINDOW_END, start);
  while (start < until && !attention) {
    const runnable = load<u32>(REG_RUNNABLE);
    if (runnable == 0) break;
    // A core that is alone has nobody to keep pace with.
    const end = min(until, start + (runnable == 1 ? <i64>(MAX_WINDOW_CYCLES * TICKS_PER_CYCLE) : window));
    store<i64>(REG_WINDOW_END, end);
    let index = rotation % count;
    for (let i: u32 = 0; i < count; i++) {
      const core = CORES + index * CORE_STRIDE;
      if (load<i32>(core + CORE_STATE) == CORE_RUNNABLE && load<i64>(core + CORE_TIME) < end) {
        switches++;
        attention = runCore(core, end) || attention;
      }
      index = index + 1 == count ? 0 : index + 1;
    }
    rotation++;
    start = end;
  }
  store<i64>(REG_SWITCHES, switches);
  return rotation;
}
