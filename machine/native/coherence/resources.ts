// Things that serve one at a time: a direction of a link, a bus, a memory controller, a directory, the port of a shared cache. They are numbered
// through. Times are ticks since the beginning of the transaction in progress (origin.ts); busy-until times are kept since the epoch.
//
// `reserve` finds the first moment at or after `at` when the resource is free, and keeps it busy from then for `duration`. Requests
// do not come in the order of their times: the answer to a miss is booked when the miss begins, long before it travels, and a
// shorter message must be able to go ahead of it. So time is cut into slots, and each slot has a busy-until time of its own. Within
// a slot service is in the order of reservation; what does not fit goes on in the next slot. Work is neither lost nor done twice; a
// gap that an out-of-order reservation leaves inside one slot stays unused. All slots start free, at time 0.
//
// Slots are kept in a ring: a value after its slot's time belongs to a later round. A time RING_SLOTS slots behind the latest reservation is
// forgotten: it counts as free, and nothing is noted.
import { RING_SLOTS, SLOT_SHIFT } from '../../state/coherence-layout';
import { BUSY, FULL_UNTIL, WORK } from './constants';
import { low } from './origin';

const SLOT_MASK: i32 = (1 << SLOT_SHIFT) - 1;
const RING_BYTES: u32 = 4 * RING_SLOTS;

/** Offset in a ring of the slot of a time since the epoch. */
@inline
function slotOf(time: i32): u32 {
  return (<u32>time >>> (SLOT_SHIFT - 2)) & ((RING_SLOTS - 1) << 2);
}

/** Returns when service starts. */
@inline
export function reserve(resource: u32, at: i32, duration: i32): i32 {
  const work = WORK + (resource << 3);
  store<f64>(work, load<f64>(work) + <f64>duration);
  const begun = low();
  return bookAt(resource, begun + at, duration) - begun;
}

/** As `reserve`, for an owner who counts himself; times since the epoch. */
@inline
export function bookAt(resource: u32, time: i32, duration: i32): i32 {
  const place = BUSY + resource * RING_BYTES + slotOf(time);
  const start = max(load<i32>(place), time);
  const free = start + duration;
  if (free > (time | SLOT_MASK)) return reserveAcross(resource * RING_BYTES, time, duration);
  store<i32>(place, free);
  return start;
}

/** When the first slot has not room for all, or its place belongs to a later time. The ring begins this far from the first. */
function reserveAcross(ring: u32, time: i32, duration: i32): i32 {
  let left = duration;
  const start = firstGap(ring, time);
  let from = start;
  while (true) {
    const place = BUSY + ring + slotOf(from);
    const end = (from | SLOT_MASK) + 1;
    const until = load<i32>(place);
    if (until > end) return start;
    if (until > from) from = until;
    if (from < end) {
      store<i32>(place, left < end - from ? from + left : end);
      left -= end - from;
      if (left <= 0) return start;
    }
    from = end;
  }
}

/** The first moment at or after `time` when the resource is free. */
function firstGap(ring: u32, time: i32): i32 {
  let from = time;
  let full = false;
  for (;;) {
    const slot = slotOf(from);
    const end = (from | SLOT_MASK) + 1;
    const until = load<i32>(BUSY + ring + slot);
    if (until > end) break;
    if (until < end) {
      if (until > from) from = until;
      break;
    }
    full = true;
    from = max(load<i32>(FULL_UNTIL + ring + slot), end);
  }
  if (!full) return from;
  // Who comes next for any of the slots just passed takes them in one step.
  const gap = from & ~SLOT_MASK;
  let slot = time;
  while (slot < gap) {
    const place = FULL_UNTIL + ring + slotOf(slot);
    const next = max(load<i32>(place), (slot | SLOT_MASK) + 1);
    store<i32>(place, gap);
    slot = next;
  }
  return from;
}
