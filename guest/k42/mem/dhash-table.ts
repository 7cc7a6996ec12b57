// One table of a DHash (dhash.ts): chains of data by their keys, which are page numbers, in a hash that grows.
//
//   insertion  by one compare-and-swap on the head of a chain; there is no lock of the table
//   deletion   data whose word `state` is 0 count as deleted. They stay in their chain, and are used again should their key come back
//   growth     keeps requests out (request-counter.ts), and waits until none is in. Then it links all data anew, and drops those that are deleted
//
// What is found is locked; when it is, its request is over. So a CPU that has data locked keeps nobody from growing, and may wait for other data.
//
// A table that is peeked at (`peek`) is looked at without a request, by those who must not write to it. Chains may change under them, so they may miss what is
// there. Its data and old buckets stay until it ends, and its data have lines to themselves; other tables free them as they grow, when nobody can be looking
// at them.
import { release } from '../../lib/objects';
import { memoryStaysShort } from './global-pm';
import { Buckets, MOST_BUCKETS } from './buckets';
import { NAME_DHASH_TABLE, nameObject } from './names';
import { PaddedDescriptor, PageDescriptor } from './page-descriptor';
import { counterAt, RequestCounter } from './request-counter';

const FIRST_BUCKETS: i32 = 16;

export class DHashTable {
  private readonly requests: i32 = 0;
  /** Data in chains, and how many of them are deleted. */
  private values: i32 = 0;
  private deleted: i32 = 0;
  private isGrowing: i32 = 0;
  private scans: i32 = 0;
  // What is counted here is in no line with what other CPUs look at.
  private readonly padding0: u64 = 0;
  private readonly padding1: u64 = 0;
  private readonly padding2: u64 = 0;
  private readonly padding3: u64 = 0;
  private readonly padding4: u64 = 0;

  private constructor(
    private buckets: Buckets,
    private readonly isPeekedAt: bool,
  ) {
    nameObject(NAME_DHASH_TABLE, this);
  }

  /** An empty one; null where there is no memory. */
  static create(isPeekedAt: bool): DHashTable | null {
    const buckets = Buckets.create(FIRST_BUCKETS);
    return buckets === null ? null : new DHashTable(buckets, isPeekedAt);
  }

  // --- requests

  /** The data of a key, locked; new ones, or those that were deleted, have the state 0, and count as being there. Null where there is no memory. */
  findOrInsertAndLock(key: i32): PageDescriptor | null {
    if (2 * this.values >= this.buckets.length) this.grow();
    this.enter();
    let data = this.find(key);
    if (data === null) data = this.insert(key);
    else this.lockAgain(data);
    this.counter.leave();
    return data;
  }

  private lockAgain(data: PageDescriptor): void {
    data.lock();
    if (data.state == 0) atomic.sub<i32>(this.deletedAt, 1);
  }

  /** The same, null where there are none; they may be deleted ones. */
  findAndLock(key: i32): PageDescriptor | null {
    this.enter();
    const data = this.find(key);
    if (data) data.lock();
    this.counter.leave();
    return data;
  }

  /** Whatever is found without a request, and not locked: see above. */
  peek(key: i32): PageDescriptor | null {
    return this.find(key);
  }

  /** Deletes data, and unlocks them. */
  emptyData(data: PageDescriptor): void {
    atomic.store<u32>(data.stateAt, 0);
    atomic.add<i32>(this.deletedAt, 1);
    data.unlock();
  }

  /** How many keys there are. It may be old. */
  get count(): i32 {
    return this.values - this.deleted;
  }

  /** Waits while the table grows. */
  private enter(): void {
    const counter = this.counter;
    while (!counter.enter()) counter.awaitChange();
  }

  @inline
  private get counter(): RequestCounter {
    return counterAt(changetype<usize>(this) + offsetof<DHashTable>('requests'));
  }

  // --- chains

  @inline
  private bucketOf(key: i32): usize {
    const buckets = this.buckets;
    return buckets.at(key & (buckets.length - 1));
  }

  @inline
  private find(key: i32): PageDescriptor | null {
    let data = load<PageDescriptor | null>(this.bucketOf(key));
    while (data && data.page != key) data = data.next;
    return data;
  }

  /** Within a request. Of two who insert the same key one is first; the other one finds it. */
  private insert(key: i32): PageDescriptor | null {
    const bucket = this.bucketOf(key);
    let fresh: PageDescriptor | null = null;
    for (;;) {
      const head = atomic.load<usize>(bucket);
      let other = changetype<PageDescriptor | null>(head);
      while (other && other.page != key) other = other.next;
      if (other) {
        if (fresh) release(fresh);
        this.lockAgain(other);
        return other;
      }
      if (fresh === null) {
        if (memoryStaysShort()) return null;
        fresh = this.allocate(key);
      }
      fresh.next = changetype<PageDescriptor | null>(head);
      if (atomic.cmpxchg<usize>(bucket, head, changetype<usize>(fresh)) != head) continue;
      atomic.add<i32>(changetype<usize>(this) + offsetof<DHashTable>('values'), 1);
      return fresh;
    }
  }

  /** Locked. */
  private allocate(key: i32): PageDescriptor {
    const data: PageDescriptor = this.isPeekedAt ? new PaddedDescriptor(key) : new PageDescriptor(key);
    data.lock();
    return data;
  }

  // --- growth

  /** Makes room for as many data as are there, unless somebody does already, or goes through the table. */
  private grow(): void {
    const growing = changetype<usize>(this) + offsetof<DHashTable>('isGrowing');
    if (this.buckets.length == MOST_BUCKETS || this.scans != 0 || atomic.xchg<i32>(growing, 1) != 0) return;
    const isFull = this.isPeekedAt || 2 * this.count >= this.buckets.length;
    const larger = Buckets.create(isFull ? 2 * this.buckets.length : this.buckets.length);
    if (larger) {
      const counter = this.counter;
      counter.stop();
      counter.awaitQuiet();
      if (atomic.load<i32>(this.scansAt) == 0) this.rebuild(larger);
      else larger.destroy();
      counter.resume();
    }
    atomic.store<i32>(growing, 0);
  }

  private rebuild(larger: Buckets): void {
    const old = this.buckets;
    for (let i = 0; i < old.length; i++) {
      let data = load<PageDescriptor | null>(old.at(i));
      while (data) {
        const next = data.next;
        if (!this.drop(data)) {
          const bucket = larger.at(data.page & (larger.length - 1));
          data.next = load<PageDescriptor | null>(bucket);
          store<usize>(bucket, changetype<usize>(data));
        }
        data = next;
      }
    }
    this.buckets = larger;
    if (this.isPeekedAt) larger.older = old;
    else old.destroy();
  }

  /** Frees data that are deleted, and that nobody has locked. */
  private drop(data: PageDescriptor): bool {
    if (this.isPeekedAt || data.state != 0 || data.isLocked) return false;
    this.values--;
    this.deleted--;
    release(data);
    return true;
  }

  // --- scans

  /** Lets the table not grow until `endScan`: false where it is growing, and `waits` is, too. */
  startScan(waits: bool): bool {
    atomic.add<i32>(this.scansAt, 1);
    const counter = this.counter;
    while (!counter.enter()) {
      if (!waits) {
        this.endScan();
        return false;
      }
      counter.awaitChange();
    }
    counter.leave();
    return true;
  }

  endScan(): void {
    atomic.sub<i32>(this.scansAt, 1);
  }

  /** Data that come behind those of a key in a scan, -1: the first; null at the end. They are not locked, and may be deleted. */
  follower(key: i32): PageDescriptor | null {
    const buckets = this.buckets;
    let bucket = 0;
    let data: PageDescriptor | null = null;
    if (key >= 0) {
      bucket = key & (buckets.length - 1);
      data = this.find(key)!.next;
    } else {
      data = load<PageDescriptor | null>(buckets.at(0));
    }
    while (data === null && ++bucket < buckets.length) data = load<PageDescriptor | null>(buckets.at(bucket));
    return data;
  }

  private get deletedAt(): usize {
    return changetype<usize>(this) + offsetof<DHashTable>('deleted');
  }

  private get scansAt(): usize {
    return changetype<usize>(this) + offsetof<DHashTable>('scans');
  }

  // --- its end

  /** Frees all memory. Nobody looks at it any more. */
  destroy(): void {
    const buckets = this.buckets;
    for (let i = 0; i < buckets.length; i++) {
      let data = load<PageDescriptor | null>(buckets.at(i));
      while (data) {
        const next = data.next;
        release(data);
        data = next;
      }
    }
    buckets.destroy();
    release(this);
  }
}
