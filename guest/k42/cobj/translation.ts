// Where clustered objects are: the geometry of the translation tables (K42, section 2.2.1).
//
// A COID is the address of an entry of the local translation table. Each CPU has a table of its own, and all are at the same addresses, from VBASE on, in
// the CPUs' page directories (local-table.ts). The global translation table has an entry at the same place of its own range (global-table.ts), so from
// one to the other is a subtraction. An entry is a pointer with a whole object behind it:
//
//   +0   local: the Rep; where the CPU has none, the Default Object of this entry, which is at +12
//   +4   the Default Object's class id, that of no class, where AssemblyScript looks for it: 8 bytes before the object
//   +8   its size; in the global table of an entry that nobody uses: the next one
//   +12  the Default Object, of no bytes; in the global table the Root, or 0
//
// AssemblyScript calls a virtual method by the class id, and an id that it does not know gets the body of the interface itself. That is how a method of
// the Default Object comes to be the trampoline (trampoline.ts), and what `this` is there tells which COID was meant.
//
// Entries are divided among the CPUs in order: each gives out its own without asking anybody, and a COID tells whose it was.
import { PAGE_BYTES } from '../../lib/page-table';

/** The local tables. */
export const VBASE: usize = 0xa800_0000;
/** The global table. */
export const GLOBAL_BASE: usize = 0xa000_0000;
const TABLE_BYTES: usize = VBASE - GLOBAL_BASE;

export const ENTRY_BYTES: usize = 16;
export const ENTRIES_OF_PAGE: usize = PAGE_BYTES / ENTRY_BYTES;
/** What each CPU gives out: 65,536 COIDs. There is room for MOST_CORES of them. */
const PARTITION_SHIFT: usize = 20;
export const PARTITION_BYTES: usize = (<usize>1) << PARTITION_SHIFT;

export const ENTRY_CLASS: usize = 4;
export const ENTRY_NEXT: usize = 8;
export const ENTRY_ROOT: usize = 12;
const DEFAULT_OBJECT: usize = 12;
const NO_CLASS: u32 = 0xffff_fffe;

/** The CPU on which an object was made. */
@inline
export function homeOf(coid: usize): i32 {
  return <i32>((coid - VBASE) >> PARTITION_SHIFT);
}

/** The first COID of a CPU's. */
export function partitionOf(cpu: i32): usize {
  return VBASE + ((<usize>cpu) << PARTITION_SHIFT);
}

/** An entry of the global table. */
@inline
export function globalEntry(coid: usize): usize {
  return coid - TABLE_BYTES;
}

/** What an entry without a Rep points to. */
@inline
export function defaultObject(coid: usize): usize {
  return coid + DEFAULT_OBJECT;
}

/** The entry whose Default Object this is; 0 when it is none. */
export function coidOfDefault(object: usize): usize {
  return object - VBASE < TABLE_BYTES ? object - DEFAULT_OBJECT : 0;
}

/** Makes a page of entries, written at an address, for COIDs from one on. The page is zero. */
export function writeEmptyEntries(page: usize, first: usize): void {
  for (let i: usize = 0; i < ENTRIES_OF_PAGE; i++) {
    const entry = page + i * ENTRY_BYTES;
    store<usize>(entry, defaultObject(first + i * ENTRY_BYTES));
    store<u32>(entry, NO_CLASS, ENTRY_CLASS);
  }
}
