// Parked cores: they poll, so nothing is executed for them until a line that they read is lost, an interrupt arrives, or somebody looks.
//
// Then such a core is brought to where it would be. It would have had its turn in every window: in the running one too, if that comes before the
// running core's. So it stands where it yielded at the end of a window that is known, and because its rounds take the same time and touch
// nothing that others have, whole rounds are added to its time and counts, and the rest of a round, up to that window's end, is executed here, while the
// running core waits. That happens before the line is lost and before anybody has written it, and takes no transaction.
//
// While one core alone is not parked, its window stands for many windows of the usual length (ALONE_UNPARKED). What happens in it belongs to the
// one of these in which it was begun (REG_BEGUN): nothing that others can see is begun by a core whose window is over. When a core is released or an event is
// scheduled, the window ends with that one.
import {
  CLOCK_SHIFT,
  CORES,
  CORE_ACCESSES,
  CORE_COUNTS,
  CORE_INSTRUCTIONS,
  CORE_PARKED,
  CORE_RUNNABLE,
  CORE_STATE,
  CORE_STRIDE,
  CORE_TIME,
  LEAVE_WINDOW,
  REG_ALONE,
  REG_CAUSE,
  REG_CORE,
  REG_CORE_COUNT,
  REG_CUT,
  REG_TIME_END,
  REG_WINDOW_END,
} from '../state/layout';
import { STATE_I } from '../state/coherence-layout';
import {
  ALONE_UNPARKED,
  CORE_EFFECTS,
  CORE_PARK_ACCESSES,
  CORE_PARK_END,
  CORE_PARK_INSTRUCTIONS,
  CORE_PARK_TICKS,
  CORE_PAUSES,
  CORE_POLL_LINES,
  CORE_POLL_LINE_COUNT,
  CORE_WATCHED,
  CUT_RELEASED,
  REG_BYTES,
  REG_FIRST,
  REG_PARKED,
  REG_PARKING,
  REG_ROTATION,
  REG_SAVED,
  REG_TURN,
  REG_WINDOW_START,
  REG_WINDOW_TICKS,
} from '../state/parking-layout';
import * as caches from './caches';
import { begunWindow } from './clock';
import { runAside } from './dispatch';
import { forgetPolling, resumePolling } from './polling';
import { isBefore } from './turns';

/** A parked core (by number) goes on from its CORE_TIME. */
@external("host", "unparked")
declare function unparkedInHost(core: u32): void;

/** End of the last window in which a parked core would have had its turn by now. */
function lastTurn(core: u32): i64 {
  let end = load<i64>(REG_WINDOW_END);
  if (load<u32>(REG_TURN)) {
    const ticks = load<i64>(REG_WINDOW_TICKS);
    let start = load<i64>(REG_WINDOW_START);
    let rotation = load<u32>(REG_ROTATION);
    if (load<u32>(REG_ALONE) == ALONE_UNPARKED) {
      const window = begunWindow();
      rotation += <u32>window;
      start += window * ticks;
      end = min(end, start + ticks);
    }
    if (!isBefore(core, load<u32>(REG_CORE), rotation)) end = start;
  }
  return max(end, load<i64>(core, CORE_PARK_END));
}

/** Adds whole rounds to a parked core, as many as it has finished by `end`; returns how many. */
function addRounds(core: u32, end: i64): i64 {
  const time = load<i64>(core, CORE_TIME);
  if (end <= time) return 0;
  const ticks = load<i64>(core, CORE_PARK_TICKS);
  const rounds = (end - time) / ticks;
  store<i64>(core, time + rounds * ticks, CORE_TIME);
  const instructions = load<i64>(core, CORE_INSTRUCTIONS) + rounds * load<i64>(core, CORE_PARK_INSTRUCTIONS);
  store<i64>(core, instructions, CORE_INSTRUCTIONS);
  const accesses = load<i64>(core, CORE_ACCESSES) + rounds * load<i64>(core, CORE_PARK_ACCESSES);
  store<i64>(core, accesses, CORE_ACCESSES);
  return rounds;
}

/** A core (by its record) takes turns again. Whoever is running goes on as if nothing had happened. */
function unpark(core: u32): void {
  const end = lastTurn(core);
  const rounds = addRounds(core, end);
  memory.copy(REG_SAVED, REG_FIRST, REG_BYTES);
  store<i32>(REG_CAUSE, LEAVE_WINDOW);
  store<i64>(REG_WINDOW_END, end);
  store<i64>(REG_TIME_END, end);
  store<i32>(core, CORE_RUNNABLE, CORE_STATE);
  store<u32>(core, u32.MAX_VALUE, CORE_PAUSES);
  const ticks = end - load<i64>(core, CORE_TIME);
  runAside(core, (ticks << CLOCK_SHIFT) + load<i64>(core, CORE_COUNTS));
  memory.copy(REG_FIRST, REG_SAVED, REG_BYTES);
  store<u32>(REG_PARKED, load<u32>(REG_PARKED) - 1);
  if (load<u32>(REG_TURN) && load<u32>(REG_ALONE) == ALONE_UNPARKED) {
    store<u32>(REG_CUT, load<u32>(REG_CUT) | CUT_RELEASED);
  }
  resumePolling(core, rounds);
  unparkedInHost((core - CORES) / CORE_STRIDE);
}

/** Whatever a core (by number) is said to be doing by itself, it does itself from now on. */
export function release(coreNumber: u32): void {
  const core = CORES + coreNumber * CORE_STRIDE;
  if (load<i32>(core, CORE_STATE) == CORE_PARKED) unpark(core);
  else if (load<i32>(core, CORE_STATE) == CORE_WATCHED) {
    store<u32>(core, 1, CORE_EFFECTS);
    store<i32>(core, CORE_RUNNABLE, CORE_STATE);
  }
}

/** No core is parked any more, nor is anything known of how cores poll. */
export function releaseAll(): void {
  if (load<u32>(REG_PARKING) == 0) return;
  const count = load<u32>(REG_CORE_COUNT);
  for (let number: u32 = 0; number < count; number++) {
    release(number);
    if (!load<u32>(REG_TURN)) forgetPolling(CORES + number * CORE_STRIDE);
  }
}

function polls(core: u32, line: u32): bool {
  const count = load<u32>(core, CORE_POLL_LINE_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(core + (i << 2), CORE_POLL_LINES) == line) return true;
  }
  return false;
}

/** Releases the cores that poll a line (by number), which is about to be written past the caches. */
export function releaseLine(line: u32): void {
  const count = load<u32>(REG_CORE_COUNT);
  for (let number: u32 = 0; number < count; number++) {
    const core = CORES + number * CORE_STRIDE;
    if (load<i32>(core, CORE_STATE) == CORE_PARKED && polls(core, line)) unpark(core);
  }
}

/** Takes a core's line (both by number) down to a state, for the sake of another cache. */
export function setLineState(coreNumber: u32, line: u32, state: u32): void {
  if (load<u32>(REG_PARKED) && state == STATE_I) {
    const core = CORES + coreNumber * CORE_STRIDE;
    if (load<i32>(core, CORE_STATE) == CORE_PARKED && polls(core, line)) unpark(core);
  }
  caches.setLineState(coreNumber, line, state);
}
