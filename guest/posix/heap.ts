// The heap of a program: malloc, realloc and free on memory.grow, for any number of threads.
//
// Blocks come in size classes, four to each power of two, so at most a fifth of a block is unused. A block that is freed goes to the list of its
// class and is used again by the next request of that class; blocks are never split, joined or given back to the kernel. What no list has is cut
// off the heap's end, which is demand-zero memory: its pages cost nothing before they are touched. The last block grows and shrinks in place, so
// that a buffer that grows step by step is not copied while nothing else is allocated.
//
// A block is preceded by 16 bytes: its class (i32), 4 bytes that are unused, and the two words that AssemblyScript keeps for objects.

import { threadYield } from './posix';

/** Bytes in front of a block. */
const BLOCK_HEADER: usize = 16;
const GROW_PAGES: i32 = 16;
const SMALLEST_BITS: i32 = 4;
/** Largest request: the heap ends below PROGRAM_END. */
const LARGEST: usize = 0x3000_0000;
const CLASSES: i32 = 112;

// In memory, not in globals: only accesses to memory keep their order with those to the lock.
const lock = memory.data(64, 64);
/** Two words: where the part of memory begins that was not cut off yet, 0 before the first request; and where memory ends. */
const bounds = lock + 4;
const lists = memory.data(CLASSES * 4, 64);
const SPINS: i32 = 64;

@inline
function top(): usize {
  return load<u32>(bounds);
}

@inline
function end(): usize {
  return load<u32>(bounds, 4);
}

@inline
function setTop(address: usize): void {
  store<u32>(bounds, <u32>address);
}

/** The class of blocks of at least `bytes` bytes: 16, 20, 24, 28, 32, 40, 48 ... rounded up to multiples of 16. */
@inline
function classOf(bytes: usize): i32 {
  if (bytes <= 16) return 0;
  const last = bytes - 1;
  const bits = 31 - clz<u32>(<u32>last);
  return ((bits - SMALLEST_BITS) << 2) + <i32>((last >> (bits - 2)) & 3) + 1;
}

@inline
function bytesOf(sizeClass: i32): usize {
  const bits = (sizeClass >> 2) + SMALLEST_BITS;
  const bytes = ((<usize>1) << bits) + ((<usize>(sizeClass & 3)) << (bits - 2));
  return (bytes + 15) & ~15;
}

@inline
function acquire(): void {
  let spins = 0;
  // Its holder has a few instructions to go, unless it lost its core in the middle of them.
  while (atomic.cmpxchg<i32>(lock, 0, 1) != 0) if (++spins > SPINS) threadYield();
}

@inline
function release(): void {
  atomic.store<i32>(lock, 0);
}

/** Makes `bytes` bytes more than there are at the heap's end, and returns whether they are there. */
function reach(bytes: usize): bool {
  if (top() == 0) {
    setTop((__heap_base + 15) & ~15);
    store<u32>(bounds, (<u32>memory.size()) << 16, 4);
  }
  if (top() + bytes <= end()) return true;
  const missing = <i32>((top() + bytes - end() + 0xffff) >> 16);
  // More than is asked for, so that growing is rare: an eighth of what there is.
  let before = memory.grow(max(missing, max(GROW_PAGES, <i32>(end() >> 19))));
  if (before < 0) {
    before = memory.grow(missing);
    if (before < 0) return false;
  }
  // The program may have moved the end by brk: the heap goes on behind that.
  const foreign = (<usize>before) << 16 != end();
  if (foreign) setTop((<usize>before) << 16);
  store<u32>(bounds, (<u32>memory.size()) << 16, 4);
  return !foreign || reach(bytes);
}

/** A block of at least `bytes` bytes at a multiple of 16; 0 when memory is exhausted. What is in a block that was used before is what was there. */
export function malloc(bytes: usize): usize {
  return take(bytes, false);
}

/** As malloc, and the block is zero. What has come from the heap's end is so already, and its pages are not touched. */
export function zeroed(bytes: usize): usize {
  return take(bytes, true);
}

@inline
function take(bytes: usize, zero: bool): usize {
  if (bytes > LARGEST) return 0;
  const sizeClass = classOf(bytes);
  const list = lists + (sizeClass << 2);
  acquire();
  let block = <usize>load<u32>(list);
  if (block != 0) {
    store<u32>(list, load<u32>(block));
    release();
    if (zero) memory.fill(block, 0, bytes);
    return block;
  }
  const size = bytesOf(sizeClass) + BLOCK_HEADER;
  if ((top() == 0 || top() + size > end()) && !reach(size)) {
    release();
    return 0;
  }
  block = top() + BLOCK_HEADER;
  setTop(top() + size);
  release();
  store<i32>(block - BLOCK_HEADER, sizeClass);
  return block;
}

/** Gives a block back; 0 is nothing. */
export function free(block: usize): void {
  if (block == 0) return;
  const list = lists + (load<i32>(block - BLOCK_HEADER) << 2);
  acquire();
  store<u32>(block, load<u32>(list));
  store<u32>(list, <u32>block);
  release();
}

/** Makes a block larger, in place or elsewhere; 0 leaves it as it is: memory is exhausted. realloc(0, n) is malloc(n). */
export function realloc(block: usize, bytes: usize): usize {
  if (block == 0) return malloc(bytes);
  if (bytes > LARGEST) return 0;
  const before = bytesOf(load<i32>(block - BLOCK_HEADER));
  if (bytes <= before) return block;
  if (extend(block, before, classOf(bytes))) return block;
  const moved = malloc(bytes);
  if (moved == 0) return 0;
  memory.copy(moved, block, before);
  free(block);
  return moved;
}

/** Makes the block at the heap's end larger; false where another one is there. */
function extend(block: usize, before: usize, sizeClass: i32): bool {
  acquire();
  const more = bytesOf(sizeClass) - before;
  const last = block + before == top() && reach(more) && block + before == top();
  if (last) {
    setTop(top() + more);
    store<i32>(block - BLOCK_HEADER, sizeClass);
  }
  release();
  return last;
}
