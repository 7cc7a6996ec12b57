// What privileged and waiting instructions of a core cost: the numbers of a profile's `core`, and where the native code finds them.
import {
  CLOCK_SHIFT,
  REG_FENCE_CLOCK,
  REG_INTERRUPT_ENTRY_CLOCK,
  REG_PAUSE_CLOCK,
  REG_SWITCH_CLOCK,
  REG_TRAP_ENTRY_CLOCK,
  REG_TRAP_EXIT_CLOCK,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

/** In cycles of the core. The names are those of a profile. */
export interface CoreCosts {
  readonly pauseCycles: number;
  readonly fenceCycles: number;
  readonly trapEntryCycles: number;
  readonly trapExitCycles: number;
  readonly interruptEntryCycles: number;
  readonly contextSwitchCycles: number;
  readonly ipiSendCycles: number;
  /** From sending to where the target can take it. */
  readonly ipiLatencyCycles: number;
  readonly haltWakeCycles: number;
  readonly mwaitWakeCycles: number;
  readonly mwaitInUserMode: boolean;
}

/** Estimates, after current x86 cores: PAUSE 40 to 140 cycles, MFENCE about 30, and what the literature gives of traps and IPIs. */
export const ESTIMATED_COSTS: CoreCosts = {
  pauseCycles: 40,
  fenceCycles: 30,
  trapEntryCycles: 100,
  trapExitCycles: 80,
  interruptEntryCycles: 200,
  contextSwitchCycles: 100,
  ipiSendCycles: 50,
  ipiLatencyCycles: 500,
  haltWakeCycles: 1000,
  mwaitWakeCycles: 500,
  mwaitInUserMode: true,
};

/** Cycles as packed clock, for a register. */
export function packedCycles(cycles: number): bigint {
  return BigInt(Math.round(cycles * TICKS_PER_CYCLE)) << BigInt(CLOCK_SHIFT);
}

/** Puts the costs where the native code reads them. */
export function storeCosts(memory: MachineMemory, costs: CoreCosts): void {
  memory.store64(REG_PAUSE_CLOCK, packedCycles(costs.pauseCycles));
  memory.store64(REG_FENCE_CLOCK, packedCycles(costs.fenceCycles));
  memory.store64(REG_TRAP_ENTRY_CLOCK, packedCycles(costs.trapEntryCycles));
  memory.store64(REG_TRAP_EXIT_CLOCK, packedCycles(costs.trapExitCycles));
  memory.store64(REG_INTERRUPT_ENTRY_CLOCK, packedCycles(costs.interruptEntryCycles));
  memory.store64(REG_SWITCH_CLOCK, packedCycles(costs.contextSwitchCycles));
}
