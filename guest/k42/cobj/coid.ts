// The COIDs that a CPU gives out: those of its partition, new ones in the order of addresses, or used ones. Nobody else is asked, and no lock is taken. What
// another CPU gives back goes to a list of its own, which this one takes as a whole when it has nothing else.
import { panic } from '../../lib/panic';
import { addPage, lastCoid } from './global-table';
import { ENTRY_BYTES, ENTRY_NEXT, globalEntry, homeOf, PARTITION_BYTES, partitionOf, VBASE } from './translation';
import { PAGE_BYTES } from '../../lib/page-table';
import { coreId } from '../../lib/machine';
import { localTable, localTableOf } from './local-table';

export class Partition {
  /** COIDs to be used again, linked by ENTRY_NEXT of their global entries. */
  private free: usize = 0;
  /** From here on none has been given out. */
  private fresh: usize;
  private readonly end: usize;
  /** As `free`: what other CPUs have given back. */
  private returned: usize = 0;

  constructor(cpu: i32) {
    this.fresh = partitionOf(cpu);
    this.end = this.fresh + PARTITION_BYTES;
  }

  take(): usize {
    if (this.free == 0 && this.returned != 0) this.free = atomic.xchg<usize>(this.returnedAt, 0);
    const coid = this.free;
    if (coid == 0) return this.takeFresh();
    this.free = load<usize>(globalEntry(coid), ENTRY_NEXT);
    return coid;
  }

  /** On the partition's own CPU. */
  give(coid: usize): void {
    store<usize>(globalEntry(coid), this.free, ENTRY_NEXT);
    this.free = coid;
  }

  /** On another. */
  giveBack(coid: usize): void {
    let first: usize = 0;
    do {
      first = atomic.load<usize>(this.returnedAt);
      store<usize>(globalEntry(coid), first, ENTRY_NEXT);
    } while (atomic.cmpxchg<usize>(this.returnedAt, first, coid) != first);
  }

  private takeFresh(): usize {
    const coid = this.fresh;
    if (coid == this.end) panic('a CPU has given out all its COIDs');
    if ((coid & (PAGE_BYTES - 1)) == 0) addPage(coid);
    this.fresh = coid + ENTRY_BYTES;
    return coid;
  }

  /** Whether an address in the partition is that of an entry whose COID was ever given out. */
  has(coid: usize): bool {
    return coid < this.fresh && (coid & (ENTRY_BYTES - 1)) == 0;
  }

  private get returnedAt(): usize {
    return changetype<usize>(this) + offsetof<Partition>('returned');
  }
}

/** Whether a word is a COID that some CPU has given out, be it in use or not. */
export function isGivenOut(word: usize): bool {
  if (word < VBASE || word >= lastCoid()) return false;
  const table = localTableOf(homeOf(word));
  return table !== null && table.partition.has(word);
}

/** A COID of this CPU's. Its entries have the Default Object on every CPU, and no Root. */
export function takeCoid(): usize {
  return localTable().partition.take();
}

/** Lets a COID be given out again, whose entries are like that. */
export function giveCoid(coid: usize): void {
  const home = homeOf(coid);
  const partition = localTableOf(home)!.partition;
  if (home == coreId()) partition.give(coid);
  else partition.giveBack(coid);
}
