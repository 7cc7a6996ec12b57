// What native code owns of a core, read as it lies in machine memory: private caches, TLB, access filters. For checks only: nothing here
// changes anything. Layouts are those of machine/state/layout.ts, sizes those that the native helper is specialised with.
import type { NativeConstants } from '../memory/private-caches.ts';
import { STATE_I } from '../state/coherence-layout.ts';
import {
  CACHE_SET_HEAD,
  CORE_L1,
  CORE_L2,
  CORE_SPACE_TAG,
  CORE_STRIDE,
  CORE_TLB,
  CORE_TLB2,
  CORES,
  FILTER_ENTRIES,
  FILTER_KERNEL,
  FILTER_READ,
  FILTER_WRITE,
  FRAME_SHIFT,
  KNOWN_MASK,
  KNOWN_TO_KERNEL_SHIFT,
  KNOWN_TO_READS,
  KNOWN_TO_WRITES,
  L2_NONE,
  LINE_STATE_MASK,
  LINE_VALID,
  TLB_ENTRY_BYTES,
  TLB_GLOBAL_TAG,
  TLB_SET_HEAD,
  TLB_TAG,
  TLB2_ENTRY_BYTES,
  TLB2_SET_HEAD,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

/** One of a core's four access filters: where it is in the record, whom it serves, and the bit by which an L1 way knows of its entries. */
export interface FilterKind {
  readonly name: string;
  readonly offset: number;
  readonly write: boolean;
  readonly kernel: boolean;
  readonly known: number;
}

export const FILTERS: readonly FilterKind[] = [false, true].flatMap((kernel) =>
  [false, true].map((write) => ({
    name: `${kernel ? 'privileged ' : ''}${write ? 'write' : 'read'} filter`,
    offset: (kernel ? FILTER_KERNEL : 0) + (write ? FILTER_WRITE : FILTER_READ),
    write,
    kernel,
    known: (write ? KNOWN_TO_WRITES : KNOWN_TO_READS) << (kernel ? KNOWN_TO_KERNEL_SHIFT : 0),
  })),
);

/** Sets of an array: where they begin, how many they are, their bytes, and those of the ways in use behind the head. */
export interface SetShape {
  readonly base: number;
  readonly sets: number;
  readonly setBytes: number;
  readonly waysBytes: number;
}

export class CoreArrays {
  readonly core: number;
  readonly record: number;
  readonly lineShift: number;
  readonly lineMask: number;
  readonly l1: SetShape;
  /** Undefined where there is no L2; `l2Kind` is L2_*. */
  readonly l2: SetShape | undefined;
  readonly l2Kind: number;
  readonly tlb: SetShape;
  /** Undefined where the TLB has no second level. */
  readonly tlb2: SetShape | undefined;
  readonly #memory: MachineMemory;
  /** From an L1 way's word to that of its guest line. */
  readonly #guestDistance: number;

  constructor(memory: MachineMemory, constants: NativeConstants, core: number) {
    this.#memory = memory;
    this.core = core;
    this.record = CORES + core * CORE_STRIDE;
    this.lineShift = constants.lineShift;
    this.lineMask = constants.lineMask;
    this.l2Kind = constants.l2Kind;
    const { l1SetMask, l1SetBytes, l1WaysBytes, l2SetMask, l2SetBytes, l2WaysBytes } = constants;
    this.l1 = this.#shape(CORE_L1, l1SetMask + 1, l1SetBytes, l1WaysBytes);
    if (this.l2Kind !== L2_NONE) this.l2 = this.#shape(CORE_L2, l2SetMask + 1, l2SetBytes, l2WaysBytes);
    this.tlb = this.#shape(
      CORE_TLB,
      constants.tlbSetMask + 1,
      constants.tlbSetBytes,
      constants.tlbWays * TLB_ENTRY_BYTES,
    );
    const waysBytes2 = constants.tlb2Ways * TLB2_ENTRY_BYTES;
    if (constants.tlb2Ways > 0)
      this.tlb2 = this.#shape(CORE_TLB2, constants.tlb2SetMask + 1, TLB2_SET_HEAD + waysBytes2, waysBytes2);
    this.#guestDistance = constants.l1GuestLines - CACHE_SET_HEAD;
  }

  #shape(field: number, sets: number, setBytes: number, waysBytes: number): SetShape {
    return { base: this.load(this.record + field), sets, setBytes, waysBytes };
  }

  load(address: number): number {
    return this.#memory.u32[address >>> 2];
  }

  load64(address: number): bigint {
    return this.#memory.u64[address >>> 3];
  }

  /** Time or other number of the record that is a double. */
  loadDouble(address: number): number {
    return this.#memory.f64[address >>> 3];
  }

  /** A field of the core's record. */
  field(offset: number): number {
    return this.load(this.record + offset);
  }

  // --- private caches: lines by their physical address -----------------------------------------------------------------

  setOf(shape: SetShape, physical: number): number {
    return shape.base + ((physical >>> this.lineShift) & (shape.sets - 1)) * shape.setBytes;
  }

  /** Address of the way's word that has the line, the first if there are several; 0 for none. */
  findIn(shape: SetShape, physical: number): number {
    const first = this.setOf(shape, physical) + CACHE_SET_HEAD;
    const wanted = (physical & ~this.lineMask) | LINE_VALID;
    for (let way = first; way < first + shape.waysBytes; way += 4) {
      if ((this.load(way) & ~LINE_STATE_MASK) === wanted) return way;
    }
    return 0;
  }

  findL1(physical: number): number {
    return this.findIn(this.l1, physical);
  }

  findL2(physical: number): number {
    return this.l2 === undefined ? 0 : this.findIn(this.l2, physical);
  }

  /** State of a way found; STATE_I for 0. */
  stateAt(way: number): number {
    return way === 0 ? STATE_I : this.load(way) & LINE_STATE_MASK;
  }

  /** The line of a way's word, unsigned. */
  lineOf(word: number): number {
    return (word & ~this.lineMask) >>> 0;
  }

  /** The guest line of an L1 way, with KNOWN_* bits. */
  guestWord(way: number): number {
    return this.load(this.guestAddress(way));
  }

  guestAddress(way: number): number {
    return way + this.#guestDistance;
  }

  // --- TLB ---------------------------------------------------------------------------------------------------------------

  /** What the TLB's tags say of the address space that the core is in. */
  get spaceTag(): number {
    return this.field(CORE_SPACE_TAG);
  }

  tlbSetOf(page: number): number {
    return this.tlb.base + (page & (this.tlb.sets - 1)) * this.tlb.setBytes;
  }

  /** Address of the entry that translates a guest address for the core as it is now; 0 for none. */
  findEntry(address: number): number {
    const page = address >>> FRAME_SHIFT;
    const own = ((page << FRAME_SHIFT) | this.spaceTag) >>> 0;
    const global = ((page << FRAME_SHIFT) | TLB_GLOBAL_TAG) >>> 0;
    const first = this.tlbSetOf(page) + TLB_SET_HEAD;
    for (let entry = first; entry < first + this.tlb.waysBytes; entry += TLB_ENTRY_BYTES) {
      const tag = this.load(entry + TLB_TAG);
      if (tag === own || tag === global) return entry;
    }
    return 0;
  }

  // --- filters -----------------------------------------------------------------------------------------------------------

  /** Number of the filter entry that a guest line selects. */
  filterIndex(guestLine: number): number {
    return (guestLine >>> this.lineShift) & (FILTER_ENTRIES - 1);
  }

  filterEntry(filter: FilterKind, index: number): number {
    return this.record + filter.offset + 8 * index;
  }

  /** Guest line of a filter's entry; -1 when the entry is invalid, which is when it has a line of another index. */
  filterLine(filter: FilterKind, index: number): number {
    const line = this.load(this.filterEntry(filter, index));
    return this.filterIndex(line) === index ? line : -1;
  }

  /** Where the entry says that the line is in machine memory. */
  filterHost(filter: FilterKind, index: number): number {
    return this.load(this.filterEntry(filter, index) + 4);
  }
}

/** The guest line in a way's guest word, unsigned. */
export function guestLineOf(guestWord: number): number {
  return (guestWord & ~KNOWN_MASK) >>> 0;
}
