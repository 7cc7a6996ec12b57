// A CPU's pool of blocks of one size: its pages that have free blocks. Full pages are not in the list; they come back with their first block that is freed. A page
// without any block in use goes back to the frames, unless it is the only one.
//
// It is two words of the CPU's memory, zero in the beginning.
import { releaseFrame } from '../../lib/page-frames';
import { BlockPage } from './page';

export const POOL_BYTES: usize = 16;

@unmanaged
export class Pool {
  /** The first is the one that blocks are taken from. */
  private first: BlockPage | null;
  /** How many there are. */
  private length: i32;

  /** A block; 0 when a page is needed. */
  @inline
  take(): usize {
    const page = this.first;
    if (page === null) return 0;
    const block = page.takeBlock();
    if (page.isFull) this.remove(page);
    return block;
  }

  /** Takes a block back. */
  give(page: BlockPage, block: usize): void {
    const wasFull = page.isFull;
    page.giveBlock(block);
    if (wasFull) {
      this.add(page);
    } else if (page.used == 0 && this.length > 1) {
      this.remove(page);
      releaseFrame(page.frame);
    }
  }

  add(page: BlockPage): void {
    const first = this.first;
    page.next = first;
    page.previous = null;
    if (first !== null) first.previous = page;
    this.first = page;
    this.length++;
  }

  private remove(page: BlockPage): void {
    const next = page.next;
    const previous = page.previous;
    if (next !== null) next.previous = previous;
    if (previous !== null) previous.next = next;
    else this.first = next;
    this.length--;
  }
}
