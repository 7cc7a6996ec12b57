// What the intrinsics that are native code cost: from a profile into the registers where they are read.
import type { MachineProfile } from '../profile/schema.ts';
import {
  CLOCK_SHIFT,
  REG_FENCE_CLOCK,
  REG_INTERRUPT_ENTRY_CLOCK,
  REG_INVLPG_CLOCK,
  REG_PAGE_ROOT_CLOCK,
  REG_PAUSE_CLOCK,
  REG_SWITCH_CLOCK,
  REG_TLB_FLUSH_CLOCK,
  REG_TRAP_ENTRY_CLOCK,
  REG_TRAP_EXIT_CLOCK,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

/** Cycles as packed clock, for a register. */
export function packedCycles(cycles: number): bigint {
  return BigInt(Math.round(cycles * TICKS_PER_CYCLE)) << BigInt(CLOCK_SHIFT);
}

/** Puts the costs where the native code reads them. */
export function storeCosts(memory: MachineMemory, costs: MachineProfile['core']): void {
  memory.store64(REG_PAUSE_CLOCK, packedCycles(costs.pauseCycles));
  memory.store64(REG_FENCE_CLOCK, packedCycles(costs.fenceCycles));
  memory.store64(REG_TRAP_ENTRY_CLOCK, packedCycles(costs.trapEntryCycles));
  memory.store64(REG_TRAP_EXIT_CLOCK, packedCycles(costs.trapExitCycles));
  memory.store64(REG_INTERRUPT_ENTRY_CLOCK, packedCycles(costs.interruptEntryCycles));
  memory.store64(REG_PAGE_ROOT_CLOCK, packedCycles(costs.pageRootCycles));
  memory.store64(REG_INVLPG_CLOCK, packedCycles(costs.invlpgCycles));
  memory.store64(REG_TLB_FLUSH_CLOCK, packedCycles(costs.tlbFlushCycles));
  memory.store64(REG_SWITCH_CLOCK, packedCycles(costs.contextSwitchCycles));
}
