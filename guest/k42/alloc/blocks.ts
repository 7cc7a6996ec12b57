// The locality-aware allocator (K42, section 2.3). A block comes from this CPU's pages, in its node's RAM, and goes back to them when it is freed, wherever that
// is. The common case touches memory of this CPU only: no lock, no line that others write.
//
// Sizes are of classes: powers of two from 16 to 512 bytes, 384 and 768. Blocks share no line with blocks of other CPUs, and those of a line or more with
// none. So all are what K42 calls local strict as long as objects stay with the CPU that has made them, and from a line on they are padded.
import { cpuMemory, CPU_POOLS } from '../../lib/cpu';
import { coreId, interrupts } from '../../lib/machine';
import { BlockPage, NEXT_FREE } from './page';
import { Pool, POOL_BYTES } from './pool';
import { handOverAll, sendHome, takeReturned } from './remote';

export const LARGEST_BLOCK: usize = 768;

/** Number of the smallest class with blocks of so many bytes: twice the order of a power of two, and one less for three quarters of it. */
@inline
function classOf(bytes: usize): i32 {
  const order = 32 - clz<i32>(<i32>max(bytes, 16) - 1);
  const quarters: i32 = order >= 9 && bytes <= (<usize>3) << (order - 2) ? 1 : 0;
  return 2 * order - quarters;
}

@inline
function blockBytes(classNumber: i32): usize {
  const order = (classNumber + 1) >> 1;
  return (classNumber & 1) != 0 ? (<usize>3) << (order - 2) : (<usize>1) << order;
}

@inline
function poolOf(classNumber: i32): Pool {
  return changetype<Pool>(cpuMemory() + CPU_POOLS + <usize>classNumber * POOL_BYTES);
}

/** A block of this CPU's. */
export function takeBlock(bytes: usize): usize {
  const before = interrupts(false);
  const classNumber = classOf(bytes);
  const pool = poolOf(classNumber);
  let block = pool.take();
  if (block == 0) {
    takeHome();
    block = pool.take();
  }
  if (block == 0) {
    pool.add(BlockPage.take(coreId(), blockBytes(classNumber)));
    block = pool.take();
  }
  interrupts(before);
  return block;
}

/** Frees a block, on any CPU. */
export function giveBlock(block: usize): void {
  const before = interrupts(false);
  const page = BlockPage.of(block);
  const owner = page.owner;
  if (owner == coreId()) poolOf(classOf(page.blockBytes)).give(page, block);
  else sendHome(block, owner);
  interrupts(before);
}

/** For the idle loop: lets blocks of other CPUs go home, and takes back what has come home. */
export function tidyBlocks(): void {
  handOverAll();
  takeHome();
}

/** Takes back what other CPUs have freed, of all sizes. */
function takeHome(): void {
  let next: usize = 0;
  for (let block = takeReturned(); block != 0; block = next) {
    next = load<usize>(block, NEXT_FREE);
    const page = BlockPage.of(block);
    poolOf(classOf(page.blockBytes)).give(page, block);
  }
}
