// Prefetching: lines that are under way into the private caches before they are asked for. A later access waits for the rest. What does not fit into
// the slots is not prefetched, as in hardware without a free miss register.
//
// The stream prefetcher watches lines that no private cache had: after two in a row, upwards, it runs REG_PREFETCH_DISTANCE lines ahead, inside the page.
import {
  CORE_PREFETCHED,
  CORE_PREFETCHES,
  CORE_PREFETCHES_ISSUED,
  CORE_STREAM_LENGTH,
  CORE_STREAM_LINE,
  FRAME_BYTES,
  PREFETCH_SLOTS,
  REQUEST_GET_S,
} from '../state/layout';
import { LINE_SHIFT, PREFETCH_DISTANCE } from './constants';
import { holds, install, request, ticksBetween, ticksAt } from './caches';
import { resumeAccess, suspendAccess } from './observe';

/** Fetches a line for reading, unless it is there or there is no slot. */
export function prefetchLine(core: u32, line: u32, at: i64): void {
  if (holds(core, line)) return;
  const slots = load<u32>(core + CORE_PREFETCHED);
  const now = ticksAt(at);
  let free: u32 = 0;
  for (let slot = slots; slot < slots + 16 * PREFETCH_SLOTS; slot += 16) {
    // Line numbers are stored plus one: 0 is no line. This one was under way before, and has been lost since.
    if (load<u32>(slot) == line + 1) {
      free = slot;
      break;
    }
    if (load<f64>(slot, 8) <= now) free = slot;
  }
  if (free == 0) return;
  const access = suspendAccess();
  const wait = request(core, line, REQUEST_GET_S, at);
  install(core, line, at);
  resumeAccess(access);
  if (load<u32>(free) == 0) store<u32>(core + CORE_PREFETCHES, load<u32>(core + CORE_PREFETCHES) + 1);
  store<u32>(free, line + 1);
  store<f64>(free, now + <f64>wait, 8);
  store<i64>(core + CORE_PREFETCHES_ISSUED, load<i64>(core + CORE_PREFETCHES_ISSUED) + 1);
}

/** Ticks until a line that the caches have has really arrived; it is no longer watched. */
export function afterPrefetch(core: u32, line: u32, at: i64): i64 {
  const slots = load<u32>(core + CORE_PREFETCHED);
  for (let slot = slots; slot < slots + 16 * PREFETCH_SLOTS; slot += 16) {
    if (load<u32>(slot) != line + 1) continue;
    store<u32>(slot, 0);
    store<u32>(core + CORE_PREFETCHES, load<u32>(core + CORE_PREFETCHES) - 1);
    const now = ticksAt(at);
    const arrival = load<f64>(slot, 8);
    store<f64>(slot, 0, 8);
    return arrival > now ? ticksBetween(now, arrival) : 0;
  }
  return 0;
}

/** A line that no private cache had has been brought in. */
export function prefetchStream(core: u32, line: u32, at: i64): void {
  const lineBytes: u32 = 1 << LINE_SHIFT;
  const last = load<u32>(core + CORE_STREAM_LINE);
  store<u32>(core + CORE_STREAM_LINE, line);
  if (line - last > lineBytes * PREFETCH_DISTANCE) {
    store<u32>(core + CORE_STREAM_LENGTH, 0);
    return;
  }
  const length = load<u32>(core + CORE_STREAM_LENGTH) + 1;
  store<u32>(core + CORE_STREAM_LENGTH, length);
  if (length < 2) return;
  const end = min((line & ~(FRAME_BYTES - 1)) + FRAME_BYTES, line + lineBytes * (PREFETCH_DISTANCE + 1));
  for (let next = line + lineBytes; next < end; next += lineBytes) prefetchLine(core, next, at);
}
