// A set-associative cache that a group of cores shares: tags, a state and the order of use for each line, in coherence's memory. What is done with it
// is native (machine/native/coherence/shared-cache.ts); here it is looked at, saved and restored.
import type { MachineProfile } from '../profile/schema.ts';
import {
  CACHE_ENTRIES,
  CACHE_VICTIM,
  CACHE_VICTIM_STATE,
  ENTRY_FREE,
  ENTRY_NOT_PRESENT,
  ENTRY_STATE_BITS,
  ENTRY_STATE_MASK,
} from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import { restoreSparse, type SparseWords, saveSparse } from '../state/sparse.ts';

export { ENTRY_CLEAN, ENTRY_DIRTY, ENTRY_NOT_PRESENT } from '../state/coherence-layout.ts';

/** What there is of `shared` in a profile that this cache needs. */
export type SharedCacheSize = Pick<NonNullable<MachineProfile['shared']>, 'sizeBytes' | 'ways'>;

/** What native code does with the shared cache of a group. */
export interface NativeSharedCaches {
  touchShared(group: number, line: number): number;
  setShared(group: number, line: number, state: number): void;
  insertShared(group: number, line: number, state: number): void;
}

/** Sets of a cache; throws where there is no room for one. */
export function setsOf({ sizeBytes, ways }: SharedCacheSize, lineBytes: number): number {
  const sets = Math.floor(sizeBytes / (ways * lineBytes));
  if (sets < 1) throw new Error(`a shared cache of ${sizeBytes} bytes has no room for a set of ${ways} lines`);
  return sets;
}

/** Bytes that a cache with so many lines takes in coherence's memory, a multiple of 64. */
export function sharedCacheBytes(lines: number): number {
  return Math.ceil((CACHE_ENTRIES + 4 * lines) / 64) * 64;
}

export class SharedCache {
  readonly sets: number;
  readonly ways: number;
  readonly #group: number;
  readonly #head: Int32Array;
  /** Set by set, the last used line of each first: its number above, and ENTRY_* below; or free. */
  readonly #entries: Int32Array;
  readonly #native: NativeSharedCaches;

  /** The empty cache of a group, at an address. */
  constructor(
    size: SharedCacheSize,
    lineBytes: number,
    group: number,
    memory: CoherenceMemory,
    address: number,
    native: NativeSharedCaches,
  ) {
    this.ways = size.ways;
    this.sets = setsOf(size, lineBytes);
    this.#group = group;
    this.#head = memory.i32(address, CACHE_ENTRIES / 4);
    this.#entries = memory.i32(address + CACHE_ENTRIES, this.sets * this.ways).fill(ENTRY_FREE);
    this.#native = native;
    this.forgetVictim();
  }

  /** ENTRY_* of a line; no use of it. */
  state(line: number): number {
    const first = (line % this.sets) * this.ways;
    for (let i = first; i < first + this.ways; i++) {
      const entry = this.#entries[i]!;
      if (entry >> ENTRY_STATE_BITS === line) return entry & ENTRY_STATE_MASK;
    }
    return ENTRY_NOT_PRESENT;
  }

  /** Looks a line up for use: its ENTRY_*, and it is now the last used of its set. */
  touch(line: number): number {
    return this.#native.touchShared(this.#group, line);
  }

  /** Changes the state of a line that is here; ENTRY_NOT_PRESENT removes it. */
  setState(line: number, state: number): void {
    this.#native.setShared(this.#group, line, state);
  }

  /** Adds a line that is not here, in a free way or in place of the least recently used line: `victim` and `victimState` say which. */
  insert(line: number, state: number): void {
    this.#native.insertShared(this.#group, line, state);
  }

  /** The line that the last insertion has put out; -1 for none. */
  get victim(): number {
    return this.#head[CACHE_VICTIM / 4]!;
  }

  get victimState(): number {
    return this.#head[CACHE_VICTIM_STATE / 4]!;
  }

  /** Until there is another one, nothing has been put out. */
  forgetVictim(): void {
    this.#head[CACHE_VICTIM / 4] = -1;
  }

  /** Calls `visit` for every line that is here, in the order of sets and of use: for checks. */
  forEach(visit: (line: number, state: number) => void): void {
    for (const entry of this.#entries)
      if (entry !== ENTRY_FREE) visit(entry >> ENTRY_STATE_BITS, entry & ENTRY_STATE_MASK);
  }

  /** The entries, with their order of use. */
  save(): SparseWords {
    return saveSparse(this.#entries, ENTRY_FREE);
  }

  restore(entries: SparseWords): void {
    restoreSparse(entries, this.#entries);
    this.forgetVictim();
  }
}
