// Intrinsics that are too frequent for JavaScript. Their parameters are in the frame, where their results go: see nativeModule in
// machine/translate/thunk.ts. What is answered is the new clock, or LEFT with a frame that is complete.
import {
  CAUSE_MEMORY_GROW,
  CAUSE_PROTECTION,
  CAUSE_SYSCALL,
  CODE_DONE,
  CORE_FAULT_ADDRESS,
  CORE_ID,
  CORE_INTERRUPTS,
  CORE_PENDING,
  FRAME_BYTES,
  FRAME_CODE,
  FRAME_VALUES,
  LEAVE_INTERRUPT,
  MOST_SPACE_ID,
  REG_CORE,
  REG_INVLPG_CLOCK,
  REG_PAGE_ROOT_CLOCK,
  REG_TLB_FLUSH_CLOCK,
} from '../state/layout';
import { LEAVE_PAUSE } from '../state/parking-layout';
import { suspend } from './kernel-entry';
import { flushTlb, invalidatePage, switchRoot } from './mmu';

/** Leaves, and is done when it is resumed. */
function leaveDone(clock: i64, frame: u32, cause: i32): i64 {
  store<u32>(frame, CODE_DONE, FRAME_CODE);
  return suspend(clock, frame, cause);
}

/** A pause that is to be looked at, whose time has passed: see polling.ts. */
export function pauseInSight(clock: i64, frame: u32): i64 {
  return leaveDone(clock, frame, LEAVE_PAUSE);
}

export function syscall(clock: i64, frame: u32): i64 {
  return leaveDone(clock, frame, CAUSE_SYSCALL);
}

/** A privileged intrinsic as user images find it. */
export function denied(clock: i64, frame: u32): i64 {
  return leaveDone(clock, frame, CAUSE_PROTECTION);
}

/** memory.grow where the linear memory is a virtual address space. */
export function virtualGrow(clock: i64, frame: u32): i64 {
  return leaveDone(clock, frame, CAUSE_MEMORY_GROW);
}

/** memory.size there: asks to grow by nothing. */
export function virtualSize(clock: i64, frame: u32): i64 {
  store<i64>(frame, 0, FRAME_VALUES);
  return leaveDone(clock, frame, CAUSE_MEMORY_GROW);
}

export function faultAddress(clock: i64, frame: u32): i64 {
  store<i32>(frame, load<i32>(load<u32>(REG_CORE), CORE_FAULT_ADDRESS), FRAME_VALUES);
  return clock;
}

export function interrupts(clock: i64, frame: u32): i64 {
  const core = load<u32>(REG_CORE);
  const enable: u32 = load<u32>(frame, FRAME_VALUES) ? 1 : 0;
  store<u32>(frame, load<u32>(core, CORE_INTERRUPTS), FRAME_VALUES);
  store<u32>(core, enable, CORE_INTERRUPTS);
  return enable && load<i64>(core, CORE_PENDING) ? leaveDone(clock, frame, LEAVE_INTERRUPT) : clock;
}

export function setRoot(clock: i64, frame: u32): i64 {
  const space = load<u32>(frame, FRAME_VALUES + 8);
  // Identifiers that there are not keep nothing apart.
  const tag: u32 = space <= <u32>MOST_SPACE_ID ? (space << 1) | 1 : 1;
  switchRoot(load<u32>(REG_CORE), load<u32>(frame, FRAME_VALUES) & ~(FRAME_BYTES - 1), tag);
  return clock - load<i64>(REG_PAGE_ROOT_CLOCK);
}

export function forgetPage(clock: i64, frame: u32): i64 {
  invalidatePage(load<u32>(load<u32>(REG_CORE), CORE_ID), load<u32>(frame, FRAME_VALUES));
  return clock - load<i64>(REG_INVLPG_CLOCK);
}

export function flushPages(clock: i64, frame: u32): i64 {
  flushTlb(load<u32>(load<u32>(REG_CORE), CORE_ID), max(load<i32>(frame, FRAME_VALUES), -2));
  return clock - load<i64>(REG_TLB_FLUSH_CLOCK);
}
