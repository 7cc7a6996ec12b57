// From packed clocks to time and back. A core of another speed than the reference clock's counts ticks of its own length: its budget
// in a window is scaled, so that generated code knows nothing of it.
import {
  CLOCK_SHIFT,
  REG_CLOCK,
  REG_CUT,
  REG_TICK_LENGTH,
  REG_TICK_RATE,
  REG_TIME_END,
  REG_UNTIL,
  REG_WINDOW_END,
} from '../state/layout';

/** Absolute time, in ticks of the reference clock, at a clock of the running core. */
@inline
export function timeAt(clock: i64): i64 {
  return load<i64>(REG_TIME_END) - (((clock >> CLOCK_SHIFT) * load<i64>(REG_TICK_LENGTH)) >> 16);
}

/** The clock after something that takes `ticks` of the reference clock, as what lies beyond the private caches does. */
@inline
export function spend(clock: i64, ticks: i64): i64 {
  return clock - (((ticks * load<i64>(REG_TICK_RATE)) >> 16) << CLOCK_SHIFT);
}

/**
 * To be called after everything that may have scheduled an event: where the running core is the only one that is runnable its window, which is
 * long then, ends at the event.
 */
@inline
export function cutWindow(clock: i64): i64 {
  return load<u32>(REG_CUT) ? shorten(clock) : clock;
}

function shorten(clock: i64): i64 {
  store<u32>(REG_CUT, 0);
  const now = timeAt(clock);
  const until = max(load<i64>(REG_UNTIL), now);
  if (until >= load<i64>(REG_WINDOW_END)) return clock;
  clock = spend(clock, load<i64>(REG_WINDOW_END) - until);
  store<i64>(REG_WINDOW_END, until);
  // The time does not change by this, however ticks are rounded.
  store<i64>(REG_TIME_END, now + (((clock >> CLOCK_SHIFT) * load<i64>(REG_TICK_LENGTH)) >> 16));
  return clock;
}

/** `cutWindow` for built-in functions, whose clock is in REG_CLOCK. */
export function cutRunningWindow(): void {
  store<i64>(REG_CLOCK, cutWindow(load<i64>(REG_CLOCK)));
}
