// A pointer chase: every line of 64 bytes in a region holds the address of another one, in one random cycle through all of them.
// One unit of work is one step. Character: each load needs the one before it, and beyond the cache's size each one misses.

import { followCycle, layCycle } from '../../lib/random-cycle';

const LINE_BYTES: i32 = 64;
const PAGE_BYTES: i32 = 65536;
const MAX_BYTES: i32 = 16 * 1024 * 1024;

/** The region lies behind the static data, at a line's start. */
const region: usize = (__heap_base + LINE_BYTES - 1) & ~(LINE_BYTES - 1);

/** Lays the cycle through the first `bytes` of the region (128 .. 16 MiB), growing the memory as needed. */
export function setup(bytes: i32): void {
  if (bytes < 2 * LINE_BYTES || bytes > MAX_BYTES) unreachable();
  const missing = <i32>region + bytes - memory.size() * PAGE_BYTES;
  if (missing > 0 && memory.grow((missing + PAGE_BYTES - 1) / PAGE_BYTES) < 0) unreachable();
  layCycle(region, bytes / LINE_BYTES, LINE_BYTES);
}

/** Follows the cycle from its first line for `steps` steps; returns the number of the line it arrives at. */
export function run(steps: i32): i32 {
  return (followCycle(region, steps) - region) / LINE_BYTES;
}
