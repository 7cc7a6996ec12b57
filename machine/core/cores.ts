// The cores' records in machine memory: their access filters, private L1s, clocks and counters.
import {
  CLOCK_SHIFT,
  CONTEXT_END,
  CONTEXT_TOP,
  CORE_ACCESSES,
  CORE_CAUSE,
  CORE_CONTEXT,
  CORE_COUNTS,
  CORE_FAULT_ADDRESS,
  CORE_ID,
  CORE_IDLE,
  CORE_INSTRUCTIONS,
  CORE_L1,
  CORE_PAGE_TABLE,
  CORE_PAGES,
  CORE_READ_MISSES,
  CORE_RUNNABLE,
  CORE_SPACE,
  CORE_STACK_END,
  CORE_STATE,
  CORE_STOPPED,
  CORE_STRIDE,
  CORE_TIME,
  CORE_TOP,
  CORE_WRITE_MISSES,
  CORES,
  COUNT_MASK,
  FILTER_ENTRIES,
  FILTER_READ,
  FILTER_WRITE,
  INSTRUCTIONS_SHIFT,
  PAGE_BYTES,
  REG_CORE,
  REG_CORE_COUNT,
  REG_FILTER_SHIFT,
  REG_L1_GUEST_LINES,
  REG_L1_SET_BYTES,
  REG_L1_SET_MASK,
  REG_L1_WAYS_BYTES,
  REG_LINE_MASK,
  REG_LINE_SHIFT,
  REG_MISS_CLOCK,
  REG_OTHER_LINE,
  REG_RUNNABLE,
  SPACE_PAGES,
  SPACE_TABLE,
  STACK_RED_ZONE,
  STAGGER_BYTES,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

/** The private first-level cache of each core. */
export interface L1Options {
  readonly sizeBytes: number;
  readonly ways: number;
  readonly lineBytes: number;
  /** What a miss takes beyond a hit, in cycles. */
  readonly missCycles: number;
}

export interface CoreCounters {
  /** Instructions that cost anything: see translate/charge.ts. */
  readonly instructions: number;
  /** Loads, stores and atomic operations. */
  readonly accesses: number;
  readonly readMisses: number;
  readonly writeMisses: number;
  /** Cycles spent waiting for memory. */
  readonly stallCycles: number;
}

export class Cores {
  readonly count: number;
  readonly #memory: MachineMemory;
  readonly #missCycles: number;

  constructor(memory: MachineMemory, count: number, l1: L1Options) {
    this.#memory = memory;
    this.count = count;
    this.#missCycles = l1.missCycles;
    const sets = l1.sizeBytes / l1.lineBytes / l1.ways;
    const lineShift = Math.log2(l1.lineBytes);
    if (!Number.isInteger(Math.log2(sets)) || !Number.isInteger(lineShift) || l1.lineBytes < 16 || l1.lineBytes > 128) {
      throw new RangeError(
        `an L1 of ${l1.sizeBytes} bytes, ${l1.ways} ways and lines of ${l1.lineBytes} bytes: sets and lines must be powers of two, lines 16 to 128 bytes`,
      );
    }
    if (sets * l1.lineBytes > PAGE_BYTES)
      throw new RangeError(`an L1 way of ${sets * l1.lineBytes} bytes is larger than a page of ${PAGE_BYTES}`);
    memory.store32(REG_CORE_COUNT, count);
    const padded = 16 * Math.ceil(l1.ways / 4);
    const setBytes = 16 + 2 * padded;
    memory.store32(REG_L1_WAYS_BYTES, 4 * l1.ways);
    memory.store32(REG_L1_GUEST_LINES, 16 + padded);
    memory.store32(REG_L1_SET_MASK, sets - 1);
    memory.store32(REG_L1_SET_BYTES, setBytes);
    memory.store32(REG_LINE_MASK, l1.lineBytes - 1);
    memory.store32(REG_LINE_SHIFT, lineShift);
    memory.store64(REG_MISS_CLOCK, BigInt(Math.round(l1.missCycles * TICKS_PER_CYCLE)) << BigInt(CLOCK_SHIFT));
    memory.store32(REG_FILTER_SHIFT, lineShift - 3);
    memory.store32(REG_OTHER_LINE, (FILTER_ENTRIES >> 1) << lineShift);
    for (let core = 0; core < count; core++) {
      const record = this.record(core);
      memory.store32(record + CORE_ID, core);
      memory.store32(record + CORE_L1, memory.allocate(sets * setBytes + STAGGER_BYTES, 64));
      for (let entry = 0; entry < FILTER_ENTRIES; entry++) {
        // An invalid tag is a line of another index.
        const invalid = (entry ^ (FILTER_ENTRIES >> 1)) << lineShift;
        memory.store32(record + FILTER_READ + 8 * entry, invalid);
        memory.store32(record + FILTER_WRITE + 8 * entry, invalid);
      }
    }
    memory.store32(REG_CORE, this.record(0));
  }

  record(core: number): number {
    return CORES + core * CORE_STRIDE;
  }

  /** The core's own time, in ticks. */
  time(core: number): bigint {
    return this.#memory.i64[(this.record(core) + CORE_TIME) >>> 3];
  }

  /** The latest of the cores' own times, in ticks. */
  get latest(): bigint {
    let latest = 0n;
    for (let core = 0; core < this.count; core++) {
      const time = this.time(core);
      if (time > latest) latest = time;
    }
    return latest;
  }

  state(core: number): number {
    return this.#memory.load32(this.record(core) + CORE_STATE);
  }

  cause(core: number): number {
    return this.#memory.load32(this.record(core) + CORE_CAUSE) | 0;
  }

  faultAddress(core: number): bigint {
    return this.#memory.load64(this.record(core) + CORE_FAULT_ADDRESS);
  }

  /** Lets an idle core run a context from a time (ticks) on, or from its own where that is later. */
  run(core: number, context: number, space: number, time: bigint, switchSpace: (space: number) => void): void {
    const memory = this.#memory;
    const record = this.record(core);
    memory.store32(REG_CORE, record);
    if (memory.load32(record + CORE_SPACE) !== space) switchSpace(space);
    memory.store32(record + CORE_CONTEXT, context);
    memory.store32(record + CORE_TOP, memory.load32(context + CONTEXT_TOP));
    memory.store32(record + CORE_STACK_END, memory.load32(context + CONTEXT_END) - STACK_RED_ZONE);
    const at = (record + CORE_TIME) >>> 3;
    if (memory.i64[at] < time) memory.i64[at] = time;
    memory.store32(record + CORE_STATE, CORE_RUNNABLE);
    memory.store32(REG_RUNNABLE, memory.load32(REG_RUNNABLE) + 1);
  }

  /** The address space with this record has got more pages: the cores that are in it see them from now on. */
  refreshSpace(space: number): void {
    const memory = this.#memory;
    for (let core = 0; core < this.count; core++) {
      const record = this.record(core);
      if (memory.load32(record + CORE_SPACE) !== space) continue;
      memory.store32(record + CORE_PAGES, memory.load32(space + SPACE_PAGES));
      memory.store32(record + CORE_PAGE_TABLE, memory.load32(space + SPACE_TABLE));
    }
  }

  /** Brings the record of the core's context up to date. */
  saveTop(core: number): void {
    const memory = this.#memory;
    const record = this.record(core);
    memory.store32(memory.load32(record + CORE_CONTEXT) + CONTEXT_TOP, memory.load32(record + CORE_TOP));
  }

  /** A core that stopped takes part no more. */
  retire(core: number): void {
    this.#memory.store32(this.record(core) + CORE_STATE, CORE_IDLE);
  }

  /** A core in the middle of something gives it up. */
  abandon(core: number): void {
    if (this.state(core) === CORE_RUNNABLE) {
      this.#memory.store32(REG_RUNNABLE, this.#memory.load32(REG_RUNNABLE) - 1);
    }
    this.retire(core);
  }

  get runnable(): number {
    return this.#memory.load32(REG_RUNNABLE);
  }

  isStopped(core: number): boolean {
    return this.state(core) === CORE_STOPPED;
  }

  counters(core: number): CoreCounters {
    const record = this.record(core);
    const word = (offset: number) => Number(this.#memory.i64[(record + offset) >>> 3]);
    const pending = this.#memory.i64[(record + CORE_COUNTS) >>> 3];
    return {
      instructions: word(CORE_INSTRUCTIONS) + Number(pending >> BigInt(INSTRUCTIONS_SHIFT)),
      accesses: word(CORE_ACCESSES) + Number(pending & BigInt(COUNT_MASK)),
      readMisses: word(CORE_READ_MISSES),
      writeMisses: word(CORE_WRITE_MISSES),
      stallCycles: (word(CORE_READ_MISSES) + word(CORE_WRITE_MISSES)) * this.#missCycles,
    };
  }
}
