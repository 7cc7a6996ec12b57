// memory.copy and memory.fill: line by line through the L1, stopping where the window ends or the clock says so, and going on
// from the frame in which they keep what is left to do.
//
// A frame of theirs: FRAME_POINT the kind, then destination, source (or fill byte), count as three i32.
import {
  CAUSE_MEMORY_BOUNDS,
  CLOCK_SHIFT,
  CODE_BULK,
  CORE_PAGES,
  FRAME_CODE,
  FRAME_POINT,
  FRAME_VALUES,
  LEAVE_AGAIN,
  LEAVE_WINDOW,
  PAGE_SHIFT,
  REG_CAUSE,
  REG_CLOCK,
  REG_CORE,
  REG_FAULT_ADDRESS,
  REG_LINE_MASK,
  REG_TOP,
} from '../state/layout';
import { LEFT64, leaveAtRandom, touchLine, translate } from './access';

const COPY: i32 = 0;
const FILL: i32 = 1;
// Like COPY, but the source is a host address: the bytes of a passive data segment.
const INIT: i32 = 2;

function start(kind: i32, destination: i32, source: i32, count: i32, clock: i64, frame: u32): i64 {
  store<i32>(frame + FRAME_CODE, CODE_BULK);
  store<i32>(frame + FRAME_POINT, kind);
  store<i32>(frame + FRAME_VALUES, destination);
  store<i32>(frame + FRAME_VALUES + 4, source);
  store<i32>(frame + FRAME_VALUES + 8, count);
  const limit = (<u64>load<u32>(load<u32>(REG_CORE) + CORE_PAGES)) << PAGE_SHIFT;
  // The whole range is checked before the first byte moves.
  if (<u64>(<u32>destination) + <u64>(<u32>count) > limit)
    return suspend(frame, clock, CAUSE_MEMORY_BOUNDS, <u32>destination);
  if (kind == COPY && <u64>(<u32>source) + <u64>(<u32>count) > limit)
    return suspend(frame, clock, CAUSE_MEMORY_BOUNDS, <u32>source);
  return resumeBulk(clock, frame);
}

export function bulkCopy(destination: i32, source: i32, count: i32, clock: i64, frame: u32): i64 {
  return start(COPY, destination, source, count, clock, frame);
}

export function bulkFill(destination: i32, value: i32, count: i32, clock: i64, frame: u32): i64 {
  return start(FILL, destination, value, count, clock, frame);
}

function suspend(frame: u32, clock: i64, cause: i32, address: u32): i64 {
  store<u64>(REG_FAULT_ADDRESS, address);
  store<i64>(REG_CLOCK, clock);
  store<u32>(REG_TOP, frame);
  store<i32>(REG_CAUSE, cause);
  return LEFT64;
}

/** Goes on with the operation of a frame. */
export function resumeBulk(clock: i64, frame: u32): i64 {
  const core = load<u32>(REG_CORE);
  const kind = load<i32>(frame + FRAME_POINT);
  const lineBytes: u32 = load<u32>(REG_LINE_MASK) + 1;
  for (;;) {
    const destination = load<u32>(frame + FRAME_VALUES);
    const source = load<u32>(frame + FRAME_VALUES + 4);
    const count = load<u32>(frame + FRAME_VALUES + 8);
    if (count == 0) return clock;
    if (clock < 0) return suspend(frame, clock, LEAVE_WINDOW, 0);
    if (leaveAtRandom()) return suspend(frame, clock, LEAVE_AGAIN, 0);
    // Overlapping ranges are copied from the end when the destination lies behind the source.
    const backwards = kind == COPY && destination > source;
    const chunk = backwards
      ? min(count, min(((destination + count - 1) & (lineBytes - 1)) + 1, ((source + count - 1) & (lineBytes - 1)) + 1))
      : min(
          count,
          min(
            lineBytes - (destination & (lineBytes - 1)),
            kind == COPY ? lineBytes - (source & (lineBytes - 1)) : lineBytes,
          ),
        );
    const skip = backwards ? count - chunk : 0;
    const to = translate(core, destination + skip);
    if (to == 0) return suspend(frame, clock, CAUSE_MEMORY_BOUNDS, destination + skip);
    if (kind == FILL) {
      memory.fill(to, <u8>source, chunk);
    } else {
      let from = source + skip;
      if (kind == COPY) {
        from = translate(core, source + skip);
        if (from == 0) return suspend(frame, clock, CAUSE_MEMORY_BOUNDS, source + skip);
        clock = touchLine(core, source + skip, from, false, clock);
      }
      memory.copy(to, from, chunk);
    }
    clock = touchLine(core, destination + skip, to, true, clock);
    // Eight bytes a cycle: one tick a byte.
    clock -= (<i64>chunk) << CLOCK_SHIFT;
    if (!backwards) {
      store<u32>(frame + FRAME_VALUES, destination + chunk);
      if (kind != FILL) store<u32>(frame + FRAME_VALUES + 4, source + chunk);
    }
    store<u32>(frame + FRAME_VALUES + 8, count - chunk);
  }
  return LEFT64;
}
