// Prefetching: lines that are under way into the private caches before they are asked for. A later access waits for the rest. What does not fit into
// the slots is not prefetched, as in hardware without a free miss register.
//
// The stream prefetcher watches lines that no private cache had. Three that follow one another are a stream: from then on each that carries it on brings
// the next PREFETCH_DISTANCE lines, inside the page. Several streams are followed at once, so that a loop may read several arrays.
import {
  CORE_PREFETCHED,
  CORE_PREFETCHES,
  CORE_PREFETCHES_ISSUED,
  CORE_STREAMS,
  FRAME_BYTES,
  PREFETCH_SLOTS,
  STREAM_BYTES,
} from '../state/layout';
import { REQUEST_GET_S } from '../state/coherence-layout';
import { LINE_SHIFT, OLDER_STREAMS, PREFETCH_DISTANCE } from './constants';
import { holds, install, request, ticksBetween, ticksAt } from './caches';
import { referenceTicks } from './clock';
import { resumeAccess, suspendAccess } from './observe';

/** In a stream, beside its last miss: the line behind what has been fetched, and misses in a row, less one. */
const STREAM_END: usize = 4;
const STREAM_LENGTH: usize = 8;
/** Misses in a row, less one, that make a stream. */
const TRAINING: u32 = 2;

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
  store<f64>(free, now + <f64>referenceTicks(wait), 8);
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

/**
 * A line that no private cache had has been brought in. It carries a stream on when it is behind the last miss of that, up to right behind what has been
 * fetched: lines between are some that have been lost since. Else it begins one, in the place of that which has not gone on for the longest time.
 */
export function prefetchStream(core: u32, line: u32, at: i64): void {
  const lineBytes: u32 = 1 << LINE_SHIFT;
  const streams = load<u32>(core + CORE_STREAMS);
  const oldest = streams + OLDER_STREAMS;
  let stream = streams;
  let length: u32 = 0;
  for (; ; stream += STREAM_BYTES) {
    const last = load<u32>(stream);
    if (line - last - 1 < load<u32>(stream, STREAM_END) - last) {
      length = load<u32>(stream, STREAM_LENGTH) + 1;
      break;
    }
    if (stream == oldest) break;
  }
  for (let at = stream; at > streams; at -= 4) store<u32>(at + STREAM_BYTES - 4, load<u32>(at - 4));
  let end = line + lineBytes;
  if (length >= TRAINING) end = min((line & ~(FRAME_BYTES - 1)) + FRAME_BYTES, end + lineBytes * PREFETCH_DISTANCE);
  store<u32>(streams, line);
  store<u32>(streams, end, STREAM_END);
  store<u32>(streams, length, STREAM_LENGTH);
  for (let next = line + lineBytes; next < end; next += lineBytes) prefetchLine(core, next, at);
}
