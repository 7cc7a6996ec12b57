// The global translation table: for each COID the Root. There is one, at GLOBAL_BASE in all page directories, of pages that come as COIDs are given out. Such a
// page is also what every CPU's local table has in that place to begin with, without the right to write: it is full of Default Objects. So a table has
// no holes among COIDs that were ever given out, and no call makes a page fault.
import { BootInfo } from '../../lib/boot-info';
import { MOST_LINE_BYTES } from '../../lib/limits';
import { PTE_GLOBAL, PTE_WRITE } from '../../lib/machine-constants';
import { ensurePageEntry, entryOf, mapPage, TABLE_SPAN } from '../../lib/page-directory';
import { frameAddress, takeReservedFrame, zeroFrame } from '../../lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES } from '../../lib/page-table';
import { panic } from '../../lib/panic';
import { acquireOne, releaseOne } from '../lock';
import { LocalTable, localTableOf, setLocalTable } from './local-table';
import { Root } from './root';
import { ENTRY_ROOT, GLOBAL_BASE, globalEntry, partitionOf, writeEmptyEntries } from './translation';

/** The lock of both kinds of tables' pages; the firmware's page directory; how many CPUs there are. */
const LOCK: usize = 0;
const DIRECTORY: usize = 4;
const CPUS: usize = 8;
const state = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

/** Makes the page tables for it in the firmware's directory, of which the CPUs' are copies. On the boot core. */
export function layOutGlobalTable(info: BootInfo): void {
  store<usize>(state, info.pageRoot, DIRECTORY);
  store<i32>(state, info.cores, CPUS);
  for (let at = GLOBAL_BASE; at < globalEntry(partitionOf(info.cores)); at += TABLE_SPAN)
    if (ensurePageEntry(info.pageRoot, at) == 0) panic('there is not enough RAM for the translation tables');
}

/** Behind the last COID that this machine's CPUs can give out. */
export function lastCoid(): usize {
  return partitionOf(load<i32>(state, CPUS));
}

/** The page directory that all CPUs' are copies of, by its physical address. */
export function firmwareDirectory(): usize {
  return load<usize>(state, DIRECTORY);
}

/** The object's Root, null when there is no such object. */
@inline
export function rootOf(coid: usize): Root | null {
  return changetype<Root | null>(atomic.load<usize>(globalEntry(coid), ENTRY_ROOT));
}

@inline
export function setRoot(coid: usize, root: Root | null): void {
  atomic.store<usize>(globalEntry(coid), changetype<usize>(root), ENTRY_ROOT);
}

/** A page of entries for COIDs from `first` on, in all tables. Out of memory is the end, as for any kernel object: see runtime/kernel.ts. */
export function addPage(first: usize): void {
  const frame = takeReservedFrame();
  if (frame == 0) panic('out of memory for clustered objects');
  zeroFrame(frame);
  writeEmptyEntries(frameAddress(frame), first);
  acquireOne(state + LOCK);
  mapPage(firmwareDirectory(), globalEntry(first), frame, PTE_WRITE | PTE_GLOBAL);
  for (let cpu = 0; cpu < load<i32>(state, CPUS); cpu++) {
    const table = localTableOf(cpu);
    if (table !== null) table.showGlobalPage(first, frame);
  }
  releaseOne(state + LOCK);
}

/** Gives a CPU's new table all pages that there are, and from now on those that come. Each partition's come in the order of their addresses. */
export function addLocalTable(table: LocalTable): void {
  acquireOne(state + LOCK);
  for (let cpu = 0; cpu < load<i32>(state, CPUS); cpu++) {
    const end = partitionOf(cpu + 1);
    for (let first = partitionOf(cpu); first < end && globalFrame(first) != 0; first += PAGE_BYTES)
      table.showGlobalPage(first, globalFrame(first));
  }
  setLocalTable(table);
  releaseOne(state + LOCK);
}

/** The frame of the page of the global table that an entry is in. */
export function globalFrame(coid: usize): usize {
  return entryOf(firmwareDirectory(), globalEntry(coid)) & ENTRY_FRAME;
}
