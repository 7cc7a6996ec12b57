// Traps and interrupts: the kernel's trap function is called on top of the context that it happens to.
//
// Three frames, from below: the interrupted one, suspended at the instruction that trapped or between two instructions; a trap-return
// frame with what there was before; the trap function's, with its parameters cause, a, b, c, d, e, f. When the trap function is done the
// dispatcher enters the trap-return frame, whose code is `resumeTrapReturn`, and then the interrupted one: an access that faulted
// is made again, a system call finds its result in its frame. Interrupts are disabled on entry, and as they were behind it.
import {
  BUILTIN_FRAME_BYTES,
  CAUSE_FIRST_FATAL,
  CAUSE_MEMORY_GROW,
  CAUSE_NESTED_FAULT,
  CAUSE_NOT_RESUMABLE,
  CAUSE_PAGE_FAULT,
  CAUSE_PROTECTION,
  CAUSE_STACK_EXHAUSTED,
  CAUSE_SYSCALL,
  CODE_DONE,
  CODE_TRAP_RETURN,
  CONTEXT_ANSWERS,
  CONTEXT_CREATED,
  CONTEXT_DEPTH,
  CONTEXT_END,
  CONTEXT_FAULTS,
  CONTEXT_FLAGS,
  CORE_CONTEXT,
  CORE_FAULT_ADDRESS,
  CORE_INTERRUPTS,
  CORE_MONITOR_HIT,
  CORE_PENDING,
  CORE_STACK_END,
  CORE_TRAP_CODE,
  FRAME_CODE,
  FRAME_FLAGS,
  FRAME_LINK,
  FRAME_OF_BUILTIN,
  FRAME_OF_KERNEL,
  FRAME_POINT,
  FRAME_VALUES,
  LEAVE_AGAIN,
  LEAVE_INTERRUPT,
  REG_CAUSE,
  REG_CLOCK,
  REG_CORE,
  REG_FAULT_ACCESS,
  REG_FAULT_ADDRESS,
  REG_INTERRUPT_ENTRY_CLOCK,
  REG_TOP,
  REG_TRAP_ENTRY_CLOCK,
  REG_TRAP_EXIT_CLOCK,
  STACK_KERNEL_ROOM,
  STACK_RED_ZONE,
  TELL_INTERRUPT,
  TELL_RETURN,
  TELL_TRAP,
  TRAP_ANSWER,
  TRAP_CAUSE,
  TRAP_FRAME_BYTES,
  TRAP_INTERRUPTS,
} from '../state/layout';
import {
  SYSCALL_MASK,
  TRAP_FINISHED,
  TRAP_INTERRUPT,
  TRAP_MEMORY_GROW,
  TRAP_PAGE_FAULT,
  TRAP_PROTECTION,
  TRAP_SYSCALL,
  TRAP_WASM,
} from '../platform';
import { LEFT64 } from './access';
import { timeAt } from './clock';
import { frameInfo } from './frames';
import { tellKernel } from './observe';

/** Parameters of a system call behind its number. */
const OPERANDS = 6;

/** Where a context's frames must end: those of a kernel at work on it may go further. */
export function setStackEnd(core: u32, context: u32): void {
  const end = load<u32>(context, CONTEXT_END) - STACK_RED_ZONE;
  store<u32>(core, load<u32>(context, CONTEXT_DEPTH) ? end : end - STACK_KERNEL_ROOM, CORE_STACK_END);
}

/** Whether the code on top, or that which called the built-in function on top, is a kernel's. */
function isKernel(frame: u32): bool {
  for (;;) {
    const info = frameInfo(frame);
    const link = load<u32>(frame, FRAME_LINK);
    if ((info & FRAME_OF_BUILTIN) == 0 || link == 0) return (info & FRAME_OF_KERNEL) != 0;
    frame -= link;
  }
  return true;
}

/** Pushes the two frames and charges `cost`. With `answer` the trap function's result is that of the interrupted frame. */
function enter(core: u32, frame: u32, cause: i32, a: i64, b: i64, answer: bool, cost: i64): i32 {
  const context = load<u32>(core, CORE_CONTEXT);
  const size = frameInfo(frame) & ~FRAME_FLAGS;
  const before = frame + size;
  const top = before + TRAP_FRAME_BYTES;
  if (top + BUILTIN_FRAME_BYTES > load<u32>(context, CONTEXT_END)) return CAUSE_STACK_EXHAUSTED;
  store<u32>(before, CODE_TRAP_RETURN, FRAME_CODE);
  store<u32>(before, size, FRAME_LINK);
  store<i32>(before, cause, TRAP_CAUSE);
  store<u32>(before, load<u32>(core, CORE_INTERRUPTS), TRAP_INTERRUPTS);
  store<u32>(before, answer ? size : 0, TRAP_ANSWER);
  store<u32>(top, load<u32>(core, CORE_TRAP_CODE), FRAME_CODE);
  store<u32>(top, 0, FRAME_POINT);
  store<u32>(top, TRAP_FRAME_BYTES, FRAME_LINK);
  store<i32>(top, cause, FRAME_VALUES);
  store<i64>(top, a, FRAME_VALUES + 8);
  store<i64>(top, b, FRAME_VALUES + 16);
  if (cause >= TRAP_SYSCALL) {
    memory.copy(top + FRAME_VALUES + 24, frame + FRAME_VALUES + 24, 8 * (OPERANDS - 2));
  } else {
    memory.fill(top + FRAME_VALUES + 24, 0, 8 * (OPERANDS - 2));
  }
  const kind = cause == TRAP_INTERRUPT ? TELL_INTERRUPT : TELL_TRAP;
  tellKernel(kind, core, timeAt(load<i64>(REG_CLOCK)), <f64>cause, <f64>a);
  store<u32>(core, 0, CORE_INTERRUPTS);
  // Whoever is between monitor and mwait looks again: what it waits for may have happened meanwhile, to another context.
  store<u32>(core, 1, CORE_MONITOR_HIT);
  store<u32>(context, load<u32>(context, CONTEXT_DEPTH) + 1, CONTEXT_DEPTH);
  setStackEnd(core, context);
  store<u32>(REG_TOP, top);
  store<i64>(REG_CLOCK, load<i64>(REG_CLOCK) - cost);
  return LEAVE_AGAIN;
}

/**
 * A context has left with a CAUSE_* at the time of REG_CLOCK. Lets the kernel of the core have it: LEAVE_AGAIN, with REG_TOP and REG_CLOCK set. Where
 * there is none, or where none may, the cause for which the core stops.
 */
export function raise(core: u32, frame: u32, cause: i32): i32 {
  if (load<u32>(core, CORE_TRAP_CODE) == 0 || cause >= CAUSE_FIRST_FATAL) return cause;
  const cost = load<i64>(REG_TRAP_ENTRY_CLOCK);
  if (cause == CAUSE_SYSCALL) {
    const number = load<u32>(frame, FRAME_VALUES) & SYSCALL_MASK;
    const a = load<i64>(frame, FRAME_VALUES + 8);
    return enter(core, frame, TRAP_SYSCALL + number, a, load<i64>(frame, FRAME_VALUES + 16), true, cost);
  }
  if (cause == CAUSE_PAGE_FAULT) return pageFault(core, frame, cost);
  if (cause == CAUSE_PROTECTION)
    return enter(core, frame, TRAP_PROTECTION, load<u32>(frame, FRAME_POINT), 0, true, cost);
  if (cause == CAUSE_MEMORY_GROW)
    return enter(core, frame, TRAP_MEMORY_GROW, load<i64>(frame, FRAME_VALUES), 0, true, cost);
  return isKernel(frame) ? cause : enter(core, frame, TRAP_WASM, cause, 0, false, cost);
}

function pageFault(core: u32, frame: u32, cost: i64): i32 {
  const context = load<u32>(core, CORE_CONTEXT);
  const address = load<i64>(REG_FAULT_ADDRESS);
  store<i64>(core, address, CORE_FAULT_ADDRESS);
  if (load<u32>(context, CONTEXT_FAULTS)) return CAUSE_NESTED_FAULT;
  store<u32>(context, 1, CONTEXT_FAULTS);
  return enter(core, frame, TRAP_PAGE_FAULT, address, load<u32>(REG_FAULT_ACCESS), false, cost);
}

/** Takes the first pending interrupt, if interrupts are enabled and there is one, in front of what the frame is to go on with. */
export function interrupt(core: u32, frame: u32): i32 {
  const pending = load<i64>(core, CORE_PENDING);
  store<u32>(REG_TOP, frame);
  if (pending == 0 || load<u32>(core, CORE_INTERRUPTS) == 0) return LEAVE_AGAIN;
  const vector = ctz(pending);
  store<i64>(core, pending & (pending - 1), CORE_PENDING);
  return enter(core, frame, TRAP_INTERRUPT, vector, 0, false, load<i64>(REG_INTERRUPT_ENTRY_CLOCK));
}

/** The function that a guest created a context with has returned: the kernel is told, once. Should its trap function return, that is all. */
export function finish(core: u32, frame: u32): i32 {
  const context = load<u32>(core, CORE_CONTEXT);
  const flags = load<u32>(context, CONTEXT_FLAGS);
  store<u32>(context, flags & ~CONTEXT_CREATED, CONTEXT_FLAGS);
  store<u32>(frame, CODE_DONE, FRAME_CODE);
  const result: i64 = flags & CONTEXT_ANSWERS ? load<i64>(frame, FRAME_VALUES) : 0;
  return enter(core, frame, TRAP_FINISHED, result, 0, false, load<i64>(REG_TRAP_ENTRY_CLOCK));
}

/** The code of a trap-return frame, whose trap function is done. */
export function resumeTrapReturn(clock: i64, frame: u32): i64 {
  const core = load<u32>(REG_CORE);
  const context = load<u32>(core, CORE_CONTEXT);
  const cause = load<i32>(frame, TRAP_CAUSE);
  clock -= load<i64>(REG_TRAP_EXIT_CLOCK);
  if (cause == TRAP_WASM) return suspend(clock, frame, CAUSE_NOT_RESUMABLE);
  const answer = load<u32>(frame, TRAP_ANSWER);
  if (answer) store<i64>(frame - answer, load<i64>(frame, TRAP_FRAME_BYTES + FRAME_VALUES), FRAME_VALUES);
  if (cause == TRAP_PAGE_FAULT) store<u32>(context, 0, CONTEXT_FAULTS);
  tellKernel(TELL_RETURN, core, timeAt(clock), 0, 0);
  store<u32>(context, load<u32>(context, CONTEXT_DEPTH) - 1, CONTEXT_DEPTH);
  setStackEnd(core, context);
  const interrupts = load<u32>(frame, TRAP_INTERRUPTS);
  store<u32>(core, interrupts, CORE_INTERRUPTS);
  if (interrupts && load<i64>(core, CORE_PENDING)) {
    return suspend(clock, frame - load<u32>(frame, FRAME_LINK), LEAVE_INTERRUPT);
  }
  return clock;
}

/** Leaves for a reason, with a frame on top that is complete. */
export function suspend(clock: i64, frame: u32, cause: i32): i64 {
  store<i64>(REG_CLOCK, clock);
  store<u32>(REG_TOP, frame);
  store<i32>(REG_CAUSE, cause);
  return LEFT64;
}
