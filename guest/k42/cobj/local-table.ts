// A CPU's local translation table: for each COID the Rep that serves this CPU. It is a cache, since Roots know which Rep serves whom: a page of it is the
// global table's own, shared and full of Default Objects, until this CPU has a Rep in it; then it is a copy in a frame of the CPU's node.
//
// The CPU itself installs Reps. Others take them out, when an object ends or something comes before it: through the window onto RAM, with the table's
// lock, which its owner has to change which frame is where.
import { MOST_CORES, MOST_LINE_BYTES } from '../../lib/limits';
import { coreId, invlpg } from '../../lib/machine';
import { PTE_GLOBAL, PTE_PRESENT, PTE_WRITE } from '../../lib/machine-constants';
import { ensurePageEntry, newPageDirectory, TABLE_SPAN } from '../../lib/page-directory';
import { frameAddress, takeFrame } from '../../lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES, pageEntry } from '../../lib/page-table';
import { panic } from '../../lib/panic';
import { Lockable } from '../lock';
import { Partition } from './coid';
import { firmwareDirectory, lastCoid } from './global-table';
import { Rep } from './rep';
import { defaultObject, VBASE } from './translation';

/** Entries of page tables: for a page that is the global table's, and for the CPU's own. Every address space has them. */
const PTE_SHOWN: u32 = PTE_PRESENT | PTE_GLOBAL;
const PTE_OWN: u32 = PTE_SHOWN | PTE_WRITE;

/** Addresses of the CPUs' tables; 0 before a CPU has one. */
const tables = memory.data(MOST_CORES * 4, MOST_LINE_BYTES);

export class LocalTable extends Lockable {
  /** The CPU's kernel page directory, by its physical address. */
  readonly directory: usize;
  /** The COIDs that this CPU gives out. */
  readonly partition: Partition;

  /** On the CPU itself, so that all this is in its own node's RAM. */
  constructor(readonly cpu: i32) {
    super();
    this.directory = newPageDirectory(firmwareDirectory());
    this.partition = new Partition(cpu);
    let complete = this.directory != 0;
    // All page tables that there can be, since user page directories begin as copies of this one.
    for (let at = VBASE; complete && at < lastCoid(); at += TABLE_SPAN)
      complete = ensurePageEntry(this.directory, at) != 0;
    if (!complete) panic('there is not enough RAM for the translation tables');
  }

  /** Lets a page of COIDs from `first` on be the global table's. */
  showGlobalPage(first: usize, frame: usize): void {
    store<u32>(pageEntry(this.directory, first), frame | PTE_SHOWN);
  }

  /** On the table's own CPU: this CPU's calls go to a Rep. Without memory for a page they go on missing, and are none the worse for it. */
  install(coid: usize, rep: Rep): void {
    const entry = pageEntry(this.directory, coid);
    if ((load<u32>(entry) & PTE_WRITE) == 0 && !this.ownPage(entry, coid)) return;
    store<usize>(coid, changetype<usize>(rep));
  }

  /** On any CPU: this one's calls go to the Default Object again. */
  remove(coid: usize): void {
    this.lock();
    const entry = load<u32>(pageEntry(this.directory, coid));
    const page = frameAddress(entry & ENTRY_FRAME);
    if ((entry & PTE_WRITE) != 0) store<usize>(page + (coid & (PAGE_BYTES - 1)), defaultObject(coid));
    this.unlock();
  }

  /** Puts a copy in the place of a page of the global table. False when there is no memory. */
  private ownPage(entry: usize, coid: usize): bool {
    const frame = takeFrame();
    if (frame == 0) return false;
    memory.copy(frameAddress(frame), frameAddress(load<u32>(entry) & ENTRY_FRAME), PAGE_BYTES);
    this.lock();
    store<u32>(entry, frame | PTE_OWN);
    this.unlock();
    invlpg(coid);
    return true;
  }
}

/** This CPU's. */
@inline
export function localTable(): LocalTable {
  return changetype<LocalTable>(load<usize>(tables + ((<usize>coreId()) << 2)));
}

/** Null before the CPU has entered. */
export function localTableOf(cpu: i32): LocalTable | null {
  return load<LocalTable | null>(tables + ((<usize>cpu) << 2));
}

export function setLocalTable(table: LocalTable): void {
  store<usize>(tables + ((<usize>table.cpu) << 2), changetype<usize>(table));
}
