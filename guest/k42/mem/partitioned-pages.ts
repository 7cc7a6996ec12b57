// Page descriptors divided among several tables by the page's number: each owns runs of pages, one after the other, and is used by whoever comes to one of
// them. There are no copies, so a page that all CPUs use is as dear as in one table; but different pages are in different ones.
//
// K42 puts the tables into the first Reps. Here they are made at once, since every page has its table from the beginning, and local tables, which would only say
// where that is, are this arithmetic.
import { release } from '../../lib/objects';
import { MasterDHashTable } from './dhash';
import { PageDescriptor } from './page-descriptor';
import { PageSet } from './page-set';

/** Runs of 256 pages: an estimate, K42's is not known. */
const RUN_SHIFT: i32 = 8;

export class PartitionedPages extends PageSet {
  private constructor(private readonly tables: StaticArray<MasterDHashTable | null>) {
    super();
  }

  /** An empty set in so many tables; null where there is no memory. */
  static create(tableCount: i32): PartitionedPages | null {
    const tables = new StaticArray<MasterDHashTable | null>(tableCount);
    const pages = new PartitionedPages(tables);
    for (let i = 0; i < tableCount; i++) {
      const table = MasterDHashTable.create();
      if (table === null) {
        pages.destroy();
        return null;
      }
      unchecked((tables[i] = table));
    }
    return pages;
  }

  @inline
  private ownerOf(page: i32): i32 {
    return (page >> RUN_SHIFT) % this.tables.length;
  }

  @inline
  private tableOf(page: i32): MasterDHashTable {
    return unchecked(this.tables[this.ownerOf(page)])!;
  }

  findOrAllocateAndLock(page: i32): PageDescriptor | null {
    return this.tableOf(page).findOrAllocateAndLock(page);
  }

  findAndLock(page: i32): PageDescriptor | null {
    return this.tableOf(page).findAndLock(page);
  }

  unlock(data: PageDescriptor): void {
    data.unlock();
  }

  emptyData(data: PageDescriptor): void {
    this.tableOf(data.page).emptyData(data);
  }

  startScan(waits: bool): bool {
    for (let i = 0; i < this.tables.length; i++) {
      if (unchecked(this.tables[i])!.startScan(waits)) continue;
      while (--i >= 0) unchecked(this.tables[i])!.endScan();
      return false;
    }
    return true;
  }

  /** One table after the other. */
  nextAndLock(page: i32, waits: bool): PageDescriptor | null {
    let i = page < 0 ? 0 : this.ownerOf(page);
    let data = unchecked(this.tables[i])!.nextAndLock(page, waits);
    while (data === null && ++i < this.tables.length) data = unchecked(this.tables[i])!.nextAndLock(-1, waits);
    return data;
  }

  endScan(): void {
    for (let i = 0; i < this.tables.length; i++) unchecked(this.tables[i])!.endScan();
  }

  get count(): i32 {
    let pages = 0;
    for (let i = 0; i < this.tables.length; i++) pages += unchecked(this.tables[i])!.count;
    return pages;
  }

  get span(): i32 {
    let pages = 0;
    for (let i = 0; i < this.tables.length; i++) pages += unchecked(this.tables[i])!.span;
    return pages;
  }

  destroy(): void {
    for (let i = 0; i < this.tables.length; i++) {
      const table = unchecked(this.tables[i]);
      if (table) table.destroy();
    }
    release(this.tables);
    release(this);
  }
}
