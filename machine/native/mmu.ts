// Address translation: the TLB, its second level, and the walk through two levels of page tables, which goes through the caches.
//
// Invariant: a filter entry exists only while the first-level TLB has its page, for the address space that the core is in. TLB_LINES of an entry
// has the bits of all lines that were put into the filters under it, so what leaves the TLB takes its filter entries along.
import {
  CLOCK_SHIFT,
  CORES,
  CORE_ROOT,
  CORE_SPACE_TAG,
  CORE_STRIDE,
  CORE_TLB,
  CORE_TLB2,
  CORE_TLB_HINTS,
  CORE_TLB_MISSES,
  CORE_WALKS,
  FAULT_NO_RAM,
  FAULT_PROTECTION,
  FRAME_BYTES,
  FRAME_SHIFT,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_GLOBAL,
  PTE_PRESENT,
  PTE_USER,
  PTE_WRITE,
  RAM_BLOCK_SHIFT,
  REG_FAULT_ACCESS,
  STAGGER_BYTES,
  TLB2_ENTRY_BYTES,
  TLB2_SET_HEAD,
  TLB_ENTRY_BYTES,
  TLB_GLOBAL_TAG,
  TLB_HINTS,
  TLB_HOST,
  TLB_LINES,
  TLB_PTE,
  TLB_SET_HEAD,
  TLB_TAG,
} from '../state/layout';
import {
  RAM,
  RAM_BYTES,
  SPACE_IDS,
  TLB2_SET_MASK,
  TLB2_TICKS,
  TLB2_WAYS,
  TLB_SET_BYTES,
  TLB_SET_MASK,
  TLB_WAYS,
  WALK_TICKS,
} from './constants';
import { reach } from './caches';
import { dropLines } from './filters';
import { resumeAccess, suspendAccess } from './observe';

const ADDRESS_MASK: u32 = ~(FRAME_BYTES - 1);

/** Where a physical address is in machine memory. */
@inline
export function hostAddress(physical: u32): u32 {
  return RAM + physical + (physical >>> RAM_BLOCK_SHIFT) * STAGGER_BYTES;
}

@inline
function tlbSet(core: u32, page: u32): u32 {
  return load<u32>(core + CORE_TLB) + (page & TLB_SET_MASK) * TLB_SET_BYTES;
}

/** The TLB's entry of an address in the core's address space, or 0. */
@inline
export function findEntry(core: u32, address: u32): u32 {
  const page = address >>> FRAME_SHIFT;
  const tag = (page << FRAME_SHIFT) | load<u32>(core + CORE_SPACE_TAG);
  const hint = core + CORE_TLB_HINTS + ((page & (TLB_HINTS - 1)) << 2);
  const entry = load<u32>(hint);
  const found = load<u32>(entry);
  if (found == tag || found == ((page << FRAME_SHIFT) | TLB_GLOBAL_TAG)) return entry;
  return searchEntry(core, page, tag, hint);
}

function searchEntry(core: u32, page: u32, tag: u32, hint: u32): u32 {
  let entry = tlbSet(core, page) + TLB_SET_HEAD;
  const end = entry + TLB_WAYS * TLB_ENTRY_BYTES;
  for (; entry < end; entry += TLB_ENTRY_BYTES) {
    const found = load<u32>(entry, TLB_TAG);
    if (found != tag && found != ((page << FRAME_SHIFT) | TLB_GLOBAL_TAG)) continue;
    store<u32>(hint, entry);
    return entry;
  }
  return 0;
}

/** The entry is no longer valid; the filters forget what they know of its page. */
function dropEntry(core: u32, entry: u32): void {
  dropLines(core, load<u32>(entry, TLB_TAG) & ADDRESS_MASK, load<u64>(entry, TLB_LINES));
  store<u32>(entry, 0, TLB_TAG);
  store<u64>(entry, 0, TLB_LINES);
}

/** Whether a page table entry (with the rights of both levels) allows what a fault would report as `access`. */
@inline
export function allows(pte: u32, write: bool, kernel: bool): bool {
  return (!write || (pte & PTE_WRITE) != 0) && (kernel || (pte & PTE_USER) != 0);
}

/** Puts a translation into the first level; returns the entry. */
function insert(core: u32, address: u32, pte: u32): u32 {
  const page = address >>> FRAME_SHIFT;
  const set = tlbSet(core, page);
  const position = load<u32>(set);
  store<u32>(set, position + 1 == TLB_WAYS ? 0 : position + 1);
  const entry = set + TLB_SET_HEAD + position * TLB_ENTRY_BYTES;
  if (load<u64>(entry, TLB_LINES)) dropEntry(core, entry);
  store<u32>(entry, tagOf(core, page, pte), TLB_TAG);
  store<u32>(entry, hostAddress(pte & ADDRESS_MASK), TLB_HOST);
  store<u32>(entry, pte, TLB_PTE);
  store<u32>(core + CORE_TLB_HINTS + ((page & (TLB_HINTS - 1)) << 2), entry);
  return entry;
}

@inline
function tagOf(core: u32, page: u32, pte: u32): u32 {
  return (page << FRAME_SHIFT) | (pte & PTE_GLOBAL ? TLB_GLOBAL_TAG : load<u32>(core + CORE_SPACE_TAG));
}

@inline
function tlb2Set(core: u32, page: u32): u32 {
  const setBytes = TLB2_SET_HEAD + TLB2_WAYS * TLB2_ENTRY_BYTES;
  return load<u32>(core + CORE_TLB2) + (page & TLB2_SET_MASK) * setBytes;
}

/** Address of the second level's entry, or 0. */
function findSecond(core: u32, page: u32): u32 {
  let entry = tlb2Set(core, page) + TLB2_SET_HEAD;
  const end = entry + TLB2_WAYS * TLB2_ENTRY_BYTES;
  const tag = (page << FRAME_SHIFT) | load<u32>(core + CORE_SPACE_TAG);
  for (; entry < end; entry += TLB2_ENTRY_BYTES) {
    const found = load<u32>(entry);
    if (found == tag || found == ((page << FRAME_SHIFT) | TLB_GLOBAL_TAG)) return entry;
  }
  return 0;
}

/** Puts a translation into the second level, in place of `entry` unless that is 0. */
function insertSecond(core: u32, page: u32, pte: u32, entry: u32): void {
  if (entry == 0) {
    const set = tlb2Set(core, page);
    const position = load<u32>(set);
    store<u32>(set, position + 1 == TLB2_WAYS ? 0 : position + 1);
    entry = set + TLB2_SET_HEAD + position * TLB2_ENTRY_BYTES;
  }
  store<u32>(entry, tagOf(core, page, pte));
  store<u32>(entry, pte, 4);
}

/** The entry that `translate` found or made; 0 where the access faults: REG_FAULT_ACCESS says whether for want of rights or of RAM. */
export let foundEntry: u32 = 0;

/**
 * Translates an address that the TLB does not have (`stale` is 0), or has in the entry `stale` without the rights. Returns the packed clock; the
 * entry is in `foundEntry`. `remainder` is what the clock has been charged for what comes behind the access.
 */
export function translateSlowly(
  core: u32,
  address: u32,
  stale: u32,
  write: bool,
  kernel: bool,
  clock: i64,
  remainder: i64,
): i64 {
  store<i64>(core + CORE_TLB_MISSES, load<i64>(core + CORE_TLB_MISSES) + 1);
  if (stale) dropEntry(core, stale);
  let second: u32 = 0;
  if (TLB2_WAYS) {
    clock -= (<i64>TLB2_TICKS) << CLOCK_SHIFT;
    second = findSecond(core, address >>> FRAME_SHIFT);
    if (second) {
      const pte = load<u32>(second, 4);
      if (allows(pte, write, kernel) && (!write || pte & PTE_DIRTY)) {
        foundEntry = insert(core, address, pte);
        return clock;
      }
    }
  }
  return walk(core, address, second, write, kernel, clock, remainder);
}

/** The hardware's walk. What it finds replaces the second level's entry `second`, where there is one. Sets the accessed and dirty bits that the access needs, as a store of the core's. */
function walk(core: u32, address: u32, second: u32, write: bool, kernel: bool, clock: i64, remainder: i64): i64 {
  store<i64>(core + CORE_WALKS, load<i64>(core + CORE_WALKS) + 1);
  const access = suspendAccess();
  clock = walkTables(core, address, second, write, kernel, clock, remainder);
  resumeAccess(access);
  return clock;
}

/** The page tables lead out of RAM, which a kernel may have written there: the walk ends in a fault. */
function leaveRam(clock: i64): i64 {
  store<u32>(REG_FAULT_ACCESS, FAULT_NO_RAM);
  return clock;
}

function walkTables(core: u32, address: u32, second: u32, write: bool, kernel: bool, clock: i64, remainder: i64): i64 {
  foundEntry = 0;
  store<u32>(REG_FAULT_ACCESS, 0);
  const page = address >>> FRAME_SHIFT;
  const directoryEntry = load<u32>(core + CORE_ROOT) + ((page >>> 10) << 2);
  if (directoryEntry >= RAM_BYTES) return leaveRam(clock);
  clock = reach(core, directoryEntry, false, clock - ((<i64>WALK_TICKS) << CLOCK_SHIFT), remainder);
  const table = load<u32>(hostAddress(directoryEntry));
  if (!(table & PTE_PRESENT)) return clock;
  const tableEntry = (table & ADDRESS_MASK) + ((page & 1023) << 2);
  if (tableEntry >= RAM_BYTES) return leaveRam(clock);
  clock = reach(core, tableEntry, false, clock - ((<i64>WALK_TICKS) << CLOCK_SHIFT), remainder);
  const host = hostAddress(tableEntry);
  let pte = load<u32>(host);
  if (!(pte & PTE_PRESENT)) return clock;
  if ((pte & ADDRESS_MASK) >= RAM_BYTES) return leaveRam(clock);
  // A right is there when both levels give it.
  const rights = pte & (table | ~(PTE_WRITE | PTE_USER));
  if (!allows(rights, write, kernel)) {
    store<u32>(REG_FAULT_ACCESS, FAULT_PROTECTION);
    return clock;
  }
  const marks: u32 = write ? PTE_ACCESSED | PTE_DIRTY : PTE_ACCESSED;
  if ((pte & marks) != marks) {
    clock = reach(core, tableEntry, true, clock, remainder);
    pte |= marks;
    store<u32>(host, pte);
  }
  const entry = pte & (table | ~(PTE_WRITE | PTE_USER));
  if (TLB2_WAYS) insertSecond(core, page, entry, second);
  foundEntry = insert(core, address, entry);
  return clock;
}

/** Forgets a page of the core's address space (by number), as invlpg does. */
export function invalidatePage(coreNumber: u32, address: u32): void {
  const core = CORES + coreNumber * CORE_STRIDE;
  const entry = findEntry(core, address);
  if (entry) dropEntry(core, entry);
  if (TLB2_WAYS) {
    const second = findSecond(core, address >>> FRAME_SHIFT);
    if (second) store<u32>(second, 0);
  }
}

/** Whether a flush of the address space (by identifier; -1: of all) takes an entry with this tag. */
@inline
function flushes(tag: u32, space: i32): bool {
  if (tag == 0) return false;
  const found = <i32>((tag & ~ADDRESS_MASK) >>> 1);
  return space < 0 || found == space;
}

/** Forgets all pages of an address space (by identifier), or of all with -1; `global` ones with -2 too. */
export function flushTlb(coreNumber: u32, space: i32): void {
  const core = CORES + coreNumber * CORE_STRIDE;
  const sets = TLB_SET_MASK + 1;
  for (let s: u32 = 0; s < sets; s++) {
    let entry = tlbSet(core, s) + TLB_SET_HEAD;
    const end = entry + TLB_WAYS * TLB_ENTRY_BYTES;
    for (; entry < end; entry += TLB_ENTRY_BYTES) {
      const tag = load<u32>(entry, TLB_TAG);
      const isGlobal = (tag & ~ADDRESS_MASK) == TLB_GLOBAL_TAG;
      if (isGlobal ? space == -2 : flushes(tag, space)) dropEntry(core, entry);
    }
  }
  const sets2 = TLB2_WAYS ? TLB2_SET_MASK + 1 : 0;
  for (let s: u32 = 0; s < sets2; s++) {
    let entry = tlb2Set(core, s) + TLB2_SET_HEAD;
    const end = entry + TLB2_WAYS * TLB2_ENTRY_BYTES;
    for (; entry < end; entry += TLB2_ENTRY_BYTES) {
      const tag = load<u32>(entry);
      const isGlobal = (tag & ~ADDRESS_MASK) == TLB_GLOBAL_TAG;
      if (isGlobal ? space == -2 : flushes(tag, space)) store<u32>(entry, 0);
    }
  }
}

/**
 * Gives a core another page directory and address space. Pages of the old one stay in the TLB where identifiers keep them apart (0 keeps nothing
 * apart), but the filters, which have none, forget them.
 */
export function switchRoot(core: u32, root: u32, tag: u32): void {
  const number = (core - CORES) / CORE_STRIDE;
  store<u32>(core + CORE_ROOT, root);
  if (SPACE_IDS) {
    if (load<u32>(core + CORE_SPACE_TAG) != tag) {
      store<u32>(core + CORE_SPACE_TAG, tag);
      forgetLines(core);
    }
    if (tag >>> 1 == 0) flushTlb(number, 0);
  } else {
    flushTlb(number, -1);
  }
}

/** The filters forget all pages. */
export function forgetAllLines(core: u32): void {
  forgetPages(core, true);
}

/** The filters forget all pages but global ones. */
function forgetLines(core: u32): void {
  forgetPages(core, false);
}

function forgetPages(core: u32, global: bool): void {
  const sets = TLB_SET_MASK + 1;
  for (let s: u32 = 0; s < sets; s++) {
    let entry = tlbSet(core, s) + TLB_SET_HEAD;
    const end = entry + TLB_WAYS * TLB_ENTRY_BYTES;
    for (; entry < end; entry += TLB_ENTRY_BYTES) {
      const lines = load<u64>(entry, TLB_LINES);
      if (lines == 0 || (!global && (load<u32>(entry, TLB_TAG) & ~ADDRESS_MASK) == TLB_GLOBAL_TAG)) continue;
      dropLines(core, load<u32>(entry, TLB_TAG) & ADDRESS_MASK, lines);
      store<u64>(entry, 0, TLB_LINES);
    }
  }
}

/** `switchRoot` for a core by number and an identifier, as a kernel gives them. */
export function setPageRoot(coreNumber: u32, root: u32, space: u32): void {
  switchRoot(CORES + coreNumber * CORE_STRIDE, root, (space << 1) | 1);
}

/** Remembers that the filters may know a line of an entry's page. There are 64 bits; where a page has 128 lines, they are those of both halves. */
@inline
export function markLine(entry: u32, address: u32, lineShift: u32): void {
  const bit = (<u64>1) << ((address & (FRAME_BYTES - 1)) >>> lineShift);
  store<u64>(entry, load<u64>(entry, TLB_LINES) | bit, TLB_LINES);
}
