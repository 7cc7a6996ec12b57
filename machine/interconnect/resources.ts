// Things that serve one at a time: a direction of a link, a bus, a memory controller, a directory, the port of a shared cache.
//
// Times are ticks since the beginning of the transaction in progress (Origin), so that they are small integers, which the host passes
// without allocating; busy-until times are kept as absolute ones.
//
// `reserve` finds the first moment at or after `at` when the resource is free, and keeps it busy from then for `duration`. Requests
// do not come in the order of their times: the answer to a miss is booked when the miss begins, long before it travels, and a
// shorter message must be able to go ahead of it. So time is cut into slots, and each slot has a busy-until time of its own. Within
// a slot service is in the order of reservation; what does not fit goes on in the next slot. Work is neither lost nor done twice; a
// gap that an out-of-order reservation leaves inside one slot stays unused. All slots start free, at time 0.
//
// Slots are kept in a ring. A time RING_SLOTS slots behind the latest reservation is forgotten: it counts as free, and nothing is noted.
import type { Origin } from './origin.ts';

/** Length of a slot in ticks, as a shift. */
const SLOT_SHIFT = 10;
export const SLOT_TICKS = 1 << SLOT_SHIFT;
const SLOT_MASK = SLOT_TICKS - 1;
/** Must be a power of two. */
const RING_SLOTS = 256;
/** A busy-until time long before all others. */
const LONG_AGO = -0x7fff_0000;

export interface SavedResources {
  readonly work: Float64Array;
  readonly busy: Int32Array;
}

export class Resources {
  readonly count: number;
  /** Time for which each resource was reserved, in ticks, for statistics. */
  readonly work: Float64Array;
  readonly #origin: Origin;
  /** Busy-until times in ticks since the epoch. A value after its slot's time belongs to a later round of the ring. */
  readonly #busy: Int32Array;

  constructor(count: number, origin: Origin) {
    this.count = count;
    this.work = new Float64Array(count);
    this.#origin = origin;
    this.#busy = new Int32Array(count * RING_SLOTS).fill(LONG_AGO);
    origin.onRebase((ticks) => this.#rebase(ticks));
  }

  /** Returns when service starts. */
  reserve(resource: number, at: number, duration: number): number {
    this.work[resource]! += duration;
    return this.book(resource, at, duration);
  }

  /** As `reserve`, for an owner who counts himself. */
  book(resource: number, at: number, duration: number): number {
    const busy = this.#busy;
    const { low } = this.#origin;
    const time = (low + at) | 0;
    const index = (resource * RING_SLOTS + ((time >>> SLOT_SHIFT) & (RING_SLOTS - 1))) | 0;
    const until = busy[index]!;
    const start = until > time ? until : time;
    const free = (start + duration) | 0;
    if (free > (time | SLOT_MASK)) return this.#reserveAcross(resource, time, duration) - low;
    busy[index] = free;
    return (start - low) | 0;
  }

  /** As `reserve`, when the first slot has not room for all, or its place belongs to a later time. Times since the epoch. */
  #reserveAcross(resource: number, time: number, duration: number): number {
    const busy = this.#busy;
    const ring = resource * RING_SLOTS;
    let start = LONG_AGO;
    let left = duration;
    let from = time;
    for (;;) {
      const index = ring + ((from >>> SLOT_SHIFT) & (RING_SLOTS - 1));
      const end = (from | SLOT_MASK) + 1;
      const until = busy[index]!;
      if (until > end) return start === LONG_AGO ? from : start;
      if (until > from) from = until;
      if (from < end) {
        if (start === LONG_AGO) start = from;
        busy[index] = left < end - from ? from + left : end;
        left -= end - from;
        if (left <= 0) return start;
      }
      from = end;
    }
  }

  save(): SavedResources {
    return { work: this.work.slice(), busy: this.#busy.slice() };
  }

  restore({ work, busy }: SavedResources): void {
    this.work.set(work);
    this.#busy.set(busy);
  }

  /** The epoch has moved by `ticks`. */
  #rebase(ticks: number): void {
    const busy = this.#busy;
    for (let i = 0; i < busy.length; i++) busy[i] = Math.max(LONG_AGO, Math.min(-LONG_AGO, busy[i]! - ticks));
  }
}
