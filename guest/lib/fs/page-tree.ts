// The pages of a file by their index: a tree of index pages with 1024 words each. Its height grows with the file: one page is the root itself, 1024
// pages have one index page above them, 1024 * 1024 pages two levels. What is missing is a hole.
import { PageStorage } from './page-storage';

const BITS: i32 = 10;
const MASK: i32 = 1023;
const HEIGHT_MOST: i32 = 2;
/** Pages of the longest file. */
export const MOST_PAGES: i32 = 1 << (BITS * HEIGHT_MOST);

export class PageTree {
  private readonly storage: PageStorage;
  private root: usize = 0;
  private height: i32 = 0;

  constructor(storage: PageStorage) {
    this.storage = storage;
  }

  /** The page at an index, 0 for a hole. */
  find(index: i32): usize {
    if (index >> (BITS * this.height) != 0) return 0;
    let node = this.root;
    for (let level = this.height - 1; level >= 0 && node != 0; level--)
      node = load<usize>(this.slot(node, index, level));
    return node;
  }

  /** Puts a page where a hole is. False when there is no memory for index pages. */
  add(index: i32, page: usize): bool {
    if (!this.grow(index)) return false;
    let slot = changetype<usize>(this) + offsetof<PageTree>('root');
    for (let level = this.height - 1; level >= 0; level--) {
      if (load<usize>(slot) == 0) {
        const node = this.storage.takePage();
        if (node == 0) return false;
        store<usize>(slot, node);
      }
      slot = this.slot(load<usize>(slot), index, level);
    }
    store<usize>(slot, page);
    return true;
  }

  /** Releases the pages from an index on; there are none from `end` on. */
  cut(from: i32, end: i32): void {
    end = min(end, 1 << (BITS * this.height));
    if (from >= end || this.root == 0) return;
    this.cutNode(this.root, this.height, from, end);
    if (from > 0) return;
    this.root = 0;
    this.height = 0;
  }

  /** Makes the tree as high as an index needs. */
  private grow(index: i32): bool {
    for (; index >> (BITS * this.height) != 0; this.height++) {
      if (this.root == 0) continue;
      const root = this.storage.takePage();
      if (root == 0) return false;
      store<usize>(this.storage.base + root, this.root);
      this.root = root;
    }
    return true;
  }

  /** `from` and `end` count from the node's first page on. Without any page left the node is released too. */
  private cutNode(node: usize, height: i32, from: i32, end: i32): void {
    if (height > 0) {
      const bits = BITS * (height - 1);
      for (let i = from >> bits; i << bits < end; i++) {
        const slot = this.storage.base + node + 4 * i;
        const child = load<usize>(slot);
        const first = i << bits;
        if (child == 0) continue;
        this.cutNode(child, height - 1, max(from - first, 0), min(end - first, 1 << bits));
        if (from <= first) store<usize>(slot, 0);
      }
    }
    if (from == 0) this.storage.releasePage(node);
  }

  @inline
  private slot(node: usize, index: i32, level: i32): usize {
    return this.storage.base + node + (((index >> (BITS * level)) & MASK) << 2);
  }
}
