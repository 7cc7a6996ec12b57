// A set-associative cache that a group of cores shares: tags, a dirty bit and the order of use for each line. It decides nothing;
// coherence drives it. Replacement is exact LRU: it is looked up only after a miss of the private caches.
import type { MachineProfile } from '../profile/schema.ts';
import { restoreSparse, type SparseWords, saveSparse } from '../state/sparse.ts';

/** States of an entry, as the tables of machine/coherence name them: NP, Clean, Dirty (memory is stale). */
export const ENTRY_NOT_PRESENT = 0;
export const ENTRY_CLEAN = 1;
export const ENTRY_DIRTY = 2;

/** What there is of `shared` in a profile that this cache needs. */
export type SharedCacheSize = Pick<NonNullable<MachineProfile['shared']>, 'sizeBytes' | 'ways'>;

/** An entry is its line number above, and ENTRY_* below; or FREE. */
const STATE_BITS = 2;
const STATE_MASK = 3;
const FREE = -1;

export class SharedCache {
  readonly sets: number;
  readonly ways: number;
  /** What `insert` put out: line number, or -1, and its state. */
  victim = -1;
  victimState = ENTRY_NOT_PRESENT;
  /** Set by set, the last used line of each first. */
  readonly #entries: Int32Array;

  constructor({ sizeBytes, ways }: SharedCacheSize, lineBytes: number) {
    this.ways = ways;
    this.sets = Math.floor(sizeBytes / (ways * lineBytes));
    if (this.sets < 1) throw new Error(`a shared cache of ${sizeBytes} bytes has no room for a set of ${ways} lines`);
    this.#entries = new Int32Array(this.sets * ways).fill(FREE);
  }

  /** ENTRY_* of a line; no use of it. */
  state(line: number): number {
    const at = this.#find(line);
    return at < 0 ? ENTRY_NOT_PRESENT : this.#entries[at]! & STATE_MASK;
  }

  /** Looks a line up for use: its ENTRY_*, and it is now the last used of its set. */
  touch(line: number): number {
    const at = this.#find(line);
    if (at < 0) return ENTRY_NOT_PRESENT;
    const entries = this.#entries;
    const entry = entries[at]!;
    const first = (line % this.sets) * this.ways;
    for (let i = at; i > first; i--) entries[i] = entries[i - 1]!;
    entries[first] = entry;
    return entry & STATE_MASK;
  }

  /** Changes the state of a line that is here; ENTRY_NOT_PRESENT removes it. */
  setState(line: number, state: number): void {
    const at = this.#find(line);
    if (at < 0) throw new Error(`line ${line} is not in the shared cache`);
    this.#entries[at] = state === ENTRY_NOT_PRESENT ? FREE : (line << STATE_BITS) | state;
  }

  /** Adds a line that is not here, in a free way or in place of the least recently used line: then `victim` and `victimState` say which. */
  insert(line: number, state: number): void {
    const entries = this.#entries;
    const first = (line % this.sets) * this.ways;
    const end = first + this.ways;
    // Each moves one place back, up to the first free way.
    let moving = (line << STATE_BITS) | state;
    for (let i = first; i < end && moving !== FREE; i++) {
      const entry = entries[i]!;
      entries[i] = moving;
      moving = entry;
    }
    this.victim = moving === FREE ? -1 : moving >> STATE_BITS;
    this.victimState = moving === FREE ? ENTRY_NOT_PRESENT : moving & STATE_MASK;
  }

  /** Calls `visit` for every line that is here, in the order of sets and of use: for checks. */
  forEach(visit: (line: number, state: number) => void): void {
    for (const entry of this.#entries) if (entry !== FREE) visit(entry >> STATE_BITS, entry & STATE_MASK);
  }

  /** The entries, with their order of use. */
  save(): SparseWords {
    return saveSparse(this.#entries, FREE);
  }

  restore(entries: SparseWords): void {
    restoreSparse(entries, this.#entries);
  }

  #find(line: number): number {
    const entries = this.#entries;
    const first = (line % this.sets) * this.ways;
    const end = first + this.ways;
    for (let i = first; i < end; i++) if (entries[i]! >> STATE_BITS === line) return i;
    return -1;
  }
}
