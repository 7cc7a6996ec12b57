// Reading the time of the core that runs, and times in machine memory, as numbers. Times are ticks, exact whole numbers below 2^53.
import { REG_CLOCK, REG_TICK_LENGTH, REG_TIME_END } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

const WORD = 2 ** 32;

/** The i64 at an address, which is a time: not negative. */
export function loadTime(memory: MachineMemory, address: number): number {
  return memory.u32[(address + 4) >>> 2] * WORD + memory.u32[address >>> 2];
}

export function storeTime(memory: MachineMemory, address: number, time: number): void {
  memory.u32[address >>> 2] = time % WORD;
  memory.u32[(address + 4) >>> 2] = time / WORD;
}

/** Time of the running core in ticks; exact in built-in functions. See timeAt in machine/native/clock.ts. */
export function runningTime(memory: MachineMemory): number {
  // The packed clock's ticks are its upper 24 bits.
  const left = memory.i32[(REG_CLOCK + 4) >>> 2] >> 8;
  return loadTime(memory, REG_TIME_END) - Math.floor((left * loadTime(memory, REG_TICK_LENGTH)) / 65536);
}

/** Charges the running core ticks of its own, in built-in functions. */
export function chargeRunning(memory: MachineMemory, ticks: number): void {
  memory.i32[(REG_CLOCK + 4) >>> 2] -= ticks * 256;
}
