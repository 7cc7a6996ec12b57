// The memory controller of each node, and which node's memory has a line (machine/memory/physical-memory.ts). Times are ticks since the Origin.
import { COHERENCE_LINES_PER_NODE, COHERENCE_MEMORY_BANDWIDTH } from '../../state/coherence-layout';
import { TICKS_PER_CYCLE } from '../../state/layout';
import { FIRST_MEMORY, LINES_PER_NODE, MEMORY_LINE_TICKS, MEMORY_TICKS, NODES } from './constants';
import { reserve } from './resources';

/** Home of a physical line; what lies above RAM belongs to the last node. */
@inline
export function homeOf(line: u32): u32 {
  if (NODES == 1) return 0;
  // Shares that are no whole number of lines begin inside of one, which belongs to the node before.
  const share = LINES_PER_NODE ? line / LINES_PER_NODE : <u32>(<f64>line / load<f64>(COHERENCE_LINES_PER_NODE));
  return min(share, NODES - 1);
}

/** Time that `bytes` take at a bandwidth, in whole ticks. */
export function lengthTicks(bytes: u32, bytesPerCycle: f64): i32 {
  return <i32>ceil((<f64>bytes * TICKS_PER_CYCLE) / bytesPerCycle);
}

/** Reads a line at `at`; returns when its data is there. */
@inline
export function readMemory(node: u32, at: i32): i32 {
  return reserve(FIRST_MEMORY + node, at, MEMORY_LINE_TICKS) + MEMORY_TICKS;
}

@inline
export function writeMemory(node: u32, at: i32): void {
  reserve(FIRST_MEMORY + node, at, MEMORY_LINE_TICKS);
}

/** Reads or writes less than a line; returns when the data is there, or written. */
export function accessMemory(node: u32, at: i32, bytes: u32): i32 {
  return reserve(FIRST_MEMORY + node, at, lengthTicks(bytes, load<f64>(COHERENCE_MEMORY_BANDWIDTH))) + MEMORY_TICKS;
}
