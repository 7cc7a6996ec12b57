// From one context to another: the core's copies of the context's fields change, and nothing else.
//
// `context_switch` leaves like a callee that cannot go on, so that the frames below it are complete; the dispatcher then goes on with
// the other context's frame on top. Errors are answered at once.
import {
  CLOCK_SHIFT,
  CODE_DONE,
  CONTEXT_BLOCK,
  CONTEXT_CORE,
  CONTEXT_DEPTH,
  CONTEXT_FLAGS,
  CONTEXT_GROUP,
  CONTEXT_ID,
  CONTEXT_READY,
  CONTEXT_STATE,
  CONTEXT_TOP,
  CONTEXT_USER,
  CORE_CONTEXT,
  CORE_INTERRUPTS,
  CORE_LINK,
  CORE_MONITOR_HIT,
  FRAME_CODE,
  FRAME_VALUES,
  LEAVE_SWITCH,
  REG_CLOCK,
  REG_CONTEXTS,
  REG_CONTEXT_COUNT,
  REG_CORE,
  REG_NEXT_CONTEXT,
  REG_SWITCH_CLOCK,
  REG_TRAP_EXIT_CLOCK,
  TELL_SWITCH,
} from '../state/layout';
import { CORE_EFFECTS } from '../state/parking-layout';
import { EBUSY, EPERM, ESRCH } from '../platform';
import { timeAt } from './clock';
import { interrupt, setStackEnd, suspend } from './kernel-entry';
import { tellKernel } from './observe';

/** Record of the context with a number; 0 where there is none. */
function contextOf(id: u32): u32 {
  return id < load<u32>(REG_CONTEXT_COUNT) ? load<u32>(load<u32>(REG_CONTEXTS) + (id << 2)) : 0;
}

function answer(clock: i64, frame: u32, value: i32): i64 {
  store<i32>(frame, value, FRAME_VALUES);
  return clock;
}

export function contextSelf(clock: i64, frame: u32): i64 {
  return answer(clock, frame, load<i32>(load<u32>(load<u32>(REG_CORE), CORE_CONTEXT), CONTEXT_ID));
}

/** context_switch for kernels: any context that is on no core. */
export function contextSwitch(clock: i64, frame: u32): i64 {
  // What it answers is not in memory.
  store<u32>(load<u32>(REG_CORE), 1, CORE_EFFECTS);
  const context = contextOf(load<u32>(frame, FRAME_VALUES));
  if (context == 0) return answer(clock, frame, -ESRCH);
  return change(clock, frame, context);
}

/** context_switch in user mode: one of the same group, which has not been interrupted on its way. */
export function contextSwitchInGroup(clock: i64, frame: u32): i64 {
  store<u32>(load<u32>(REG_CORE), 1, CORE_EFFECTS);
  const context = contextOf(load<u32>(frame, FRAME_VALUES));
  if (context == 0) return answer(clock, frame, -ESRCH);
  const group = load<u32>(context, CONTEXT_GROUP);
  if (group == 0 || group != load<u32>(load<u32>(load<u32>(REG_CORE), CORE_CONTEXT), CONTEXT_GROUP)) {
    return answer(clock, frame, -EPERM);
  }
  if (load<u32>(context, CONTEXT_DEPTH)) return answer(clock, frame, -EBUSY);
  return change(clock, frame, context);
}

function change(clock: i64, frame: u32, context: u32): i64 {
  const core = load<u32>(context, CONTEXT_CORE);
  if (core == load<u32>(REG_CORE)) return answer(clock, frame, 0);
  if (core || load<u32>(context, CONTEXT_STATE) != CONTEXT_READY) return answer(clock, frame, -EBUSY);
  store<i32>(frame, 0, FRAME_VALUES);
  store<u32>(frame, CODE_DONE, FRAME_CODE);
  store<u32>(REG_NEXT_CONTEXT, context);
  return suspend(clock - load<i64>(REG_SWITCH_CLOCK), frame, LEAVE_SWITCH);
}

/** The dispatcher's part. The frames of the context that the core is on are complete. */
export function switchContext(core: u32, frame: u32): i32 {
  const from = load<u32>(core, CORE_CONTEXT);
  const to = load<u32>(REG_NEXT_CONTEXT);
  store<u32>(from, frame, CONTEXT_TOP);
  store<u32>(from, 0, CONTEXT_CORE);
  store<u32>(to, core, CONTEXT_CORE);
  store<u32>(core, to, CORE_CONTEXT);
  store<u32>(core, load<u32>(to, CONTEXT_BLOCK), CORE_LINK);
  store<u32>(core, 1, CORE_MONITOR_HIT);
  const fromId = <f64>load<u32>(from, CONTEXT_ID);
  tellKernel(TELL_SWITCH, core, timeAt(load<i64>(REG_CLOCK)), fromId, <f64>load<u32>(to, CONTEXT_ID));
  setStackEnd(core, to);
  // User code always runs with interrupts enabled: a kernel that switches to it returns from its own trap by that.
  if (
    load<u32>(to, CONTEXT_FLAGS) & CONTEXT_USER &&
    load<u32>(to, CONTEXT_DEPTH) == 0 &&
    !load<u32>(core, CORE_INTERRUPTS)
  ) {
    store<u32>(core, 1, CORE_INTERRUPTS);
    store<i64>(REG_CLOCK, load<i64>(REG_CLOCK) - load<i64>(REG_TRAP_EXIT_CLOCK));
  }
  return interrupt(core, load<u32>(to, CONTEXT_TOP));
}
