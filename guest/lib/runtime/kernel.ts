// The AssemblyScript runtime of kernels (`--runtime guest/lib/runtime/kernel`): what `new` calls. Objects are allocated explicitly, live until
// `release` (objects.ts), and are never moved or collected.
//
// Blocks have sizes of classes: powers of two from 16 bytes on, and 384 and 768. A block of a line or more shares no line with another; the
// object begins 8 bytes into it, behind what AssemblyScript asks for: the class id at -8 and the size at -4. More than half a page is a run of frames:
// for tables that are made at boot, since later there may be no run.
//
// Each CPU has two magazines of free blocks for each class, lists of up to BATCH blocks, and a page to cut new ones from, so most calls touch its own
// memory only. Full magazines go to a depot and come from there, one lock for a whole batch (Bonwick and Adams, "Magazines and Vmem", 2001). A
// block is given back to the CPU that releases it, not to the one that has allocated it. That needs no owner in the block, and a core that allocates what
// another one releases gets it back through the depot. The price is that blocks wander between nodes.
//
// Convention for out of memory: `new` never fails. It draws on the reserve of page-frames.ts, and panics when even that is gone. A system call that
// makes objects asks `memoryIsShort` first, and answers ENOMEM. Frames that blocks were cut from stay with their class.
import { RAM } from '../boot-info';
import { cpuMemory, CPU_POOLS } from '../cpu';
import { MOST_LINE_BYTES } from '../limits';
import { interrupts } from '../machine';
import { releaseFrame, takeReservedFrame, takeRun } from '../page-frames';
import { PAGE_BYTES } from '../page-table';
import { panic } from '../panic';
import { TicketLock } from '../ticket-lock';

const HEADER: usize = 8;
const LARGEST_BLOCK: usize = 2048;
/** In the place of the class id: the block is free. */
const FREED: u32 = 0xffff_ffff;

/** In a free block, behind the header: the next block of the magazine; in its first block, the next magazine of the depot. */
const NEXT: usize = 8;
const NEXT_MAGAZINE: usize = 12;

/** A CPU's pool of one class, four words: two magazines, how many blocks the first one has, and where the next new block is. */
const LOADED: usize = 0;
const COUNT: usize = 4;
const SPARE: usize = 8;
const FRESH: usize = 12;
const POOL_BYTES: usize = 16;
const CLASSES: i32 = 24;

/** Blocks of a full magazine. */
const BATCH: i32 = 8;

/** For each class a lock, and its full magazines as a list. */
const depots = memory.data(CLASSES * MOST_LINE_BYTES, MOST_LINE_BYTES);
const MAGAZINES: usize = 4;

// --- what AssemblyScript calls

@global
@unsafe
function __new(size: usize, id: u32): usize {
  const bytes = size + HEADER;
  const block = bytes <= LARGEST_BLOCK ? takeBlock(classOf(bytes)) : takeLarge(bytes);
  store<u32>(block, id);
  store<u32>(block, <u32>size, 4);
  memory.fill(block + HEADER, 0, size);
  return block + HEADER;
}

@global
@unsafe
function __alloc(size: usize): usize {
  return __new(size, 0);
}

@global
@unsafe
function __renew(object: usize, size: usize): usize {
  const old = objectBytes(object);
  const renewed = __new(size, load<u32>(object - HEADER));
  memory.copy(renewed, object, min(old, size));
  __free(object);
  return renewed;
}

@global
@unsafe
function __free(object: usize): void {
  const block = object - HEADER;
  if (block < RAM) panic('an object is released that was not allocated');
  if (load<u32>(block) == FREED) panic('an object is released twice');
  const bytes = objectBytes(object) + HEADER;
  store<u32>(block, FREED);
  if (bytes <= LARGEST_BLOCK) giveBlock(classOf(bytes), block);
  else giveLarge(block, bytes);
}

/** References are not counted. */
@global
@unsafe
function __link(parent: usize, child: usize, expectMultiple: bool): void {}

/** The size that an object was made with. */
@inline
function objectBytes(object: usize): usize {
  return load<u32>(object - 4);
}

// --- blocks

/** Number of the smallest class with blocks of so many bytes: twice the order of a power of two, and one less for three quarters of it. */
@inline
function classOf(bytes: usize): i32 {
  const order = 32 - clz<i32>(<i32>max(bytes, 16) - 1);
  const quarters: i32 = order >= 9 && order <= 10 && bytes <= (<usize>3) << (order - 2) ? 1 : 0;
  return 2 * order - quarters;
}

@inline
function blockBytes(classNumber: i32): usize {
  const order = (classNumber + 1) >> 1;
  return (classNumber & 1) != 0 ? (<usize>3) << (order - 2) : (<usize>1) << order;
}

function takeBlock(classNumber: i32): usize {
  const before = interrupts(false);
  const pool = poolOf(classNumber);
  if (load<i32>(pool, COUNT) == 0) reload(pool, classNumber);
  let block = load<usize>(pool, LOADED);
  if (block != 0) {
    store<usize>(pool, load<usize>(block, NEXT), LOADED);
    store<i32>(pool, load<i32>(pool, COUNT) - 1, COUNT);
  } else {
    block = cutBlock(pool, blockBytes(classNumber));
  }
  interrupts(before);
  return block;
}

function giveBlock(classNumber: i32, block: usize): void {
  const before = interrupts(false);
  const pool = poolOf(classNumber);
  if (load<i32>(pool, COUNT) == BATCH) unload(pool, classNumber);
  store<usize>(block, load<usize>(pool, LOADED), NEXT);
  store<usize>(pool, block, LOADED);
  store<i32>(pool, load<i32>(pool, COUNT) + 1, COUNT);
  interrupts(before);
}

@inline
function poolOf(classNumber: i32): usize {
  return cpuMemory() + CPU_POOLS + <usize>classNumber * POOL_BYTES;
}

/** Loads a full magazine in the place of the empty one, if there is any. */
function reload(pool: usize, classNumber: i32): void {
  let magazine = load<usize>(pool, SPARE);
  if (magazine != 0) store<usize>(pool, 0, SPARE);
  else magazine = takeMagazine(depots + classNumber * MOST_LINE_BYTES);
  if (magazine == 0) return;
  store<usize>(pool, magazine, LOADED);
  store<i32>(pool, BATCH, COUNT);
}

/** Puts the full magazine aside, and loads an empty one. */
function unload(pool: usize, classNumber: i32): void {
  const spare = load<usize>(pool, SPARE);
  if (spare != 0) giveMagazine(depots + classNumber * MOST_LINE_BYTES, spare);
  store<usize>(pool, load<usize>(pool, LOADED), SPARE);
  store<usize>(pool, 0, LOADED);
  store<i32>(pool, 0, COUNT);
}

function takeMagazine(depot: usize): usize {
  // Seldom is there any when a CPU has none: look before locking.
  if (atomic.load<usize>(depot + MAGAZINES) == 0) return 0;
  const lock = changetype<TicketLock>(depot);
  lock.acquire();
  const magazine = load<usize>(depot, MAGAZINES);
  if (magazine != 0) store<usize>(depot, load<usize>(magazine, NEXT_MAGAZINE), MAGAZINES);
  lock.release();
  return magazine;
}

function giveMagazine(depot: usize, magazine: usize): void {
  const lock = changetype<TicketLock>(depot);
  lock.acquire();
  store<usize>(magazine, load<usize>(depot, MAGAZINES), NEXT_MAGAZINE);
  store<usize>(depot, magazine, MAGAZINES);
  lock.release();
}

/** A block that has never been used, from the CPU's page of this class. */
function cutBlock(pool: usize, bytes: usize): usize {
  let block = load<usize>(pool, FRESH);
  if (block == 0) {
    const frame = takeReservedFrame();
    if (frame == 0) panic('out of memory for kernel objects');
    block = RAM + frame;
  }
  const next = block + bytes;
  const fits = ((next - 1) & (PAGE_BYTES - 1)) + bytes < PAGE_BYTES;
  store<usize>(pool, fits ? next : 0, FRESH);
  return block;
}

// --- runs of frames

function takeLarge(bytes: usize): usize {
  const run = takeRun(orderOf(bytes));
  if (run == 0) panic('no run of frames for a large object');
  return RAM + run;
}

function giveLarge(block: usize, bytes: usize): void {
  const end = block + (PAGE_BYTES << orderOf(bytes));
  for (let page = block; page < end; page += PAGE_BYTES) releaseFrame(page - RAM);
}

function orderOf(bytes: usize): i32 {
  return 32 - clz<i32>(<i32>((bytes - 1) >> 12));
}
