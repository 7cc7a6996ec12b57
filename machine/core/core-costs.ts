// What a profile says of the cores' own times: costs of the intrinsics that are native code, and speeds; into the registers where they
// are read.
import type { MachineProfile } from '../profile/schema.ts';
import {
  CLOCK_SHIFT,
  CORE_STRIDE,
  CORE_TICK_LENGTH,
  CORE_TICK_RATE,
  CORES,
  REG_FENCE_CLOCK,
  REG_INTERRUPT_ENTRY_CLOCK,
  REG_INVLPG_CLOCK,
  REG_PAGE_ROOT_CLOCK,
  REG_PAUSE_CLOCK,
  REG_SPEEDS,
  REG_SWITCH_CLOCK,
  REG_TICK_LENGTH,
  REG_TICK_RATE,
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

/** A core's clock as a part of the reference clock. */
export function speedOf({ core: { speeds } }: MachineProfile, core: number): number {
  return speeds?.find(({ cores }) => cores.includes(core))?.ratio ?? 1;
}

/** Tells the native code how fast the cores are: see machine/native/clock.ts. */
export function storeSpeeds(memory: MachineMemory, profile: MachineProfile, cores: number): void {
  for (let core = 0; core < cores; core++) {
    const ratio = speedOf(profile, core);
    const record = CORES + core * CORE_STRIDE;
    memory.store64(record + CORE_TICK_LENGTH, BigInt(Math.round(65536 / ratio)));
    memory.store64(record + CORE_TICK_RATE, BigInt(Math.round(65536 * ratio)));
    if (ratio !== 1) memory.store32(REG_SPEEDS, 1);
  }
  memory.store64(REG_TICK_LENGTH, 65536n);
  memory.store64(REG_TICK_RATE, 65536n);
}
