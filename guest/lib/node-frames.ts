// The free frames of one NUMA node, as blocks of 2^order frames that begin at multiples of their size: the buddy system (Knowlton, "A fast storage
// allocator", 1965; Knuth, The Art of Computer Programming, volume 1, section 2.5). Blocks of one order are a list, linked in their own first
// words. A block that is given back joins its buddy as long as that is free as well.
import { RAM } from './boot-info';
import { FREE_BLOCK, frameWord } from './frame-table';
import { PAGE_BYTES } from './page-table';
import { TicketLock } from './ticket-lock';

/** Blocks have 1 to 2^MOST_ORDER frames. */
export const MOST_ORDER: i32 = 10;

const NEXT: usize = 0;
const PREVIOUS: usize = 4;

@unmanaged
export class NodeFrames {
  private lockWord: u32;
  private frames: i32;
  /** Physical addresses of the node's RAM: buddies are sought there. */
  private start: usize;
  private end: usize;
  /** The first of MOST_ORDER + 1 words: the first block of each order, 0 when there is none. */
  private blocks: usize;

  /** Over zero memory. */
  layOut(start: usize, end: usize): void {
    this.start = start;
    this.end = end;
  }

  /** Gives it all frames from one physical address to another. The frame at 0 is left out: 0 stands for none. Returns how many it got. */
  giveRange(from: usize, to: usize): i32 {
    let at = max(from, PAGE_BYTES);
    while (at < to) {
      let order = MOST_ORDER;
      while ((at & ((PAGE_BYTES << order) - 1)) != 0 || at + (PAGE_BYTES << order) > to) order--;
      this.give(at, order);
      at += PAGE_BYTES << order;
    }
    return this.frames;
  }

  /** How many frames are free here; may be old. */
  get length(): i32 {
    return atomic.load<i32>(changetype<usize>(this) + offsetof<NodeFrames>('frames'));
  }

  /** A block, by its physical address; 0 when there is none. */
  take(order: i32): usize {
    const before = this.lock.lock();
    const block = this.cut(order);
    this.lock.unlock(before);
    return block;
  }

  /** Up to `count` single frames, into words from `list` on; returns how many. */
  takeMany(list: usize, count: i32): i32 {
    const before = this.lock.lock();
    let taken = 0;
    while (taken < count) {
      const frame = this.cut(0);
      if (frame == 0) break;
      store<usize>(list + 4 * taken, frame);
      taken++;
    }
    this.lock.unlock(before);
    return taken;
  }

  give(block: usize, order: i32): void {
    const before = this.lock.lock();
    this.join(block, order);
    this.lock.unlock(before);
  }

  giveMany(list: usize, count: i32): void {
    const before = this.lock.lock();
    for (let i = 0; i < count; i++) this.join(load<usize>(list + 4 * i), 0);
    this.lock.unlock(before);
  }

  @inline
  private get lock(): TicketLock {
    return changetype<TicketLock>(this);
  }

  /** Cuts the smallest block that is large enough in halves. */
  private cut(order: i32): usize {
    let from = order;
    while (from <= MOST_ORDER && load<usize>(this.head(from)) == 0) from++;
    if (from > MOST_ORDER) return 0;
    const block = load<usize>(this.head(from));
    this.unlink(block, from);
    while (from > order) {
      from--;
      this.link(block + (PAGE_BYTES << from), from);
    }
    this.frames -= 1 << order;
    return block;
  }

  private join(block: usize, order: i32): void {
    this.frames += 1 << order;
    while (order < MOST_ORDER) {
      const buddy = block ^ (PAGE_BYTES << order);
      if (buddy < this.start || buddy >= this.end || load<u32>(frameWord(buddy)) != (FREE_BLOCK | order)) break;
      this.unlink(buddy, order);
      block = min(block, buddy);
      order++;
    }
    this.link(block, order);
  }

  private link(block: usize, order: i32): void {
    const head = this.head(order);
    const next = load<usize>(head);
    store<usize>(RAM + block, next, NEXT);
    store<usize>(RAM + block, 0, PREVIOUS);
    if (next != 0) store<usize>(RAM + next, block, PREVIOUS);
    store<usize>(head, block);
    store<u32>(frameWord(block), FREE_BLOCK | order);
  }

  private unlink(block: usize, order: i32): void {
    const next = load<usize>(RAM + block, NEXT);
    const previous = load<usize>(RAM + block, PREVIOUS);
    if (next != 0) store<usize>(RAM + next, previous, PREVIOUS);
    store<usize>(previous == 0 ? this.head(order) : RAM + previous + NEXT, next);
    store<u32>(frameWord(block), 0);
  }

  @inline
  private head(order: i32): usize {
    return changetype<usize>(this) + offsetof<NodeFrames>('blocks') + 4 * order;
  }
}
