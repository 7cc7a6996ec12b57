// Finding cores that do nothing but poll: whose loop, from one `pause` to another, changes nothing but time and counts.
//
// A pause that is looked at leaves, so that everything that the loop knows is in frames. Two such states are compared: the frames, and the core's
// record, in which every miss, stall, translation and interrupt leaves a trace. When a later state is the same as an earlier one, the core is watched for
// one more round (CORE_WATCHED): its access filters are emptied, so that each line it uses shows up here; stores, built-in functions that do anything, and
// code that uses mutable globals are effects. When nothing has happened in that round, and it ends in the same state, all rounds are like it until a line
// that it read is lost or an interrupt arrives. Then the core is parked: see parking.ts.
//
// None of this takes time on the emulated machine.
import {
  CLOCK_SHIFT,
  CORE_CONTEXT,
  CORE_FAULT_ADDRESS,
  CORE_ID,
  CORE_ACCESSES,
  CORE_INSTRUCTIONS,
  CORE_INTERRUPTS,
  CORE_PARKED,
  CORE_PREFETCHES,
  CORE_RUNNABLE,
  CORE_STACK_END,
  CORE_STATE,
  CORE_TLB_HINTS,
  CONTEXT_BASE,
  COUNT_MASK,
  FRAME_CODE,
  FRAME_OF_BUILTIN,
  FRAME_POINT,
  INSTRUCTIONS_SHIFT,
  LEAVE_AGAIN,
  REG_CLOCK,
  REG_SPEEDS,
  REG_TOP,
  REG_WINDOW_END,
} from '../state/layout';
import {
  CORE_EFFECTS,
  CORE_PARK_ACCESSES,
  CORE_PARK_END,
  CORE_PARK_INSTRUCTIONS,
  CORE_PARK_TICKS,
  CORE_PAUSES,
  CORE_POLL_ACCESSES,
  CORE_POLL_AREA,
  CORE_POLL_INSTRUCTIONS,
  CORE_POLL_LEFT,
  CORE_POLL_LINES,
  CORE_POLL_LINE_COUNT,
  CORE_POLL_PATIENCE,
  CORE_POLL_PHASE,
  CORE_POLL_ROUND,
  CORE_POLL_TIME,
  CORE_POLL_TOP,
  CORE_WATCHED,
  FRAME_EXAMINED,
  FRAME_SETTLED,
  LEAVE_PARK,
  LEAVE_WATCH,
  MOST_POLLED_LINES,
  POLL_COMPARING,
  POLL_FRAME_BYTES,
  POLL_NOT,
  POLL_RECORDED,
  POLL_RECORDING,
  REG_PARKED,
  REG_PARKING,
  REG_PARKINGS,
} from '../state/parking-layout';
import { findL1, l1Set } from './caches';
import { timeAt } from './clock';
import { LINE_SHIFT } from './constants';
import { frameInfo } from './frames';
import { forgetAllLines } from './mmu';

/** Pauses before a core is looked at: at first, and at most. */
const FIRST_PATIENCE: u32 = 4;
const MOST_PATIENCE: u32 = 4096;
/** Pauses of a round, at most. */
const MOST_ROUND: u32 = 16;
/** Rounds that a core must have been parked for to be worth it. */
const WORTHWHILE: i64 = 64;

// What is compared of a core's record, apart from times, counts and the fields of polling itself.
const FIRST_PART: u32 = CORE_STACK_END;
const FIRST_BYTES: u32 = CORE_INSTRUCTIONS - FIRST_PART;
const SECOND_PART: u32 = CORE_FAULT_ADDRESS;
const SECOND_BYTES: u32 = CORE_PAUSES - SECOND_PART;
const THIRD_PART: u32 = CORE_INTERRUPTS;
const THIRD_BYTES: u32 = CORE_TLB_HINTS - THIRD_PART;

/** Whether what goes on at a point of code is settled while the function does not return; notes in the table of frames whether it is FRAME_SETTLED. */
@external("host", "examine")
declare function examineInHost(code: u32, point: u32): bool;

/** A core (by number) has been parked, at its CORE_TIME. */
@external("host", "parked")
declare function parkedInHost(core: u32): void;

function isEqual(a: u32, b: u32, bytes: u32): bool {
  for (let at: u32 = 0; at < bytes; at += 8) {
    if (load<u64>(a + at) != load<u64>(b + at)) return false;
  }
  return true;
}

/** Where the frames of the running context begin. */
function firstFrame(core: u32): u32 {
  return load<u32>(load<u32>(core, CORE_CONTEXT), CONTEXT_BASE);
}

/** The state of the running core, with `frame` on top, is what later ones are compared with. */
function remember(core: u32, frame: u32): void {
  let area = load<u32>(core, CORE_POLL_AREA);
  const first = firstFrame(core);
  memory.copy(area, first, frame - first);
  area += POLL_FRAME_BYTES;
  memory.copy(area, core + FIRST_PART, FIRST_BYTES);
  memory.copy(area + FIRST_BYTES, core + SECOND_PART, SECOND_BYTES);
  memory.copy(area + FIRST_BYTES + SECOND_BYTES, core + THIRD_PART, THIRD_BYTES);
  store<u32>(core, frame, CORE_POLL_TOP);
  const clock = load<i64>(REG_CLOCK);
  store<i64>(core, timeAt(clock), CORE_POLL_TIME);
  store<i64>(core, instructions(core, clock), CORE_POLL_INSTRUCTIONS);
  store<i64>(core, accesses(core, clock), CORE_POLL_ACCESSES);
}

function instructions(core: u32, clock: i64): i64 {
  const counted = (clock & (((<i64>1) << CLOCK_SHIFT) - 1)) >> INSTRUCTIONS_SHIFT;
  return load<i64>(core, CORE_INSTRUCTIONS) + counted;
}

function accesses(core: u32, clock: i64): i64 {
  return load<i64>(core, CORE_ACCESSES) + (clock & COUNT_MASK);
}

function hasSameFrames(core: u32, frame: u32): bool {
  if (load<u32>(core, CORE_POLL_TOP) != frame) return false;
  const first = firstFrame(core);
  return isEqual(load<u32>(core, CORE_POLL_AREA), first, frame - first);
}

function hasSameRecord(core: u32): bool {
  const area = load<u32>(core, CORE_POLL_AREA) + POLL_FRAME_BYTES;
  return (
    isEqual(area, core + FIRST_PART, FIRST_BYTES) &&
    isEqual(area + FIRST_BYTES, core + SECOND_PART, SECOND_BYTES) &&
    isEqual(area + FIRST_BYTES + SECOND_BYTES, core + THIRD_PART, THIRD_BYTES)
  );
}

/** A pause of the running core is looked at: LEAVE_AGAIN to go on, LEAVE_WATCH to go on under watch, or LEAVE_PARK. */
export function lookAtPause(core: u32, frame: u32): i32 {
  store<u32>(REG_TOP, frame);
  const phase = load<u32>(core, CORE_POLL_PHASE);
  if (phase == POLL_RECORDED) return endOfRound(core, frame);
  // A core of another speed rounds its time in every window, so that its rounds are not of one length.
  if (load<u32>(REG_PARKING) == 0 || load<u32>(REG_SPEEDS)) return LEAVE_AGAIN;
  // All frames are compared: a round may return to any of them.
  if (frame - firstFrame(core) > <u32>POLL_FRAME_BYTES) {
    giveUp(core);
    return LEAVE_AGAIN;
  }
  if (phase == POLL_NOT) {
    store<u32>(core, POLL_COMPARING, CORE_POLL_PHASE);
    store<u32>(core, MOST_ROUND, CORE_POLL_LEFT);
    store<u32>(core, 0, CORE_POLL_ROUND);
    remember(core, frame);
    store<u32>(core, 1, CORE_PAUSES);
    return LEAVE_AGAIN;
  }
  const left = load<u32>(core, CORE_POLL_LEFT) - 1;
  const round = load<u32>(core, CORE_POLL_ROUND) + 1;
  store<u32>(core, left, CORE_POLL_LEFT);
  store<u32>(core, round, CORE_POLL_ROUND);
  store<u32>(core, 1, CORE_PAUSES);
  if (hasSameFrames(core, frame)) {
    if (hasSameRecord(core)) return watch(core, frame, round);
    // It has missed, or the like: from now on, perhaps, no more.
    store<u32>(core, 0, CORE_POLL_ROUND);
    remember(core, frame);
  }
  if (left == 0) giveUp(core);
  return LEAVE_AGAIN;
}

function watch(core: u32, frame: u32, round: u32): i32 {
  store<u32>(core, POLL_RECORDED, CORE_POLL_PHASE);
  store<u32>(core, round, CORE_POLL_LEFT);
  forgetAllLines(core);
  store<u32>(core, load<u32>(core, CORE_PREFETCHES) | POLL_RECORDING, CORE_PREFETCHES);
  store<u32>(core, 0, CORE_EFFECTS);
  store<u32>(core, 0, CORE_POLL_LINE_COUNT);
  store<i32>(core, CORE_WATCHED, CORE_STATE);
  remember(core, frame);
  return LEAVE_WATCH;
}

/** A pause of a core that is watched, maybe the last one of the round. */
function endOfRound(core: u32, frame: u32): i32 {
  const left = load<u32>(core, CORE_POLL_LEFT) - 1;
  store<u32>(core, left, CORE_POLL_LEFT);
  if (left && !load<u32>(core, CORE_EFFECTS)) {
    store<u32>(core, 1, CORE_PAUSES);
    return LEAVE_AGAIN;
  }
  const clock = load<i64>(REG_CLOCK);
  const ticks = timeAt(clock) - load<i64>(core, CORE_POLL_TIME);
  const isRound =
    !load<u32>(core, CORE_EFFECTS) &&
    ticks > 0 &&
    hasSameFrames(core, frame) &&
    hasSameRecord(core) &&
    hasPolledLines(core);
  stopWatching(core);
  if (!isRound) {
    giveUp(core);
    return LEAVE_AGAIN;
  }
  store<i64>(core, ticks, CORE_PARK_TICKS);
  store<i64>(core, instructions(core, clock) - load<i64>(core, CORE_POLL_INSTRUCTIONS), CORE_PARK_INSTRUCTIONS);
  store<i64>(core, accesses(core, clock) - load<i64>(core, CORE_POLL_ACCESSES), CORE_PARK_ACCESSES);
  return LEAVE_PARK;
}

/** Whether the L1 still has the lines that the round has read: one may have been lost since. */
function hasPolledLines(core: u32): bool {
  const count = load<u32>(core, CORE_POLL_LINE_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const line = load<u32>(core + (i << 2), CORE_POLL_LINES) << LINE_SHIFT;
    if (findL1(l1Set(core, line), line) == 0) return false;
  }
  return true;
}

function stopWatching(core: u32): void {
  store<u32>(core, load<u32>(core, CORE_PREFETCHES) & ~POLL_RECORDING, CORE_PREFETCHES);
  store<u32>(core, POLL_NOT, CORE_POLL_PHASE);
  if (load<i32>(core, CORE_STATE) == CORE_WATCHED) store<i32>(core, CORE_RUNNABLE, CORE_STATE);
}

/** Whatever is known of how the core polls is forgotten. */
export function forgetPolling(core: u32): void {
  stopWatching(core);
  store<u32>(core, max(load<u32>(core, CORE_POLL_PATIENCE), FIRST_PATIENCE), CORE_PAUSES);
}

/** The core does not poll, as far as can be seen: the next look comes later. */
function giveUp(core: u32): void {
  store<u32>(core, POLL_NOT, CORE_POLL_PHASE);
  wait(core, max(2 * load<u32>(core, CORE_POLL_PATIENCE), FIRST_PATIENCE));
}

function wait(core: u32, pauses: u32): void {
  pauses = min(pauses, MOST_PATIENCE);
  store<u32>(core, pauses, CORE_POLL_PATIENCE);
  store<u32>(core, pauses, CORE_PAUSES);
}

/** A core that was parked for `rounds` rounds goes on. */
export function resumePolling(core: u32, rounds: i64): void {
  wait(core, rounds < WORTHWHILE ? max(2 * load<u32>(core, CORE_POLL_PATIENCE), FIRST_PATIENCE) : FIRST_PATIENCE);
}

/** The running core, whose record is complete, takes no more turns. */
export function park(core: u32): void {
  store<i32>(core, CORE_PARKED, CORE_STATE);
  store<i64>(core, load<i64>(REG_WINDOW_END), CORE_PARK_END);
  store<u32>(REG_PARKED, load<u32>(REG_PARKED) + 1);
  store<i64>(REG_PARKINGS, load<i64>(REG_PARKINGS) + 1);
  parkedInHost(load<u32>(core, CORE_ID));
}

/** A watched core accesses a line of its L1's (by its physical address). */
export function notePolled(core: u32, line: u32, write: bool): void {
  const number = line >>> LINE_SHIFT;
  const count = load<u32>(core, CORE_POLL_LINE_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    if (!write && load<u32>(core + (i << 2), CORE_POLL_LINES) == number) return;
  }
  if (write || count == MOST_POLLED_LINES) {
    store<u32>(core, 1, CORE_EFFECTS);
    return;
  }
  store<u32>(core + (count << 2), number, CORE_POLL_LINES);
  store<u32>(core, count + 1, CORE_POLL_LINE_COUNT);
}

/** A core that may be watched goes on with a frame, since the function of the frame above it is done. */
export function noteCode(core: u32, frame: u32, done: u32): void {
  if (!(load<u32>(core, CORE_PREFETCHES) & POLL_RECORDING)) return;
  if (!isSettled(done) || !(isSettled(frame) || goesOnSettled(frame))) store<u32>(core, 1, CORE_EFFECTS);
}

/** Whether all of a frame's function is settled. Built-in functions that do anything say so themselves. */
function isSettled(frame: u32): bool {
  if (!(frameInfo(frame) & (FRAME_OF_BUILTIN | FRAME_EXAMINED))) goesOnSettled(frame);
  return (frameInfo(frame) & (FRAME_OF_BUILTIN | FRAME_SETTLED)) != 0;
}

function goesOnSettled(frame: u32): bool {
  return examineInHost(load<u32>(frame, FRAME_CODE), load<u32>(frame, FRAME_POINT));
}
