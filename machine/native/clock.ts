// From packed clocks to time and back. A core of another speed than the reference clock's counts ticks of its own length: its budget
// in a window is scaled, so that generated code knows nothing of it.
import {
  CLOCK_SHIFT,
  REG_ALONE,
  REG_CLOCK,
  REG_CUT,
  REG_TICK_LENGTH,
  REG_TICK_RATE,
  REG_TIME_END,
  REG_UNTIL,
  REG_WINDOW_END,
} from '../state/layout';
import { ALONE_UNPARKED, CUT_RELEASED, REG_BEGUN, REG_WINDOW_START, REG_WINDOW_TICKS } from '../state/parking-layout';

/** Ticks that a wait leaves a packed clock at least: behind the end of any window, and far from what the clock cannot hold. */
const LEAST_TICKS: i64 = -0x10_0000;
/** The most ticks that it holds. */
const MOST_TICKS: i64 = 0x7f_ffff;

/** Absolute time, in ticks of the reference clock, at a clock of the running core. */
@inline
export function timeAt(clock: i64): i64 {
  return load<i64>(REG_TIME_END) - referenceTicks(clock >> CLOCK_SHIFT);
}

/** Ticks of the reference clock that so many of the core's own take. */
@inline
export function referenceTicks(ticks: i64): i64 {
  return (ticks * load<i64>(REG_TICK_LENGTH)) >> 16;
}

/** The clock after a wait of so many of the core's own ticks, which may be more than it holds. */
@inline
export function waited(clock: i64, ticks: i64): i64 {
  return (clock >> CLOCK_SHIFT) - ticks < LEAST_TICKS ? waitedLong(clock, ticks) : clock - (ticks << CLOCK_SHIFT);
}

/** The time from which the clock is counted back moves on. */
function waitedLong(clock: i64, ticks: i64): i64 {
  const left = clock >> CLOCK_SHIFT;
  const taken = max(left - LEAST_TICKS, 0);
  const end = load<i64>(REG_TIME_END);
  const moved = end - referenceTicks(left - ticks) + referenceTicks(left - taken);
  store<i64>(REG_TIME_END, moved);
  // What has begun stays where it was, as far as that can be said.
  store<i64>(REG_BEGUN, min((load<i64>(REG_BEGUN) >> CLOCK_SHIFT) + moved - end, MOST_TICKS) << CLOCK_SHIFT);
  return clock - (taken << CLOCK_SHIFT);
}

/** The clock after something that takes `ticks` of the reference clock, as what lies beyond the private caches does. */
@inline
export function spend(clock: i64, ticks: i64): i64 {
  return clock - (((ticks * load<i64>(REG_TICK_RATE)) >> 16) << CLOCK_SHIFT);
}

/** In a window that stands for many of the usual length: the number, from 0, of that in which the running core began what others can see. */
export function begunWindow(): i64 {
  const ticks = min(timeAt(load<i64>(REG_BEGUN)), load<i64>(REG_WINDOW_END)) - load<i64>(REG_WINDOW_START);
  return ticks > 0 ? (ticks - 1) / load<i64>(REG_WINDOW_TICKS) : 0;
}

/** The end of that window. */
export function begunWindowEnd(): i64 {
  const end = load<i64>(REG_WINDOW_START) + (begunWindow() + 1) * load<i64>(REG_WINDOW_TICKS);
  return min(end, load<i64>(REG_WINDOW_END));
}

/**
 * To be called after everything that may have scheduled an event or released a parked core: where the running core is the only one its window,
 * which is long then, ends at the event, or with the window of the usual length in which that was.
 */
@inline
export function cutWindow(clock: i64): i64 {
  return load<u32>(REG_CUT) ? shorten(clock) : clock;
}

function shorten(clock: i64): i64 {
  const why = load<u32>(REG_CUT);
  store<u32>(REG_CUT, 0);
  const now = timeAt(clock);
  let until = load<i64>(REG_UNTIL);
  if (load<u32>(REG_ALONE) != ALONE_UNPARKED) until = max(until, now);
  else until = why & CUT_RELEASED ? begunWindowEnd() : max(until, begunWindowEnd());
  const left = load<i64>(REG_WINDOW_END) - until;
  if (left <= 0) return clock;
  clock = spend(clock, left);
  store<i64>(REG_BEGUN, spend(load<i64>(REG_BEGUN), left));
  store<i64>(REG_WINDOW_END, until);
  // The time does not change by this, however ticks are rounded.
  store<i64>(REG_TIME_END, now + referenceTicks(clock >> CLOCK_SHIFT));
  return clock;
}

/** `cutWindow` for built-in functions, whose clock is in REG_CLOCK. */
export function cutRunningWindow(): void {
  store<i64>(REG_CLOCK, cutWindow(load<i64>(REG_CLOCK)));
}
