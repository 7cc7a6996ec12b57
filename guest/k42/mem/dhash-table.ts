// One table of a DHash (dhash.ts): chains of data by their keys, which are page numbers, in a hash that grows.
//
//   insertion  by one compare-and-swap on the head of a chain; there is no lock of the table
//   deletion   data whose word `state` is 0 count as deleted. They stay in their chain, and are used again should their key come back
//   growth     when a chain has become long, by the next who comes: he keeps requests out, and waits until none is in. Then he links all data anew, and
//              drops those that are deleted
//
// What is found is locked; when it is, its request is over. So a CPU that has data locked keeps nobody from growing, and may wait for other data.
//
// Which requests are in is known without a counter that all would write to: a CPU says in a word of its own in which table it is. It is in one at most, since it is
// not interrupted there, and what it serves while it waits for a lock comes to no table (messages.ts). Who wants to grow says so, and then looks at all these words;
// who comes in writes his word, and then looks whether somebody grows. Of the two one sees the other.
//
// A table that is peeked at (`peek`) is looked at without a request, by those who must not write to it. Chains may change under them, so they may miss what is
// there. Its data and old buckets stay until it ends, and its data have lines to themselves; other tables free them as they grow, when nobody can be looking
// at them.
import { MOST_CORES, MOST_LINE_BYTES } from '../../lib/limits';
import { coreCount, coreId } from '../../lib/machine';
import { release } from '../../lib/objects';
import { relax } from '../lock';
import { startLooking, stopLooking } from '../messages';
import { Buckets, MOST_BUCKETS } from './buckets';
import { memoryStaysShort } from './global-pm';
import { NAME_DHASH_TABLE, nameObject } from './names';
import { PaddedDescriptor, PageDescriptor } from './page-descriptor';

const FIRST_BUCKETS: i32 = 16;
/** A chain that becomes longer makes the table grow. */
const LONG_CHAIN: i32 = 2;
/** A table that all CPUs use is to grow seldom: while one links its data anew, line by line from the caches of the others, these wait. */
const MASTER_GROWTH: i32 = 8;

/** A line of each CPU's: the table in which it has a request, or 0. */
const requests = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

@inline
function requestOf(cpu: i32): usize {
  return requests + <usize>cpu * MOST_LINE_BYTES;
}

export class DHashTable {
  /** Some chain is long. */
  private isCrowded: i32 = 0;
  private isGrowing: i32 = 0;
  private scans: i32 = 0;
  // What all look at is in no line with what one of them writes.
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

  /** The data of a key, locked; new ones, or those that were deleted, have the state 0. Null where there is no memory. */
  findOrInsertAndLock(key: i32): PageDescriptor | null {
    if (this.isCrowded != 0) this.grow();
    this.enter();
    let data = this.find(key);
    if (data === null) data = this.insert(key);
    else data.lock();
    this.leave();
    return data;
  }

  /** The same, null where there are none; they may be deleted ones. */
  findAndLock(key: i32): PageDescriptor | null {
    this.enter();
    const data = this.find(key);
    if (data) data.lock();
    this.leave();
    return data;
  }

  /** Whatever is found without a request, and not locked: see above. */
  peek(key: i32): PageDescriptor | null {
    return this.find(key);
  }

  /** Deletes data, and unlocks them. */
  emptyData(data: PageDescriptor): void {
    atomic.store<u32>(data.stateAt, 0);
    data.unlock();
  }

  private enter(): void {
    const word = requestOf(coreId());
    atomic.store<usize>(word, changetype<usize>(this));
    while (atomic.load<i32>(this.growingAt) != 0) {
      atomic.store<usize>(word, 0);
      this.awaitGrowth();
      atomic.store<usize>(word, changetype<usize>(this));
    }
  }

  @inline
  private leave(): void {
    atomic.store<usize>(requestOf(coreId()), 0);
  }

  private awaitGrowth(): void {
    const before = startLooking();
    while (atomic.load<i32>(this.growingAt) != 0) relax();
    stopLooking(before);
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
    while (true) {
      const head = atomic.load<usize>(bucket);
      let other = changetype<PageDescriptor | null>(head);
      let length = 0;
      while (other && other.page != key) {
        other = other.next;
        length++;
      }
      if (other) {
        if (fresh) release(fresh);
        other.lock();
        return other;
      }
      if (fresh === null) {
        if (memoryStaysShort()) return null;
        fresh = this.allocate(key);
      }
      fresh.next = changetype<PageDescriptor | null>(head);
      if (atomic.cmpxchg<usize>(bucket, head, changetype<usize>(fresh)) != head) continue;
      if (length >= LONG_CHAIN && this.buckets.length < MOST_BUCKETS) this.isCrowded = 1;
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
    if (this.scans != 0 || atomic.xchg<i32>(this.growingAt, 1) != 0) return;
    this.awaitQuiet();
    if (atomic.load<i32>(this.scansAt) == 0) {
      // Without memory it stays crowded until the next long chain.
      this.isCrowded = 0;
      const old = this.buckets;
      const larger = Buckets.create(min(this.growth * old.length, MOST_BUCKETS));
      if (larger) this.rebuild(larger);
    }
    atomic.store<i32>(this.growingAt, 0);
  }

  /** How many times as many buckets it is to have; one that has many deleted data is only to drop them. */
  private get growth(): i32 {
    if (this.isPeekedAt) return MASTER_GROWTH;
    return this.count >= this.buckets.length ? 2 : 1;
  }

  /** Waits until no CPU has a request in it. */
  private awaitQuiet(): void {
    const before = startLooking();
    for (let cpu = 0; cpu < coreCount(); cpu++) {
      while (atomic.load<usize>(requestOf(cpu)) == changetype<usize>(this)) relax();
    }
    stopLooking(before);
  }

  private rebuild(larger: Buckets): void {
    const old = this.buckets;
    for (let i = 0; i < old.length; i++) {
      let data = load<PageDescriptor | null>(old.at(i));
      while (data) {
        const next = data.next;
        if (this.isPeekedAt || data.state != 0 || data.isLocked) {
          const bucket = larger.at(data.page & (larger.length - 1));
          data.next = load<PageDescriptor | null>(bucket);
          store<usize>(bucket, changetype<usize>(data));
        } else {
          release(data);
        }
        data = next;
      }
    }
    this.buckets = larger;
    if (this.isPeekedAt) larger.older = old;
    else old.destroy();
  }

  private get growingAt(): usize {
    return changetype<usize>(this) + offsetof<DHashTable>('isGrowing');
  }

  // --- scans

  /** Lets the table not grow until `endScan`: false where it is growing, and `waits` is, too. */
  startScan(waits: bool): bool {
    atomic.add<i32>(this.scansAt, 1);
    if (atomic.load<i32>(this.growingAt) == 0) return true;
    if (waits) this.awaitGrowth();
    else this.endScan();
    return waits;
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

  /** How many data there are that are not deleted: it goes through all. In a scan, or when nobody comes in. */
  get count(): i32 {
    let count = 0;
    let data = this.follower(-1);
    while (data) {
      if (data.state != 0) count++;
      data = this.follower(data.page);
    }
    return count;
  }

  /** What it costs to go through all of it, in steps. */
  get span(): i32 {
    return this.buckets.length;
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
