// A CPU's local translation table: for each COID the Rep that serves this CPU. It is a cache, since Roots know which Rep serves whom: a page of it is the
// global table's own, shared and full of Default Objects, until this CPU has a Rep in it; then it is a copy in a frame of the CPU's node.
//
// The CPU itself installs Reps. Others take them out, when an object ends or something comes before it: through the window onto RAM, with the table's
// lock, which its owner has to change which frame is where.
import { MOST_CORES, MOST_LINE_BYTES } from '../../lib/limits';
import { coreId, invlpg } from '../../lib/machine';
import { PTE_ACCESSED, PTE_GLOBAL, PTE_PRESENT, PTE_WRITE } from '../../lib/machine-constants';
import { ensurePageEntry, newPageDirectory, TABLE_SPAN } from '../../lib/page-directory';
import { frameAddress, releaseFrame, takeFrame } from '../../lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES, pageEntry } from '../../lib/page-table';
import { panic } from '../../lib/panic';
import { Lockable } from '../lock';
import { Partition } from './coid';
import { firmwareDirectory, globalFrame, lastCoid } from './global-table';
import { Rep } from './rep';
import { defaultObject, ENTRY_ROOT, VBASE } from './translation';

/** Entries of page tables: for a page that is the global table's, and for the CPU's own. Every address space has them. */
const PTE_SHOWN: u32 = PTE_PRESENT | PTE_GLOBAL;
const PTE_OWN: u32 = PTE_SHOWN | PTE_WRITE;

/** In a page of the CPU's own: another one. A word of its first entry that only the global table uses. */
const OWN_NEXT: usize = ENTRY_ROOT;

/** Addresses of the CPUs' tables; 0 before a CPU has one. */
const tables = memory.data(MOST_CORES * 4, MOST_LINE_BYTES);

export class LocalTable extends Lockable {
  /** The CPU's kernel page directory, by its physical address. */
  readonly directory: usize;
  /** The COIDs that this CPU gives out. */
  readonly partition: Partition;
  /** The pages that are the CPU's own, linked by OWN_NEXT; 0: none. */
  private own: usize = 0;

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
    store<usize>(frameAddress(frame), this.own, OWN_NEXT);
    this.own = coid & ~(PAGE_BYTES - 1);
    return true;
  }

  /**
   * On the table's own CPU: gives back the pages that have not been used since the last time, and returns how many. Reps that were in them are found again at
   * the next call, as Roots know them.
   */
  reclaimPages(): i32 {
    let count = 0;
    let kept: usize = 0;
    let next: usize = 0;
    for (let page = this.own; page != 0; page = next) {
      // Through the window, as this is no use of the page.
      const frame = load<u32>(pageEntry(this.directory, page)) & ENTRY_FRAME;
      next = load<usize>(frameAddress(frame), OWN_NEXT);
      if (this.wasUsed(page)) {
        store<usize>(frameAddress(frame), kept, OWN_NEXT);
        kept = page;
      } else {
        this.giveUp(page, frame);
        count++;
      }
    }
    this.own = kept;
    return count;
  }

  /** Whether the CPU has been to a page since this was asked last. */
  private wasUsed(page: usize): bool {
    const entry = pageEntry(this.directory, page);
    const before = atomic.and<u32>(entry, ~PTE_ACCESSED);
    // A use that the TLB knows would not be seen.
    invlpg(page);
    return (before & PTE_ACCESSED) != 0;
  }

  private giveUp(page: usize, frame: usize): void {
    this.lock();
    this.showGlobalPage(page, globalFrame(page));
    this.unlock();
    invlpg(page);
    releaseFrame(frame);
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
