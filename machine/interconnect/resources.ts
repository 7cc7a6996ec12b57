// Things that serve one at a time: the directions of all links, buses, memory controllers, directories, the ports of shared caches. How they do:
// machine/native/coherence/resources.ts. Here is what is known of some that are numbered one after the other.
import { LONG_AGO, RING_SLOTS, SLOT_SHIFT } from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import { restoreSparse, type SparseWords, saveSparse } from '../state/sparse.ts';
import type { InterconnectPlaces, NativeInterconnect } from './native-interconnect.ts';

/** Within a slot service is in the order of reservation. */
export const SLOT_TICKS = 1 << SLOT_SHIFT;

export interface SavedResources {
  readonly work: Float64Array;
  readonly busy: SparseWords;
  readonly fullUntil: SparseWords;
}

export class Resources {
  readonly count: number;
  /** Time for which each resource was reserved, in ticks, for statistics. */
  readonly work: Float64Array;
  /** Busy-until times in ticks since the epoch. A value after its slot's time belongs to a later round of the ring. */
  readonly #busy: Int32Array;
  /** Of a full slot: a time up to which all slots behind it are full too, if that is after its end. It saves walking through long queues. */
  readonly #fullUntil: Int32Array;
  readonly #native: NativeInterconnect;
  readonly #first: number;

  /** `count` resources from number `first` on, all free. */
  constructor(
    memory: CoherenceMemory,
    places: InterconnectPlaces,
    native: NativeInterconnect,
    first: number,
    count: number,
  ) {
    this.count = count;
    this.#native = native;
    this.#first = first;
    const ring = (place: number) => memory.i32(place + 4 * first * RING_SLOTS, count * RING_SLOTS).fill(LONG_AGO);
    this.work = memory.f64(places.work + 8 * first, count);
    this.#busy = ring(places.busy);
    this.#fullUntil = ring(places.fullUntil);
  }

  /** Keeps a resource (by its number among these) busy for `duration`, from the first moment at or after `at` when it is free, which is returned. */
  reserve(resource: number, at: number, duration: number): number {
    return this.#native.reserve(this.#first + resource, at, duration);
  }

  save(): SavedResources {
    return {
      work: this.work.slice(),
      busy: saveSparse(this.#busy, LONG_AGO),
      fullUntil: saveSparse(this.#fullUntil, LONG_AGO),
    };
  }

  restore({ work, busy, fullUntil }: SavedResources): void {
    this.work.set(work);
    restoreSparse(busy, this.#busy);
    restoreSparse(fullUntil, this.#fullUntil);
  }
}
