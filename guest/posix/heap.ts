// The heap of a program: malloc, realloc and free on memory.grow, for any number of threads.
//
// Blocks come in size classes, four to each power of two, so at most a fifth of a block is unused. A block that is freed goes to the list of its
// class and is used again by the next request of that class; blocks are never split, joined or given back to the kernel. What no list has is cut
// off the heap's end, which is demand-zero memory: its pages cost nothing before they are touched. The last block grows in place, so
// that a buffer that grows step by step is not copied while nothing else is allocated.
//
// Each core has lists of its own of small blocks, and a piece of the heap to cut new ones from, so that threads on different cores do not share a lock or, by
// chance, a line. Blocks go between a core's list and the one that all have in common a batch at a time (Bonwick and Adams, "Magazines and Vmem", 2001).
//
// A block is preceded by 16 bytes: its class (i32), 4 bytes that are unused, and the two words that AssemblyScript keeps for objects.

import { threadYield } from './posix';

/** Number of the core that this runs on. */
@external("machine", "core_id")
declare function coreId(): i32;

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

/** Blocks of up to 512 bytes are small. */
const SMALL_CLASSES: i32 = 21;
/** Cores that are a multiple of PARTS apart share one. */
const PARTS: i32 = 32;
/** A part: its lock; where its piece of the heap goes on and ends; for each class a list, and how many are in it. */
const PART_TOP: usize = 4;
const PART_END: usize = 8;
const PART_LISTS: usize = 16;
const COUNT: usize = 4;
const PART_BYTES: usize = 256;
const PART_CHUNK: usize = 8192;
const BATCH: i32 = 16;
const parts = memory.data(PARTS * <i32>PART_BYTES, 128);

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
function acquire(word: usize): void {
  let spins = 0;
  // Its holder has a few instructions to go, unless it lost its core in the middle of them.
  while (atomic.cmpxchg<i32>(word, 0, 1) != 0) if (++spins > SPINS) threadYield();
}

@inline
function release(word: usize): void {
  atomic.store<i32>(word, 0);
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
  let block = sizeClass < SMALL_CLASSES ? takeSmall(sizeClass) : takeUsed(sizeClass);
  if (block != 0) {
    if (zero) memory.fill(block, 0, bytes);
    return block;
  }
  block = sizeClass < SMALL_CLASSES ? cutSmall(sizeClass) : cutFromEnd(bytesOf(sizeClass) + BLOCK_HEADER);
  if (block == 0) return 0;
  store<i32>(block, sizeClass);
  return block + BLOCK_HEADER;
}

/** Gives a block back; 0 is nothing. */
export function free(block: usize): void {
  if (block == 0) return;
  const sizeClass = load<i32>(block - BLOCK_HEADER);
  if (sizeClass < SMALL_CLASSES) {
    giveSmall(block, sizeClass);
    return;
  }
  const list = lists + (sizeClass << 2);
  acquire(lock);
  store<u32>(block, load<u32>(list));
  store<u32>(list, <u32>block);
  release(lock);
}

// --- what all cores have in common

/** A block of a class that was used before; 0 where there is none. */
function takeUsed(sizeClass: i32): usize {
  const list = lists + (sizeClass << 2);
  acquire(lock);
  const block = <usize>load<u32>(list);
  if (block != 0) store<u32>(list, load<u32>(block));
  release(lock);
  return block;
}

/** So many bytes that were not used before; 0 when memory is exhausted. */
function cutFromEnd(bytes: usize): usize {
  acquire(lock);
  const possible = (top() != 0 && top() + bytes <= end()) || reach(bytes);
  const at = top();
  if (possible) setTop(at + bytes);
  release(lock);
  return possible ? at : 0;
}

// --- small blocks: each core has some of its own

/** The part of the core that this runs on. It may lose the core at once: so each has a lock, for which hardly anybody else asks. */
@inline
function ownPart(): usize {
  return parts + <usize>(coreId() & (PARTS - 1)) * PART_BYTES;
}

@inline
function listOf(part: usize, sizeClass: i32): usize {
  return part + PART_LISTS + (sizeClass << 3);
}

/** As takeUsed. */
function takeSmall(sizeClass: i32): usize {
  const part = ownPart();
  const list = listOf(part, sizeClass);
  acquire(part);
  if (load<u32>(list) == 0 && load<u32>(lists + (sizeClass << 2)) != 0) fetchBatch(list, sizeClass);
  const block = <usize>load<u32>(list);
  if (block != 0) {
    store<u32>(list, load<u32>(block));
    store<i32>(list, load<i32>(list, COUNT) - 1, COUNT);
  }
  release(part);
  return block;
}

/** A core that gives back more than it takes hands some of it on, so that one that takes more does not cut ever new ones. */
function giveSmall(block: usize, sizeClass: i32): void {
  const part = ownPart();
  const list = listOf(part, sizeClass);
  acquire(part);
  store<u32>(block, load<u32>(list));
  store<u32>(list, <u32>block);
  const count = load<i32>(list, COUNT) + 1;
  store<i32>(list, count, COUNT);
  if (count == 2 * BATCH) handOnBatch(list, sizeClass);
  release(part);
}

/** Moves up to a batch of blocks from the common list to an empty one. */
function fetchBatch(list: usize, sizeClass: i32): void {
  acquire(lock);
  store<i32>(list, moveBlocks(lists + (sizeClass << 2), list), COUNT);
  release(lock);
}

/** Moves a batch to the common list. */
function handOnBatch(list: usize, sizeClass: i32): void {
  acquire(lock);
  store<i32>(list, load<i32>(list, COUNT) - moveBlocks(list, lists + (sizeClass << 2)), COUNT);
  release(lock);
}

/** Moves up to a batch from one list to another: how many. */
function moveBlocks(from: usize, to: usize): i32 {
  let count = 0;
  for (let block = load<u32>(from); block != 0 && count < BATCH; block = load<u32>(from)) {
    store<u32>(from, load<u32>(block));
    store<u32>(block, load<u32>(to));
    store<u32>(to, block);
    count++;
  }
  return count;
}

/** Cuts a block, with its header, off the core's part of the heap; 0 when memory is exhausted. */
function cutSmall(sizeClass: i32): usize {
  const bytes = bytesOf(sizeClass) + BLOCK_HEADER;
  const part = ownPart();
  acquire(part);
  let at = <usize>load<u32>(part, PART_TOP);
  if (at + bytes > load<u32>(part, PART_END)) {
    // What is left is too little for anything.
    at = cutFromEnd(PART_CHUNK);
    store<usize>(part, at == 0 ? 0 : at + PART_CHUNK, PART_END);
  }
  store<usize>(part, at == 0 ? 0 : at + bytes, PART_TOP);
  release(part);
  return at;
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
  acquire(lock);
  const more = bytesOf(sizeClass) - before;
  const last = block + before == top() && reach(more) && block + before == top();
  if (last) {
    setTop(top() + more);
    store<i32>(block - BLOCK_HEADER, sizeClass);
  }
  release(lock);
  return last;
}
