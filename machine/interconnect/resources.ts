// Things that serve one at a time: a direction of a link, a bus, a memory controller, a directory, the port of a shared cache.
//
// `reserve` finds the first moment at or after `at` when the resource is free, and keeps it busy from then for `duration`. Requests
// do not come in the order of their times: the answer to a miss is booked when the miss begins, long before it travels, and a
// shorter message must be able to go ahead of it. So time is cut into slots, and each slot has a busy-until time of its own. Within
// a slot service is in the order of reservation; what does not fit goes on in the next slot. Work is neither lost nor done twice; a
// gap that an out-of-order reservation leaves inside one slot stays unused. All slots start free, at time 0.
//
// Slots are kept in a ring. Time that lies RING_SLOTS slots back is forgotten: then it counts as free, or as taken by the later slot
// that now uses the place.

/** Length of a slot in ticks. */
export const SLOT_TICKS = 1024;
/** Must be a power of two. */
const RING_SLOTS = 64;

export class Resources {
  readonly count: number;
  /** Absolute busy-until times in ticks. A value outside its slot's time belongs to another round of the ring. */
  readonly #busy: Float64Array;
  /** Total time each resource was reserved, in ticks, for statistics. */
  readonly work: Float64Array;

  constructor(count: number) {
    this.count = count;
    this.#busy = new Float64Array(count * RING_SLOTS);
    this.work = new Float64Array(count);
  }

  /** Times in ticks, exact integers. Returns when service starts. */
  reserve(resource: number, at: number, duration: number): number {
    this.work[resource]! += duration;
    const busy = this.#busy;
    const ring = resource * RING_SLOTS;
    let slot = Math.floor(at / SLOT_TICKS);
    let index = ring + (slot & (RING_SLOTS - 1));
    let until = busy[index]!;
    let start = until > at ? until : at;
    let end = (slot + 1) * SLOT_TICKS;
    if (start + duration <= end) {
      busy[index] = start + duration;
      return start;
    }
    while (start >= end) {
      slot++;
      start = end;
      end += SLOT_TICKS;
      index = ring + (slot & (RING_SLOTS - 1));
      until = busy[index]!;
      if (until > start) start = until;
    }
    this.#fill(ring, slot, start, duration);
    return start;
  }

  /** Marks `duration` from `start` on, which lies in `slot`, going on in later slots behind what is there. */
  #fill(ring: number, slot: number, start: number, duration: number): void {
    const busy = this.#busy;
    let left = duration;
    let from = start;
    let end = (slot + 1) * SLOT_TICKS;
    let at = slot;
    while (left > 0) {
      const index = ring + (at & (RING_SLOTS - 1));
      const room = end - from;
      if (room > 0) {
        busy[index] = left < room ? from + left : end;
        left -= left < room ? left : room;
      }
      at++;
      from = end;
      end += SLOT_TICKS;
      const until = busy[ring + (at & (RING_SLOTS - 1))]!;
      if (until > from) from = until;
    }
  }
}
