// Which caches have which line: the simulator's exact knowledge, one record a line. It says who must be asked; what it costs to find
// out is the fabric's matter. The audit compares it with the caches.
//
// A **unit** is what the fabric connects: a group with its shared cache, or, where there is none, a core. Of each line the record has
//   busy     when its last transaction is done, in ticks: the next one waits
//   owners   the core whose private cache has it in E, O or M; the unit that supplies it to others (its duty is that of E, O or M);
//            whether that unit may write it without asking the others. Each 0 for none, else number + 1
//   cores    bitmap: private caches that have a copy
//   shared   bitmap: shared caches that have a copy
//
// It is in coherence's memory, where native code keeps it (machine/native/coherence/presence.ts); the host gives it memory as it is touched.

import {
  EXCLUSIVE,
  OWNER_CORE_MASK,
  OWNER_UNIT_MASK,
  OWNER_UNIT_SHIFT,
  PRESENCE_CORES,
  PRESENCE_OWNERS,
} from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import { restoreSparse, type SparseWords, saveSparse } from '../state/sparse.ts';

const CORES_AT = PRESENCE_CORES / 4;
const OWNERS = PRESENCE_OWNERS / 4;

export class PresenceMap {
  readonly #words: Int32Array;
  /** Words of a record, and the first of its bitmap of shared caches. */
  readonly #stride: number;
  readonly #sharedAt: number;

  /** Of so many lines, at an address, with records of `recordBytes`, in which the bitmap of shared caches begins at `sharedAt`. */
  constructor(memory: CoherenceMemory, lines: number, address: number, recordBytes: number, sharedAt: number) {
    this.#stride = recordBytes / 4;
    this.#sharedAt = sharedAt / 4;
    this.#words = memory.i32(address, lines * this.#stride);
  }

  save(): SparseWords {
    return saveSparse(this.#words);
  }

  restore(words: SparseWords): void {
    restoreSparse(words, this.#words);
  }

  hasCore(line: number, core: number): boolean {
    return ((this.#words[line * this.#stride + CORES_AT + (core >>> 5)]! >>> (core & 31)) & 1) === 1;
  }

  hasShared(line: number, group: number): boolean {
    return ((this.#words[line * this.#stride + this.#sharedAt + (group >>> 5)]! >>> (group & 31)) & 1) === 1;
  }

  /** Core that has the line in E, O or M; -1 for none. */
  ownerCore(line: number): number {
    return (this.#owners(line) & OWNER_CORE_MASK) - 1;
  }

  /** Unit that supplies the line to others; -1 when memory does. */
  ownerUnit(line: number): number {
    return ((this.#owners(line) & OWNER_UNIT_MASK) >>> OWNER_UNIT_SHIFT) - 1;
  }

  /** Whether the owner unit may write the line without asking other units. */
  exclusive(line: number): boolean {
    return (this.#owners(line) & EXCLUSIVE) !== 0;
  }

  #owners(line: number): number {
    return this.#words[line * this.#stride + OWNERS]!;
  }
}
