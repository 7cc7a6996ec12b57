// Page descriptors under one lock, in one hash: the FCM that is not distributed. The lock is held while a descriptor is looked for; each has a lock of its own,
// for as long as its page is being filled or mapped. Who waits for that lock has given the table's back, and is counted, so that the descriptor stays.
//
// Chains are sorted by page, so that a scan finds its way on from a page that is gone. While there are scans the table does not grow.
import { release } from '../../lib/objects';
import { memoryStaysShort } from './global-pm';
import { acquireOne, releaseOne } from '../lock';
import { Buckets, MOST_BUCKETS } from './buckets';
import { NAME_PAGE_HASH, nameObject } from './names';
import { PageDescriptor } from './page-descriptor';
import { PageSet } from './page-set';

const FIRST_BUCKETS: i32 = 16;

export class PageHash extends PageSet {
  private lockWord: u32 = 0;
  private scans: i32 = 0;
  private pages: i32 = 0;
  // Up to the end of a line: memory that one CPU has made for others has hashes that do not slow each other down.
  private readonly gap0: u64 = 0;
  private readonly gap1: u64 = 0;
  private readonly gap2: u64 = 0;
  private readonly gap3: u64 = 0;
  private readonly gap4: u64 = 0;
  private readonly gap5: u64 = 0;
  private readonly gap6: u64 = 0;
  private readonly gap7: u64 = 0;
  private readonly gap8: u64 = 0;
  private readonly gap9: u64 = 0;
  private readonly gap10: u64 = 0;
  private readonly gap11: u64 = 0;

  private constructor(private buckets: Buckets) {
    super();
    nameObject(NAME_PAGE_HASH, this);
  }

  /** An empty one; null where there is no memory. */
  static create(): PageHash | null {
    const buckets = Buckets.create(FIRST_BUCKETS);
    return buckets === null ? null : new PageHash(buckets);
  }

  findOrAllocateAndLock(page: i32): PageDescriptor | null {
    return this.find(page, true);
  }

  findAndLock(page: i32): PageDescriptor | null {
    return this.find(page, false);
  }

  private find(page: i32, allocate: bool): PageDescriptor | null {
    while (true) {
      this.acquire();
      const place = this.placeOf(page);
      let found = load<PageDescriptor | null>(place);
      if (found === null || found.page != page) found = allocate ? this.add(place, page) : null;
      if (found === null || found.tryLock()) {
        this.release();
        return found;
      }
      if (this.releaseAndLock(found)) return found;
      if (!allocate) return null;
    }
  }

  /** Gives the table's lock back, and waits for that of a descriptor: false when the page is gone by then. */
  private releaseAndLock(data: PageDescriptor): bool {
    data.expect();
    this.release();
    data.lock();
    const isThere = data.state != 0;
    if (!isThere) data.unlock();
    if (data.expectNoMore() && !isThere) release(data);
    return isThere;
  }

  unlock(data: PageDescriptor): void {
    data.unlock();
  }

  emptyData(data: PageDescriptor): void {
    this.acquire();
    store<usize>(this.placeOf(data.page), changetype<usize>(data.next));
    this.pages--;
    const isExpected = data.isExpected;
    this.release();
    data.state = 0;
    // The last one of those who wait for it frees it.
    if (isExpected) data.unlock();
    else release(data);
  }

  startScan(waits: bool): bool {
    this.acquire();
    this.scans++;
    this.release();
    return true;
  }

  nextAndLock(page: i32, waits: bool): PageDescriptor | null {
    let from = page;
    while (true) {
      this.acquire();
      const found = this.follower(from);
      if (found === null || found.tryLock()) {
        this.release();
        return found;
      }
      if (waits) {
        if (this.releaseAndLock(found)) return found;
      } else {
        from = found.page;
        this.release();
      }
    }
  }

  endScan(): void {
    this.acquire();
    this.scans--;
    this.release();
  }

  get count(): i32 {
    return this.pages;
  }

  get span(): i32 {
    return this.pages;
  }

  destroy(): void {
    for (let i = 0; i < this.buckets.length; i++) {
      let data = load<PageDescriptor | null>(this.buckets.at(i));
      while (data) {
        const next = data.next;
        release(data);
        data = next;
      }
    }
    this.buckets.destroy();
    release(this);
  }

  // --- with the lock

  /** Where the pointer to a page's descriptor is, or to the one that would come behind it. */
  private placeOf(page: i32): usize {
    let place = this.buckets.at(this.bucketOf(page));
    let data = load<PageDescriptor | null>(place);
    while (data && data.page < page) {
      place = changetype<usize>(data) + offsetof<PageDescriptor>('next');
      data = data.next;
    }
    return place;
  }

  @inline
  private bucketOf(page: i32): i32 {
    return page & (this.buckets.length - 1);
  }

  private add(place: usize, page: i32): PageDescriptor | null {
    if (memoryStaysShort()) return null;
    const data = new PageDescriptor(page);
    data.next = load<PageDescriptor | null>(place);
    store<usize>(place, changetype<usize>(data));
    this.pages++;
    if (this.pages > 2 * this.buckets.length && this.scans == 0 && this.buckets.length < MOST_BUCKETS) this.grow();
    return data;
  }

  /** To twice as many buckets, if there is memory for them. */
  private grow(): void {
    const old = this.buckets;
    const larger = Buckets.create(2 * old.length);
    if (larger === null) return;
    this.buckets = larger;
    for (let i = 0; i < old.length; i++) {
      let data = load<PageDescriptor | null>(old.at(i));
      while (data) {
        const next = data.next;
        const place = this.placeOf(data.page);
        data.next = load<PageDescriptor | null>(place);
        store<usize>(place, changetype<usize>(data));
        data = next;
      }
    }
    old.destroy();
  }

  /** The first page of a scan behind one. */
  private follower(page: i32): PageDescriptor | null {
    let bucket = page < 0 ? 0 : this.bucketOf(page);
    let data = load<PageDescriptor | null>(this.buckets.at(bucket));
    while (data && page >= 0 && data.page <= page) data = data.next;
    while (data === null && ++bucket < this.buckets.length) data = load<PageDescriptor | null>(this.buckets.at(bucket));
    return data;
  }

  private acquire(): void {
    acquireOne(changetype<usize>(this) + offsetof<PageHash>('lockWord'));
  }

  private release(): void {
    releaseOne(changetype<usize>(this) + offsetof<PageHash>('lockWord'));
  }
}
