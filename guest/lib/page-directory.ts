// Address spaces as page tables that the kernel makes: a page directory by its physical address (`root`), below 0x8000_0000 the space's own, from
// there on the kernel's tables, which all share. page-table.ts has the format and the walk.
//
// Entries are changed in one atomic step each, since the machine sets PTE_ACCESSED and PTE_DIRTY by itself, and threads of a process may fault on
// several cores. So two may map different pages at once without a lock, also where both need the same new table. Who changes the same page is the
// kernel's to order. What was there may still be in the TLBs of cores that use the space: nobody here tells them, and a frame must not be released
// before they forget.
import { KERNEL_ADDRESS, PTE_PRESENT, PTE_USER, PTE_WRITE } from './machine-constants';
import { frameAddress, releaseFrame, takeZeroFrame } from './page-frames';
import { directoryEntry, ENTRY_FRAME, PAGE_BYTES, pageEntry } from './page-table';

/** What one page table maps. */
export const TABLE_SPAN: usize = 0x40_0000;
const ENTRY_BYTES: usize = 4;
/** The bits of an entry that `protectPage` sets: a page's rights. */
const RIGHTS: u32 = PTE_WRITE | PTE_USER;

/** A page directory with nothing below the kernel, whose part is that of `kernelRoot`; 0 when there is no memory. */
export function newPageDirectory(kernelRoot: usize): usize {
  const root = takeZeroFrame();
  if (root == 0) return 0;
  const kernel = directoryEntry(0, <usize>KERNEL_ADDRESS);
  memory.copy(kernel + root, kernel + kernelRoot, PAGE_BYTES / 2);
  return root;
}

/** Address of a page's entry, whose table is made if need be; 0 when there is no memory for that. */
export function ensurePageEntry(root: usize, address: usize): usize {
  const slot = directoryEntry(root, address);
  if ((atomic.load<u32>(slot) & PTE_PRESENT) == 0) {
    const table = takeZeroFrame();
    if (table == 0) return 0;
    // Rights are given page by page.
    const other = atomic.cmpxchg<u32>(slot, 0, <u32>table | PTE_PRESENT | PTE_WRITE | PTE_USER);
    if (other != 0) releaseFrame(table);
  }
  return pageEntry(root, address);
}

/** Maps a page, whatever was there before. flags: PTE_*; PTE_PRESENT goes without saying. False when there is no memory for a table. */
export function mapPage(root: usize, address: usize, frame: usize, flags: u32): bool {
  const entry = ensurePageEntry(root, address);
  if (entry == 0) return false;
  atomic.store<u32>(entry, <u32>frame | flags | PTE_PRESENT);
  return true;
}

/** Maps a page unless it is mapped; returns the entry that was there, 0 when it is mapped now. Its table must exist: ensurePageEntry. */
export function mapIfAbsent(root: usize, address: usize, frame: usize, flags: u32): u32 {
  return atomic.cmpxchg<u32>(pageEntry(root, address), 0, <u32>frame | flags | PTE_PRESENT);
}

/** The entry of a page, 0 when there is none. */
export function entryOf(root: usize, address: usize): u32 {
  const entry = pageEntry(root, address);
  return entry == 0 ? 0 : atomic.load<u32>(entry);
}

/** Takes a page away; returns the entry that it had, with PTE_ACCESSED and PTE_DIRTY as they are in the end, or 0. */
export function unmapPage(root: usize, address: usize): u32 {
  const entry = pageEntry(root, address);
  return entry == 0 ? 0 : atomic.xchg<u32>(entry, 0);
}

/** Gives a page that is mapped the rights PTE_WRITE, PTE_USER, both or none; returns the entry that it had, 0 when there is none. */
export function protectPage(root: usize, address: usize, rights: u32): u32 {
  const entry = pageEntry(root, address);
  if (entry == 0) return 0;
  let before: u32 = 0;
  do {
    before = atomic.load<u32>(entry);
    if (before == 0) return 0;
  } while (atomic.cmpxchg<u32>(entry, before, (before & ~RIGHTS) | rights) != before);
  return before;
}

/** Address of the first page in a range of whole pages that has an entry; `end` when none has. To go through them: from each one's next page on. */
export function nextPage(root: usize, from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    const entry = pageEntry(root, at);
    if (entry == 0) at = (at | (TABLE_SPAN - 1)) + 1;
    else if (load<u32>(entry) != 0) return at;
    else at += PAGE_BYTES;
  }
  return end;
}

/** Unmaps a range of whole pages and drops the references to their frames. For a space that no core uses. Returns how many pages there were. */
export function releasePages(root: usize, from: usize, end: usize): i32 {
  let count = 0;
  for (let at = nextPage(root, from, end); at < end; at = nextPage(root, at + PAGE_BYTES, end)) {
    releaseFrame(unmapPage(root, at) & ENTRY_FRAME);
    count++;
  }
  return count;
}

/** Releases the directory and its tables below the kernel. No page may be mapped there. */
export function releasePageDirectory(root: usize): void {
  const kernel = directoryEntry(root, <usize>KERNEL_ADDRESS);
  for (let slot = frameAddress(root); slot < kernel; slot += ENTRY_BYTES) {
    const entry = load<u32>(slot);
    if (entry != 0) releaseFrame(entry & ENTRY_FRAME);
  }
  releaseFrame(root);
}
