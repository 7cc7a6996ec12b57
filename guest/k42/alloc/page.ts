// A page of blocks of one size. It belongs to the CPU that has taken it, from its node's RAM. Only that CPU gives its blocks out and takes them back, so no two
// CPUs have objects in one line unless they have passed them to each other. Whose a block is is found in the header, at the beginning of its page.
import { RAM } from '../../lib/boot-info';
import { PAGE_BYTES } from '../../lib/page-table';
import { takeReservedFrame } from '../../lib/page-frames';
import { panic } from '../../lib/panic';

/** What the header takes: a line, whatever the machine. */
const HEADER_BYTES: usize = 128;
/** In a free block, behind the two words that AssemblyScript has: the next one. */
export const NEXT_FREE: usize = 8;

@unmanaged
export class BlockPage {
  readonly owner: i32;
  readonly blockBytes: usize;
  /** Blocks that are in use. */
  used: i32;
  /** Free blocks, linked; and where blocks begin that were never used. */
  private free: usize;
  private fresh: usize;
  /** Its neighbours among the owner's pages of this size that have free blocks. */
  next: BlockPage | null;
  previous: BlockPage | null;

  /** A new page of a CPU's, on it. */
  static take(owner: i32, blockBytes: usize): BlockPage {
    const frame = takeReservedFrame();
    if (frame == 0) panic('out of memory for kernel objects');
    const page = changetype<BlockPage>(RAM + frame);
    store<i32>(changetype<usize>(page), owner, offsetof<BlockPage>('owner'));
    store<usize>(changetype<usize>(page), blockBytes, offsetof<BlockPage>('blockBytes'));
    page.used = 0;
    page.free = 0;
    // Blocks of a line or more begin at a line; those of powers of two at a multiple of their size.
    page.fresh = RAM + frame + (isPowerOfTwo(blockBytes) ? max(HEADER_BYTES, blockBytes) : HEADER_BYTES);
    page.next = null;
    page.previous = null;
    return page;
  }

  /** The page that a block is in. */
  @inline
  static of(block: usize): BlockPage {
    return changetype<BlockPage>(block & ~(PAGE_BYTES - 1));
  }

  /** Its physical address. */
  get frame(): usize {
    return changetype<usize>(this) - RAM;
  }

  @inline
  get isFull(): bool {
    return this.free == 0 && this.fresh + this.blockBytes > changetype<usize>(this) + PAGE_BYTES;
  }

  /** A block. The page is not full. */
  @inline
  takeBlock(): usize {
    this.used++;
    const block = this.free;
    if (block != 0) {
      this.free = load<usize>(block, NEXT_FREE);
      return block;
    }
    const fresh = this.fresh;
    this.fresh = fresh + this.blockBytes;
    return fresh;
  }

  @inline
  giveBlock(block: usize): void {
    store<usize>(block, this.free, NEXT_FREE);
    this.free = block;
    this.used--;
  }
}

function isPowerOfTwo(bytes: usize): bool {
  return (bytes & (bytes - 1)) == 0;
}
