// memory.copy and memory.fill: line by line through the caches, stopping where the window ends, the clock says so or a page is missing, and going on
// from the frame in which they keep what is left to do. So do line_zero and monitor, which are over with one line.
//
// A frame of theirs: FRAME_POINT the kind, then destination, source (or fill byte), count as three i32.
import {
  ACCESS_KERNEL,
  ACCESS_WRITE,
  BULK_COPY,
  BULK_FILL,
  BULK_KERNEL,
  BULK_LINE_ZERO,
  BULK_MONITOR,
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
  REG_CORE,
  REG_FAULT_ADDRESS,
  REG_HOST_ADDRESS,
  REG_TOP,
} from '../state/layout';
import { CORE_EFFECTS, REG_BEGUN } from '../state/parking-layout';
import { LINE_MASK } from './constants';
import { LEFT64, leave, leaveAtRandom, touchLine } from './access';
import { cutWindow } from './clock';
import { copyBytes, fillBytes } from './line-bytes';
import { armMonitor, prefetchAddress, zeroLine } from './lines';

/** Begins an operation at a frame; `kind` is BULK_*. */
export function startBulk(kind: i32, destination: i32, source: i32, count: i32, clock: i64, frame: u32): i64 {
  store<i32>(frame + FRAME_CODE, CODE_BULK);
  store<i32>(frame + FRAME_POINT, kind);
  store<i32>(frame + FRAME_VALUES, destination);
  store<i32>(frame + FRAME_VALUES + 4, source);
  store<i32>(frame + FRAME_VALUES + 8, count);
  const limit = (<u64>load<u32>(load<u32>(REG_CORE) + CORE_PAGES)) << PAGE_SHIFT;
  // The whole range is checked before the first byte moves.
  if (<u64>(<u32>destination) + <u64>(<u32>count) > limit) return outside(frame, clock, <u32>destination);
  if ((kind & ~BULK_KERNEL) == BULK_COPY && <u64>(<u32>source) + <u64>(<u32>count) > limit)
    return outside(frame, clock, <u32>source);
  return resumeBulk(clock, frame);
}

export function bulkCopy(destination: i32, source: i32, count: i32, clock: i64, frame: u32): i64 {
  return startBulk(BULK_COPY, destination, source, count, clock, frame);
}

export function bulkFill(destination: i32, value: i32, count: i32, clock: i64, frame: u32): i64 {
  return startBulk(BULK_FILL, destination, value, count, clock, frame);
}

/** The same for privileged code. */
export function kernelCopy(destination: i32, source: i32, count: i32, clock: i64, frame: u32): i64 {
  return startBulk(BULK_COPY | BULK_KERNEL, destination, source, count, clock, frame);
}

/** line_zero, monitor and prefetch: the address is in the frame, as for all native intrinsics. */
export function lineZero(clock: i64, frame: u32): i64 {
  return startBulk(BULK_LINE_ZERO, load<i32>(frame + FRAME_VALUES) & ~LINE_MASK, 0, 1, clock, frame);
}

export function kernelLineZero(clock: i64, frame: u32): i64 {
  return startBulk(BULK_LINE_ZERO | BULK_KERNEL, load<i32>(frame + FRAME_VALUES) & ~LINE_MASK, 0, 1, clock, frame);
}

export function monitor(clock: i64, frame: u32): i64 {
  return startBulk(BULK_MONITOR, load<i32>(frame + FRAME_VALUES), 0, 1, clock, frame);
}

export function kernelMonitor(clock: i64, frame: u32): i64 {
  return startBulk(BULK_MONITOR | BULK_KERNEL, load<i32>(frame + FRAME_VALUES), 0, 1, clock, frame);
}

export function prefetch(clock: i64, frame: u32): i64 {
  return beginPrefetch(false, clock, frame);
}

export function kernelPrefetch(clock: i64, frame: u32): i64 {
  return beginPrefetch(true, clock, frame);
}

function beginPrefetch(kernel: bool, clock: i64, frame: u32): i64 {
  if (clock < 0) return suspend(frame, leave(LEAVE_WINDOW, clock));
  const core = load<u32>(REG_CORE);
  store<u32>(core + CORE_EFFECTS, 1);
  store<i64>(REG_BEGUN, clock);
  return cutWindow(prefetchAddress(core, load<u32>(frame + FRAME_VALUES), kernel, clock));
}

export function kernelFill(destination: i32, value: i32, count: i32, clock: i64, frame: u32): i64 {
  return startBulk(BULK_FILL | BULK_KERNEL, destination, value, count, clock, frame);
}

function outside(frame: u32, clock: i64, address: u32): i64 {
  store<u64>(REG_FAULT_ADDRESS, address);
  return suspend(frame, leave(CAUSE_MEMORY_BOUNDS, clock));
}

/** The operation's frame is where the context goes on. */
function suspend(frame: u32, answer: i64): i64 {
  store<u32>(REG_TOP, frame);
  return answer;
}

/** Goes on with the operation of a frame. */
export function resumeBulk(clock: i64, frame: u32): i64 {
  const core = load<u32>(REG_CORE);
  const point = load<i32>(frame + FRAME_POINT);
  const kind = point & ~BULK_KERNEL;
  const privilege: u32 = point & BULK_KERNEL ? ACCESS_KERNEL : 0;
  const lineBytes: u32 = LINE_MASK + 1;
  for (;;) {
    const destination = load<u32>(frame + FRAME_VALUES);
    const source = load<u32>(frame + FRAME_VALUES + 4);
    const count = load<u32>(frame + FRAME_VALUES + 8);
    if (count == 0) return clock;
    if (clock < 0) return suspend(frame, leave(LEAVE_WINDOW, clock));
    if (leaveAtRandom()) return suspend(frame, leave(LEAVE_AGAIN, clock));
    store<i64>(REG_BEGUN, clock);
    if (kind >= BULK_LINE_ZERO) {
      clock =
        kind == BULK_MONITOR
          ? armMonitor(privilege, core, destination, clock)
          : zeroLine(privilege, core, destination, clock);
      return clock == LEFT64 ? suspend(frame, LEFT64) : clock;
    }
    // Overlapping ranges are copied from the end when the destination lies behind the source.
    const backwards = kind == BULK_COPY && destination > source;
    const chunk = backwards
      ? min(count, min(((destination + count - 1) & (lineBytes - 1)) + 1, ((source + count - 1) & (lineBytes - 1)) + 1))
      : min(
          count,
          min(
            lineBytes - (destination & (lineBytes - 1)),
            kind == BULK_COPY ? lineBytes - (source & (lineBytes - 1)) : lineBytes,
          ),
        );
    const skip = backwards ? count - chunk : 0;
    let from = source + skip;
    if (kind == BULK_COPY) {
      clock = touchLine(privilege, core, source + skip, clock);
      if (clock == LEFT64) return suspend(frame, LEFT64);
      from = load<u32>(REG_HOST_ADDRESS);
    }
    clock = touchLine(privilege | ACCESS_WRITE, core, destination + skip, clock);
    if (clock == LEFT64) return suspend(frame, LEFT64);
    const to = load<u32>(REG_HOST_ADDRESS);
    if (kind == BULK_FILL) fillBytes(to, <u8>source, chunk);
    else copyBytes(to, from, chunk);
    // Eight bytes a cycle: one tick a byte.
    clock -= (<i64>chunk) << CLOCK_SHIFT;
    if (!backwards) {
      store<u32>(frame + FRAME_VALUES, destination + chunk);
      if (kind != BULK_FILL) store<u32>(frame + FRAME_VALUES + 4, source + chunk);
    }
    store<u32>(frame + FRAME_VALUES + 8, count - chunk);
  }
  return LEFT64;
}
