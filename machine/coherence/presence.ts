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
// Records are words of one buffer, so that a transaction touches one host line; the host gives it memory as it is touched.

import { restoreSparse, type SparseWords, saveSparse } from '../state/sparse.ts';

/** Words of a record before the bitmaps. */
const HEAD_WORDS = 3;
const BUSY_WORDS = 2;

/** More ticks than any core is behind another; keeps waiting times small integers. */
const LONGEST_WAIT = 0x2000_0000;

/** Word of `owners`, from the record's beginning. */
export const OWNERS = 2;
/** Fields of `owners`. */
export const OWNER_CORE_MASK = 0xff;
export const OWNER_UNIT_SHIFT = 8;
export const OWNER_UNIT_MASK = 0xff00;
export const EXCLUSIVE = 0x10000;

export class PresenceMap {
  readonly lines: number;
  readonly words: Int32Array;
  readonly busy: Float64Array;
  /** Record of a line: words from line * stride on, busy time at line * busyStride. */
  readonly stride: number;
  readonly busyStride: number;
  /** First word of each bitmap from the record's beginning, and their lengths in words. */
  readonly coresAt: number;
  readonly coreWords: number;
  readonly sharedAt: number;
  readonly sharedWords: number;

  constructor(lines: number, cores: number, sharedCaches: number) {
    this.lines = lines;
    this.coreWords = Math.ceil(cores / 32);
    this.sharedWords = Math.ceil(sharedCaches / 32);
    this.coresAt = HEAD_WORDS;
    this.sharedAt = this.coresAt + this.coreWords;
    const used = this.sharedAt + this.sharedWords;
    this.stride = Math.ceil(used / BUSY_WORDS) * BUSY_WORDS;
    this.busyStride = this.stride / BUSY_WORDS;
    const buffer = new ArrayBuffer(lines * this.stride * Int32Array.BYTES_PER_ELEMENT);
    this.words = new Int32Array(buffer);
    this.busy = new Float64Array(buffer);
  }

  /** A transaction of the line is done at `time`, in ticks. */
  finish(line: number, time: number): void {
    this.busy[line * this.busyStride] = time;
  }

  /** When a line's last transaction is done, in ticks after `now`; 0 when it is done by then. */
  busyAfter(line: number, now: number): number {
    const busy = this.busy[line * this.busyStride]!;
    if (busy <= now) return 0;
    return busy - now < LONGEST_WAIT ? (busy - now) | 0 : LONGEST_WAIT;
  }

  save(): SparseWords {
    return saveSparse(this.words);
  }

  restore(words: SparseWords): void {
    restoreSparse(words, this.words);
  }

  hasCore(line: number, core: number): boolean {
    return ((this.words[line * this.stride + this.coresAt + (core >>> 5)]! >>> (core & 31)) & 1) === 1;
  }

  hasShared(line: number, group: number): boolean {
    return ((this.words[line * this.stride + this.sharedAt + (group >>> 5)]! >>> (group & 31)) & 1) === 1;
  }

  /** Core that has the line in E, O or M; -1 for none. */
  ownerCore(line: number): number {
    return (this.words[line * this.stride + OWNERS]! & OWNER_CORE_MASK) - 1;
  }

  /** Unit that supplies the line to others; -1 when memory does. */
  ownerUnit(line: number): number {
    return ((this.words[line * this.stride + OWNERS]! & OWNER_UNIT_MASK) >>> OWNER_UNIT_SHIFT) - 1;
  }

  /** Whether the owner unit may write the line without asking other units. */
  exclusive(line: number): boolean {
    return (this.words[line * this.stride + OWNERS]! & EXCLUSIVE) !== 0;
  }
}
