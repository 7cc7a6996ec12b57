// A set-associative cache that a group of cores shares: tags, a dirty bit and the order of use for each line. It decides nothing;
// coherence drives it. Replacement is exact LRU: it is looked up only after a miss of the private caches.
import type { MachineProfile } from '../profile/schema.ts';

/** States of an entry, as the tables of machine/coherence name them: NP, Clean, Dirty (memory is stale). */
export const ENTRY_NOT_PRESENT = 0;
export const ENTRY_CLEAN = 1;
export const ENTRY_DIRTY = 2;

/** What there is of `shared` in a profile that this cache needs. */
export type SharedCacheSize = Pick<NonNullable<MachineProfile['shared']>, 'sizeBytes' | 'ways'>;

export class SharedCache {
  readonly sets: number;
  readonly ways: number;
  /** What `insert` put out: line number, or -1, and its state. */
  victim = -1;
  victimState = ENTRY_NOT_PRESENT;
  /** Line numbers, -1 for a free way; set by set. */
  readonly #lines: Int32Array;
  readonly #states: Uint8Array;
  /** When each way was last used: larger is later. */
  readonly #used: Float64Array;
  #uses = 0;

  constructor({ sizeBytes, ways }: SharedCacheSize, lineBytes: number) {
    this.ways = ways;
    this.sets = Math.floor(sizeBytes / (ways * lineBytes));
    if (this.sets < 1) throw new Error(`a shared cache of ${sizeBytes} bytes has no room for a set of ${ways} lines`);
    const entries = this.sets * ways;
    this.#lines = new Int32Array(entries).fill(-1);
    this.#states = new Uint8Array(entries);
    this.#used = new Float64Array(entries);
  }

  /** ENTRY_* of a line; no use of it. */
  state(line: number): number {
    const entry = this.#find(line);
    return entry < 0 ? ENTRY_NOT_PRESENT : this.#states[entry]!;
  }

  /** Looks a line up for use: its ENTRY_*, and it is now the last used of its set. */
  touch(line: number): number {
    const entry = this.#find(line);
    if (entry < 0) return ENTRY_NOT_PRESENT;
    this.#used[entry] = ++this.#uses;
    return this.#states[entry]!;
  }

  /** Changes the state of a line that is here; ENTRY_NOT_PRESENT removes it. */
  setState(line: number, state: number): void {
    const entry = this.#find(line);
    if (entry < 0) throw new Error(`line ${line} is not in the shared cache`);
    this.#states[entry] = state;
    if (state === ENTRY_NOT_PRESENT) this.#lines[entry] = -1;
  }

  /** Adds a line that is not here, in a free way or in place of the least recently used line: then `victim` and `victimState` say which. */
  insert(line: number, state: number): void {
    const lines = this.#lines;
    const used = this.#used;
    const first = (line % this.sets) * this.ways;
    const end = first + this.ways;
    let chosen = first;
    for (let entry = first; entry < end; entry++) {
      if (lines[entry]! < 0) {
        chosen = entry;
        break;
      }
      if (used[entry]! < used[chosen]!) chosen = entry;
    }
    this.victim = lines[chosen]!;
    this.victimState = this.#states[chosen]!;
    lines[chosen] = line;
    this.#states[chosen] = state;
    used[chosen] = ++this.#uses;
  }

  /** Calls `visit` for every line that is here, in the order of ways: for checks and snapshots. */
  forEach(visit: (line: number, state: number) => void): void {
    this.#lines.forEach((line, entry) => {
      if (line >= 0) visit(line, this.#states[entry]!);
    });
  }

  #find(line: number): number {
    const lines = this.#lines;
    const first = (line % this.sets) * this.ways;
    const end = first + this.ways;
    for (let entry = first; entry < end; entry++) if (lines[entry] === line) return entry;
    return -1;
  }
}
