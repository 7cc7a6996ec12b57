// The access filters of a core, as the slow path changes them. An entry {line, host line} of a filter says that the TLB has the page with the rights
// for the access and that the L1 has the line in a state that allows it. An invalid tag is a line of another index, which never hits.
import {
  FILTER_ENTRIES,
  FILTER_KERNEL,
  FILTER_READ,
  FILTER_WRITE,
  FRAME_BYTES,
  KNOWN_MASK,
  KNOWN_TO_KERNEL_SHIFT,
  KNOWN_TO_READS,
  KNOWN_TO_WRITES,
} from '../state/layout';
import { FILTER_SHIFT, LINE_SHIFT, OTHER_LINE } from './constants';

/** Offset of a guest line's entry in a filter. */
@inline
function filterOffset(line: u32): u32 {
  return (line >>> FILTER_SHIFT) & ((FILTER_ENTRIES - 1) << 3);
}

/** Offset in the core's record of a guest line's entry, in the filter for such accesses. */
@inline
export function filterEntry(write: bool, kernel: bool, line: u32): u32 {
  return (write ? FILTER_WRITE : FILTER_READ) + (kernel ? FILTER_KERNEL : 0) + filterOffset(line);
}

@inline
function dropFrom(entry: u32, line: u32): void {
  if (load<u32>(entry) == line) store<u32>(entry, line ^ OTHER_LINE);
}

/** Removes the entries of a guest line from the filters that KNOWN_* bits name, in one word with it. */
@inline
export function dropKnown(core: u32, known: u32): void {
  const line = known & ~KNOWN_MASK;
  const entry = core + filterOffset(line);
  if (known & KNOWN_TO_READS) dropFrom(entry + FILTER_READ, line);
  if (known & KNOWN_TO_WRITES) dropFrom(entry + FILTER_WRITE, line);
  if ((known & KNOWN_MASK) >>> KNOWN_TO_KERNEL_SHIFT) dropKernel(entry, line, known);
}

function dropKernel(entry: u32, line: u32, known: u32): void {
  if (known & (KNOWN_TO_READS << KNOWN_TO_KERNEL_SHIFT)) dropFrom(entry + FILTER_KERNEL + FILTER_READ, line);
  if (known & (KNOWN_TO_WRITES << KNOWN_TO_KERNEL_SHIFT)) dropFrom(entry + FILTER_KERNEL + FILTER_WRITE, line);
}

/** Removes the entries of those lines of a page whose bits are set: see markLine in mmu.ts. */
export function dropLines(core: u32, page: u32, lines: u64): void {
  const shift = LINE_SHIFT;
  while (lines) {
    const line = page + ((<u32>ctz(lines)) << shift);
    dropKnown(core, line | KNOWN_MASK);
    // Of lines of 32 bytes each bit stands for two.
    if (shift == 5) dropKnown(core, (line + FRAME_BYTES / 2) | KNOWN_MASK);
    lines &= lines - 1;
  }
}
