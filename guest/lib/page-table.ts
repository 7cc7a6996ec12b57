// Page tables as the machine walks them: 10 + 10 + 12 bits of the address, entries of four bytes. The hardware goes by physical addresses;
// the kernel reaches the same tables through its window onto all RAM.
import { RAM } from './boot-info';
import { PTE_PRESENT, PTE_USER, PTE_WRITE } from './machine-constants';

export const PAGE_BYTES: usize = 4096;

const ENTRIES_MASK: usize = 1023;
/** The physical address in an entry. */
export const ENTRY_FRAME: u32 = 0xfffff000;

/** Virtual address of a page's entry in the tables below `root` (physical); 0 where its table does not exist. */
export function pageEntry(root: usize, address: usize): usize {
  const table = load<u32>(directoryEntry(root, address));
  if ((table & PTE_PRESENT) == 0) return 0;
  return RAM + (table & ENTRY_FRAME) + (((address >> 12) & ENTRIES_MASK) << 2);
}

/** Lets the frame at `table` (physical, zero) hold the entries of the 1024 pages around an address. */
export function addPageTable(root: usize, address: usize, table: usize): void {
  store<u32>(directoryEntry(root, address), table | PTE_PRESENT | PTE_WRITE | PTE_USER);
}

/** Virtual address of the entry of the table for the 1024 pages around an address. */
@inline
export function directoryEntry(root: usize, address: usize): usize {
  return RAM + root + ((address >> 22) << 2);
}
