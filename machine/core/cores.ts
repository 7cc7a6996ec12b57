// The cores' records in machine memory: their states, clocks and counters.
import {
  CONTEXT_BLOCK,
  CONTEXT_CORE,
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
  CORE_L2_HITS,
  CORE_L2_MISSES,
  CORE_LINK,
  CORE_PAGES,
  CORE_READ_MISSES,
  CORE_RUNNABLE,
  CORE_SPACE,
  CORE_STACK_END,
  CORE_STALLS,
  CORE_STATE,
  CORE_STOPPED,
  CORE_STRIDE,
  CORE_TIME,
  CORE_TLB_MISSES,
  CORE_TOP,
  CORE_WALKS,
  CORE_WRITE_MISSES,
  CORES,
  COUNT_MASK,
  INSTRUCTIONS_SHIFT,
  LEAVE_FINISHED,
  LEAVE_STOP,
  REG_CORE,
  REG_CORE_COUNT,
  REG_RUNNABLE,
  SPACE_PAGES,
  STACK_KERNEL_ROOM,
  STACK_RED_ZONE,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

export interface CoreCounters {
  /** Instructions that cost anything: see translate/charge.ts. */
  readonly instructions: number;
  /** Loads, stores and atomic operations. */
  readonly accesses: number;
  /** Accesses whose line the L1 did not have. */
  readonly readMisses: number;
  readonly writeMisses: number;
  readonly l2Hits: number;
  readonly l2Misses: number;
  /** Translations that the TLB did not have, and page walks. */
  readonly tlbMisses: number;
  readonly walks: number;
  /** Cycles spent waiting for lines that the private caches did not have, or not with the right to write. */
  readonly stallCycles: number;
}

export class Cores {
  readonly count: number;
  readonly #memory: MachineMemory;

  constructor(memory: MachineMemory, count: number) {
    this.#memory = memory;
    this.count = count;
    memory.store32(REG_CORE_COUNT, count);
    for (let core = 0; core < count; core++) {
      const record = this.record(core);
      memory.store32(record + CORE_ID, core);
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
    memory.store32(record + CORE_CAUSE, 0);
    memory.store32(record + CORE_CONTEXT, context);
    memory.store32(record + CORE_LINK, memory.load32(context + CONTEXT_BLOCK));
    memory.store32(context + CONTEXT_CORE, record);
    memory.store32(record + CORE_TOP, memory.load32(context + CONTEXT_TOP));
    memory.store32(record + CORE_STACK_END, memory.load32(context + CONTEXT_END) - STACK_RED_ZONE - STACK_KERNEL_ROOM);
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
    }
  }

  /** The frame on top of the core's context. */
  top(core: number): number {
    return this.#memory.load32(this.record(core) + CORE_TOP);
  }

  /** Whether the core has nothing to do any more since the function that its context began with has returned. */
  isDone(core: number): boolean {
    return this.state(core) === CORE_IDLE && this.cause(core) === LEAVE_FINISHED;
  }

  /** Whether the core can be started: it does nothing, or has left for good (it exited). */
  isFree(core: number): boolean {
    return this.state(core) === CORE_IDLE || (this.isStopped(core) && this.cause(core) === LEAVE_STOP);
  }

  /** A core that stopped takes part no more. */
  retire(core: number): void {
    this.#memory.store32(this.record(core) + CORE_STATE, CORE_IDLE);
  }

  /** A core in the middle of something gives it up. */
  abandon(core: number): void {
    if (this.state(core) >= CORE_RUNNABLE) {
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

  /** Where the counts of the packed clock are, of a core that does not run. */
  countsAddress(core: number): number {
    return this.record(core) + CORE_COUNTS;
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
      l2Hits: word(CORE_L2_HITS),
      l2Misses: word(CORE_L2_MISSES),
      tlbMisses: word(CORE_TLB_MISSES),
      walks: word(CORE_WALKS),
      stallCycles: word(CORE_STALLS) / TICKS_PER_CYCLE,
    };
  }
}
