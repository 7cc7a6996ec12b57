// The physical memory allocator: frames of one page by their physical addresses, each with a count of references.
//
// Every CPU has a small cache of free frames of its own node. It is filled from and emptied into the lists of the node, a batch at a time; when its
// node has none left, from the nearest one that has. Frames of other nodes go straight back to theirs.
//
// When there is no memory `takeFrame` answers 0, which the kernel tells its caller (ENOMEM). It does so while a reserve is left: RESERVE frames, a few
// for each core, that only `takeReservedFrame` gives. Kernel objects come out of it (runtime/kernel.ts), so a system call that has asked
// `memoryIsShort` before it began can make some objects without asking each time.
import { BootInfo, RAM } from './boot-info';
import { bootMemoryEnd, takeBootMemory } from './boot-memory';
import { out } from './console';
import { cpuMemory, cpuMemoryOf, CPU_FRAMES, CPU_NODE } from './cpu';
import { frameWord, layOutFrameTable } from './frame-table';
import { MOST_LINE_BYTES, MOST_NODES } from './limits';
import { interrupts, lineZero } from './machine';
import { NodeFrames } from './node-frames';
import { PAGE_BYTES } from './page-table';
import { panic } from './panic';

/** A CPU's cache, at CPU_FRAMES of its block: how many it has, and the frames. */
const FRAMES: usize = 4;
/** Frames that go between a cache and its node at once, at most; a cache holds twice as many. */
const MOST_BATCH: i32 = 16;
/** Enough for kernels whose system calls make a handful of objects, all of them on the core that asks. */
export const RESERVE_PER_CORE: i32 = 8;

/** Addresses of the NodeFrames. Set at boot, like the constants behind it. */
const nodes = memory.data(MOST_NODES * 4, MOST_LINE_BYTES);
const constants = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
const INFO: usize = 0;
const NODE_BYTES: usize = 4;
const BATCH: usize = 8;
const RESERVE: usize = 12;
const TOTAL: usize = 16;
/** i32: frames in the nodes' lists that nobody has claimed. Who claims some finds them there. */
const unclaimed = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

/** Takes all RAM that boot memory has left; on the boot core, once. `reserve`: frames for each core, where memory is large enough. */
export function layOutFrames(info: BootInfo, reserve: i32): void {
  layOutFrameTable(info);
  store<usize>(constants, changetype<usize>(info), INFO);
  store<usize>(constants, info.nodeEnd(0) - info.nodeStart(0), NODE_BYTES);
  for (let node = 0; node < info.nodes; node++) store<usize>(nodes + 4 * node, takeBootMemory(info, node, PAGE_BYTES));
  let total = 0;
  for (let node = 0; node < info.nodes; node++) {
    const frames = nodeFrames(node);
    out.text('free frames of node ').number(node).name(changetype<usize>(frames), PAGE_BYTES);
    frames.layOut(info.nodeStart(node), info.nodeEnd(node));
    total += frames.giveRange(bootMemoryEnd(info, node), info.freeEnd(node));
  }
  store<i32>(unclaimed, total);
  out.text('number of free frames').name(unclaimed, MOST_LINE_BYTES);
  store<i32>(constants, total, TOTAL);
  store<i32>(constants, min(MOST_BATCH, max(1, total / (32 * info.cores))), BATCH);
  store<i32>(constants, min(reserve * info.cores, total / 16), RESERVE);
}

/** Where the kernel reaches a frame. */
@inline
export function frameAddress(frame: usize): usize {
  return RAM + frame;
}

/** A frame with one reference, whose contents are anything; 0 when only the reserve is left. */
export function takeFrame(): usize {
  return take(load<i32>(constants, RESERVE));
}

/** The same out of the reserve as well; 0 when there is nothing at all. */
export function takeReservedFrame(): usize {
  return take(0);
}

/** As takeFrame, and the frame is zero. */
export function takeZeroFrame(): usize {
  const frame = takeFrame();
  if (frame != 0) zeroFrame(frame);
  return frame;
}

export function zeroFrame(frame: usize): void {
  const lineBytes = load<BootInfo>(constants, INFO).lineBytes;
  for (let offset: usize = 0; offset < PAGE_BYTES; offset += lineBytes) lineZero(RAM + frame + offset);
}

/** One more reference to a frame that has some. */
export function shareFrame(frame: usize): void {
  atomic.add<u32>(frameWord(frame), 1);
}

/** One reference less. Without any the frame is free. */
export function releaseFrame(frame: usize): void {
  const references = atomic.sub<i32>(frameWord(frame), 1);
  if (references <= 0) panic('a frame is released that is free');
  if (references == 1) give(frame);
}

/** One reference less, unless it is the only one. Whether it was: then it is still there, and the caller's. */
export function dropReference(frame: usize): bool {
  const word = frameWord(frame);
  if (atomic.load<i32>(word) == 1) return true;
  const references = atomic.sub<i32>(word, 1);
  if (references <= 0) panic('a frame is released that is free');
  if (references > 1) return false;
  store<u32>(word, 1);
  return true;
}

/** References to a frame. */
export function frameReferences(frame: usize): i32 {
  return atomic.load<i32>(frameWord(frame));
}

/** 2^order frames in a row, from a multiple of their size on, with one reference each; 0 when there are none. They are released one by one. */
export function takeRun(order: i32): usize {
  const frames = 1 << order;
  if (claim(frames, frames, load<i32>(constants, RESERVE)) == 0) return 0;
  const count = load<BootInfo>(constants, INFO).nodes;
  const own = load<i32>(cpuMemory(), CPU_NODE);
  for (let i = 0; i < count; i++) {
    const run = nodeFrames((own + i) % count).take(order);
    if (run == 0) continue;
    for (let at = run; at < run + (PAGE_BYTES << order); at += PAGE_BYTES) store<u32>(frameWord(at), 1);
    return run;
  }
  atomic.add<i32>(unclaimed, frames);
  return 0;
}

/** Lets frames that the firmware has filled, from a physical address on, be frames like all others: with one reference each. */
export function adoptFrames(start: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) store<u32>(frameWord(start + i * PAGE_BYTES), 1);
}

/** Whether the reserve is all that is left. */
export function memoryIsShort(): bool {
  return atomic.load<i32>(unclaimed) <= load<i32>(constants, RESERVE);
}

/** How many frames are free, caches and reserve included. It may be old, as other cores go on. */
export function freeFrames(): i32 {
  let free = atomic.load<i32>(unclaimed);
  const cores = load<BootInfo>(constants, INFO).cores;
  for (let core = 0; core < cores; core++) free += load<i32>(cpuMemoryOf(core), CPU_FRAMES);
  return free;
}

/** How many frames there were in the beginning. */
export function totalFrames(): i32 {
  return load<i32>(constants, TOTAL);
}

// --- caches

function take(reserve: i32): usize {
  const before = interrupts(false);
  const cache = cpuMemory() + CPU_FRAMES;
  let count = load<i32>(cache);
  if (count == 0) count = fill(cache, reserve);
  let frame: usize = 0;
  if (count > 0) {
    count--;
    frame = load<usize>(cache + 4 * count, FRAMES);
    store<i32>(cache, count);
    store<u32>(frameWord(frame), 1);
  }
  interrupts(before);
  return frame;
}

function give(frame: usize): void {
  const before = interrupts(false);
  const home = <i32>(frame / load<usize>(constants, NODE_BYTES));
  if (home != load<i32>(cpuMemory(), CPU_NODE)) {
    nodeFrames(home).give(frame, 0);
    atomic.add<i32>(unclaimed, 1);
  } else {
    const cache = cpuMemory() + CPU_FRAMES;
    if (load<i32>(cache) == 2 * load<i32>(constants, BATCH)) empty(cache, home);
    const count = load<i32>(cache);
    store<usize>(cache + 4 * count, frame, FRAMES);
    store<i32>(cache, count + 1);
  }
  interrupts(before);
}

/** Fills an empty cache; returns how many it has now. Out of the reserve comes one frame only, as those in a cache are for anybody. */
function fill(cache: usize, reserve: i32): i32 {
  let claimed = claim(load<i32>(constants, BATCH), 1, load<i32>(constants, RESERVE));
  if (claimed == 0) claimed = claim(1, 1, reserve);
  let node = load<i32>(cpuMemory(), CPU_NODE);
  let count = 0;
  while (count < claimed) {
    count += nodeFrames(node).takeMany(cache + FRAMES + 4 * count, claimed - count);
    if (count < claimed) node = nearestWithFrames(node);
  }
  return count;
}

/** Gives a batch of a full cache to its node: the frames that were given first. */
function empty(cache: usize, node: i32): void {
  const batch = load<i32>(constants, BATCH);
  nodeFrames(node).giveMany(cache + FRAMES, batch);
  atomic.add<i32>(unclaimed, batch);
  memory.copy(cache + FRAMES, cache + FRAMES + 4 * batch, 4 * batch);
  store<i32>(cache, batch);
}

/** Claims up to `most` frames in the nodes' lists, so that `reserve` are left: how many, or 0 when these would be fewer than `least`. */
function claim(most: i32, least: i32, reserve: i32): i32 {
  let granted = 0;
  let free = 0;
  do {
    free = atomic.load<i32>(unclaimed);
    granted = min(most, free - reserve);
    if (granted < least) return 0;
  } while (atomic.cmpxchg<i32>(unclaimed, free, free - granted) != free);
  return granted;
}

function nearestWithFrames(node: i32): i32 {
  const info = load<BootInfo>(constants, INFO);
  let nearest = node;
  let least = i32.MAX_VALUE;
  for (let other = 0; other < info.nodes; other++) {
    if (nodeFrames(other).length == 0) continue;
    const distance = info.distance(node, other);
    if (distance >= least) continue;
    nearest = other;
    least = distance;
  }
  return nearest;
}

@inline
function nodeFrames(node: i32): NodeFrames {
  return load<NodeFrames>(nodes + 4 * node);
}
