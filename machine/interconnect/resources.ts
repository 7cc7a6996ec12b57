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

/** Length of a slot in ticks. */
export const SLOT_TICKS = 1024;
/** Must be a power of two. */
const RING_SLOTS = 256;

/** When the transaction in progress began: absolute time in ticks. Whoever begins one sets it. */
export class Origin {
  readonly #time = new Float64Array(1);

  get time(): number {
    return this.#time[0]!;
  }

  set time(time: number) {
    this.#time[0] = time;
  }
}

export class Resources {
  readonly count: number;
  readonly #origin: Origin;
  /** Absolute busy-until times in ticks. A value outside its slot's time belongs to another round of the ring. */
  readonly #busy: Float64Array;
  /** Total time each resource was reserved, in ticks, for statistics. */
  readonly work: Float64Array;

  constructor(count: number, origin: Origin) {
    this.count = count;
    this.#origin = origin;
    this.#busy = new Float64Array(count * RING_SLOTS);
    this.work = new Float64Array(count);
  }

  /** Returns when service starts. */
  reserve(resource: number, at: number, duration: number): number {
    this.work[resource]! += duration;
    const busy = this.#busy;
    const origin = this.#origin.time;
    const time = origin + at;
    const slot = Math.floor(time / SLOT_TICKS);
    const index = resource * RING_SLOTS + (slot & (RING_SLOTS - 1));
    const until = busy[index]!;
    const start = until > time ? until : time;
    if (start + duration >= (slot + 1) * SLOT_TICKS) return this.#reserveAcross(resource, at, duration);
    busy[index] = start + duration;
    return (start - origin) | 0;
  }

  /** As `reserve`, when the first slot has not room for all, or its place belongs to a later time. */
  #reserveAcross(resource: number, at: number, duration: number): number {
    const busy = this.#busy;
    const origin = this.#origin.time;
    const ring = resource * RING_SLOTS;
    let start = -1;
    let left = duration;
    let from = origin + at;
    for (let slot = Math.floor(from / SLOT_TICKS); ; slot++) {
      const end = (slot + 1) * SLOT_TICKS;
      const index = ring + (slot & (RING_SLOTS - 1));
      const until = busy[index]!;
      if (until > end) return ((start < 0 ? from : start) - origin) | 0;
      if (until > from) from = until;
      if (from < end) {
        if (start < 0) start = from;
        busy[index] = left < end - from ? from + left : end;
        left -= end - from;
        if (left <= 0) return (start - origin) | 0;
      }
      from = end;
    }
  }
}
