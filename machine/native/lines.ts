// What guests do with single lines beside loading and storing: zeroing one without fetching it (dcbz), fetching one ahead of its use, and watching one
// for writes (monitor).
import {
  ACCESS_WRITE,
  CLOCK_SHIFT,
  CORE_ID,
  CORE_MONITOR,
  CORE_MONITOR_HIT,
  FRAME_BYTES,
  PTE_UNCACHED,
  REG_HOST_ADDRESS,
  TLB_PTE,
} from '../state/layout';
import { CORE_EFFECTS } from '../state/parking-layout';
import { LEFT64, touchLine } from './access';
import { claimLines } from './caches';
import { LINE_MASK, LINE_SHIFT, LINE_ZERO_TICKS } from './constants';
import { fillBytes } from './line-bytes';
import { allows, findEntry, foundEntry, translateSlowly } from './mmu';
import { prefetchLine } from './prefetch';

/** The core (by number) watches a line (by number) from now on: nobody gets it in a state that allows silent writes. */
@external("host", "monitor")
declare function monitorInHost(core: u32, line: u32): void;

/** Zeroes a line, which no cache need have for that; the clock, or LEFT for a fault. */
export function zeroLine(privilege: u32, core: u32, address: u32, clock: i64): i64 {
  claimLines(true);
  clock = touchLine(privilege | ACCESS_WRITE, core, address, clock);
  claimLines(false);
  if (clock == LEFT64) return LEFT64;
  fillBytes(load<u32>(REG_HOST_ADDRESS), 0, LINE_MASK + 1);
  return clock - ((<i64>LINE_ZERO_TICKS) << CLOCK_SHIFT);
}

/** Reads a line and arms the core's monitor on it; the clock, or LEFT for a fault. */
export function armMonitor(privilege: u32, core: u32, address: u32, clock: i64): i64 {
  clock = touchLine(privilege, core, address, clock);
  if (clock == LEFT64) return LEFT64;
  const physical = (load<u32>(findEntry(core, address), TLB_PTE) & ~(FRAME_BYTES - 1)) | (address & (FRAME_BYTES - 1));
  const line = physical >>> LINE_SHIFT;
  store<u32>(core, 1, CORE_EFFECTS);
  store<u32>(core, line + 1, CORE_MONITOR);
  store<u32>(core, 0, CORE_MONITOR_HIT);
  monitorInHost(load<u32>(core, CORE_ID), line);
  return clock;
}

/** Begins to fetch the line of an address. What cannot be translated is not fetched, and no fault. */
export function prefetchAddress(core: u32, address: u32, kernel: bool, clock: i64): i64 {
  let entry = findEntry(core, address);
  if (entry == 0) {
    clock = translateSlowly(core, address, 0, false, kernel, clock, 0);
    entry = foundEntry;
    if (entry == 0) return clock;
  }
  const pte = load<u32>(entry, TLB_PTE);
  if (!allows(pte, false, kernel) || pte & PTE_UNCACHED) return clock;
  const physical = (pte & ~(FRAME_BYTES - 1)) | (address & (FRAME_BYTES - 1));
  prefetchLine(core, physical & ~LINE_MASK, clock);
  return clock;
}
