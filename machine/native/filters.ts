// The access filters of a core, as the slow path changes them. An entry {line, host line} of a filter says that the TLB has the page with the rights
// for the access and that the L1 has the line in a state that allows it. An invalid tag is a line of another index, which never hits.
import {
  FILTER_ENTRIES,
  FILTER_KERNEL,
  FILTER_READ,
  FILTER_WRITE,
  REG_FILTER_SHIFT,
  REG_LINE_SHIFT,
  REG_OTHER_LINE,
} from '../state/layout';

/** Offset of a guest line's entry in a filter. */
@inline
export function filterOffset(line: u32): u32 {
  return (line >>> load<u32>(REG_FILTER_SHIFT)) & ((FILTER_ENTRIES - 1) << 3);
}

@inline
function dropFrom(entry: u32, line: u32): void {
  if (load<u32>(entry) == line) store<u32>(entry, line ^ load<u32>(REG_OTHER_LINE));
}

/** Removes the entries of a guest line. */
export function dropLine(core: u32, line: u32): void {
  const entry = core + filterOffset(line);
  dropFrom(entry + FILTER_READ, line);
  dropFrom(entry + FILTER_WRITE, line);
  dropFrom(entry + FILTER_KERNEL + FILTER_READ, line);
  dropFrom(entry + FILTER_KERNEL + FILTER_WRITE, line);
}

/** Removes the entries that let a guest line be written. */
export function dropWrites(core: u32, line: u32): void {
  const entry = core + filterOffset(line);
  dropFrom(entry + FILTER_WRITE, line);
  dropFrom(entry + FILTER_KERNEL + FILTER_WRITE, line);
}

/** Removes the entries of those lines of a page whose bits are set. */
export function dropLines(core: u32, page: u32, lines: u64): void {
  const shift = load<u32>(REG_LINE_SHIFT);
  while (lines) {
    dropLine(core, page + ((<u32>ctz(lines)) << shift));
    lines &= lines - 1;
  }
}
