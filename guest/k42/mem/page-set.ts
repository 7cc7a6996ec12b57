// The page descriptors of an FCM by the numbers of their pages. Two implementations: page-hash.ts and dhash.ts; partitioned-pages.ts divides pages among
// several of the latter.
//
// Descriptors are handed out locked. Who has one may ask for others of other sets only, but for those of a scan: those come one at a time.
import { PageDescriptor } from './page-descriptor';

export abstract class PageSet {
  /** The descriptor of a page; a new one is absent. All who ask for the same page get the same one, one after the other. Null where there is no memory. */
  abstract findOrAllocateAndLock(page: i32): PageDescriptor | null;

  /** The same, null where there is none. */
  abstract findAndLock(page: i32): PageDescriptor | null;

  abstract unlock(data: PageDescriptor): void;

  /** Deletes a page, and unlocks it: it is found no more. Its memory is used again when nobody can be looking at it. */
  abstract emptyData(data: PageDescriptor): void;

  /**
   * Takes back what CPUs know of a page besides its descriptor, which the caller has locked: until it is unlocked nobody can use the page, and
   * PAGE_MAPPED says whether anybody has.
   */
  withdraw(data: PageDescriptor): void {}

  /** Begins to go through all pages; several may do so. Pages that come meanwhile may be passed over. False, with `waits` false, where that has to wait. */
  abstract startScan(waits: bool): bool;

  /** The page that comes behind another one in some order, -1: the first one; null at the end. With `waits` false, pages are passed over that are locked. */
  abstract nextAndLock(page: i32, waits: bool): PageDescriptor | null;

  abstract endScan(): void;

  /** How many pages there are, in a scan. */
  abstract get count(): i32;

  /** How long a scan takes, in pages that are looked for one by one. */
  abstract get span(): i32;

  /** Frees all memory. Nobody uses it any more. */
  abstract destroy(): void;
}
