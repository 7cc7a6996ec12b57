// memory.atomic.wait and notify: cores that wait for an address, in the order in which they began to.
//
// A core that waits has left at the wait's frame; whoever wakes it writes the answer there and says from when on it runs.
import {
  CORE_RUNNABLE,
  CORE_STATE,
  CORE_STOPPED,
  CORE_STRIDE,
  CORE_TIME,
  CORES,
  FRAME_VALUES,
  REG_ATTENTION,
  REG_RUNNABLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

/** Answers of memory.atomic.wait. */
export const WAIT_WOKEN = 0;
export const WAIT_NOT_EQUAL = 1;
export const WAIT_TIMED_OUT = 2;

interface Waiter {
  readonly core: number;
  /** Host address of the word. */
  readonly host: number;
  readonly frame: number;
  /** In ticks; undefined waits for ever. */
  readonly deadline: bigint | undefined;
  /** When it was woken, in ticks. */
  woken: bigint | undefined;
}

export class Waiters {
  readonly #memory: MachineMemory;
  #waiters: Waiter[] = [];

  constructor(memory: MachineMemory) {
    this.#memory = memory;
  }

  get count(): number {
    return this.#waiters.length;
  }

  add(core: number, host: number, frame: number, deadline: bigint | undefined): void {
    this.#waiters.push({ core, host, frame, deadline, woken: undefined });
  }

  /** Wakes at most `count` cores that wait for the address, at a time in ticks; returns how many. */
  notify(host: number, count: number, time: bigint): number {
    let woken = 0;
    for (const waiter of this.#waiters) {
      if (woken === count) break;
      if (waiter.host !== host || waiter.woken !== undefined) continue;
      waiter.woken = time;
      this.#memory.store32(waiter.frame + FRAME_VALUES, WAIT_WOKEN);
      woken++;
    }
    if (woken > 0) this.#memory.store32(REG_ATTENTION, 1);
    return woken;
  }

  /** The earliest deadline of a core that still waits. */
  get deadline(): bigint | undefined {
    let earliest: bigint | undefined;
    for (const { deadline, woken } of this.#waiters) {
      if (woken === undefined && deadline !== undefined && (earliest === undefined || deadline < earliest))
        earliest = deadline;
    }
    return earliest;
  }

  /** Between windows: makes runnable who was woken, and whose deadline has come by `now` (ticks). Returns how many. */
  settle(now: bigint): number {
    const memory = this.#memory;
    const still: Waiter[] = [];
    for (const waiter of this.#waiters) {
      let time = waiter.woken;
      if (time === undefined && waiter.deadline !== undefined && waiter.deadline <= now) {
        time = waiter.deadline;
        memory.store32(waiter.frame + FRAME_VALUES, WAIT_TIMED_OUT);
      }
      const record = CORES + waiter.core * CORE_STRIDE;
      if (time === undefined || memory.load32(record + CORE_STATE) !== CORE_STOPPED) {
        still.push(waiter);
        continue;
      }
      const at = (record + CORE_TIME) >>> 3;
      if (memory.i64[at] < time) memory.i64[at] = time;
      memory.store32(record + CORE_STATE, CORE_RUNNABLE);
      memory.store32(REG_RUNNABLE, memory.load32(REG_RUNNABLE) + 1);
    }
    const settled = this.#waiters.length - still.length;
    this.#waiters = still;
    return settled;
  }
}
