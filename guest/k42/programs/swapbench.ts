// swapbench [-c] [-p PAGES] [-b BATCH] [-n SWAPS] [-t THREADS] [-s MICROSECONDS]: a thread on each of the first cores touches every page of fresh memory of its own,
// BATCH of them at a time, and writes a pattern there. The first one has the program's Process object changed for one of the other family SWAPS times meanwhile,
// at even distances, or as often as there is time for. Writes what a fault has cost in each slice of time of MICROSECONDS, and when the Process was being changed. At the end each page is
// compared with what was written: 1 where something is lost.
//
// -c  between batches each thread also changes what the Process has, by a mapping of its own and by memory.grow, and takes a mutex that all want: calls
//     that come with locks of the kernel held
import {
  Barrier,
  clock,
  CLOCK_MONOTONIC,
  complain,
  complainOf,
  cores,
  EBUSY,
  err,
  malloc,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  mmap,
  munmap,
  Mutex,
  nanosleep,
  NOT_A_NUMBER,
  Options,
  out,
  parseNumber,
  PROT_READ,
  PROT_WRITE,
  Thread,
} from '../../posix/index';
import { PROCESS_DISTRIBUTED, PROCESS_SHARED, processFamily, swapProcess } from '../process-api';

const PAGE_BYTES: i32 = 4096;
const SPINS: i32 = 1 << 20;
/** Of memory, between two batches. */
const GROWTHS: i32 = 5;
const POLL_NANOSECONDS: i64 = 100_000;

let pages: i32 = 2000;
let batch: i32 = 20;
let swaps: i32 = 1;
let threads: i32 = 0;
let slice: i64 = 4000;
let changes: bool = false;

let barrier: Barrier | null = null;
let mutex: Mutex | null = null;
/** Where each thread's memory begins. */
let regions: usize = 0;
/** When a batch has begun, and how long it has taken, in nanoseconds: i64 each, thread after thread. */
let batches: usize = 0;
/** When a swap has begun and when it was over, in nanoseconds. */
let swapTimes: usize = 0;
/** How many have begun, and whether the last one is not over. */
let begun: i32 = 0;
let isChanging: bool = false;
/** Guarded by the mutex. */
let taken: i32 = 0;
/** How often something was refused, or not as it should be. */
const failureCount = memory.data(4);

@inline
function batchesOfOne(): i32 {
  return (pages + batch - 1) / batch;
}

@inline
function recordOf(thread: i32, index: i32): usize {
  return batches + 16 * <usize>(thread * batchesOfOne() + index);
}

/** What a page begins with; its end has the complement. */
@inline
function patternOf(thread: i32, page: i32): i32 {
  return ((thread + 1) << 20) | page;
}

// --- the threads

function touch(thread: i32): i32 {
  const start: usize = load<u32>(regions + (thread << 2));
  barrier!.wait(SPINS);
  for (let index = 0; index < batchesOfOne(); index++) {
    const before = clock(CLOCK_MONOTONIC);
    const last = min(pages, (index + 1) * batch);
    for (let page = index * batch; page < last; page++) write(start + page * PAGE_BYTES, patternOf(thread, page));
    store<i64>(recordOf(thread, index), before);
    store<i64>(recordOf(thread, index), clock(CLOCK_MONOTONIC) - before, 8);
    if (thread == 0) swapWhenDue(index);
    if (changes) change();
  }
  return 0;
}

@inline
function write(page: usize, pattern: i32): void {
  store<i32>(page, pattern);
  store<i32>(page, ~pattern, PAGE_BYTES - 4);
}

function swapWhenDue(index: i32): void {
  look();
  if (isChanging || begun == swaps || index < ((begun + 1) * batchesOfOne()) / (swaps + 1)) return;
  const now = clock(CLOCK_MONOTONIC);
  if (swapProcess(processFamily() == PROCESS_SHARED ? PROCESS_DISTRIBUTED : PROCESS_SHARED) != 0) return;
  store<i64>(swapTimes + (begun++ << 4), now);
  isChanging = true;
}

/** Notes when the swap that is under way is over. */
function look(): void {
  if (!isChanging || processFamily() == -EBUSY) return;
  isChanging = false;
  store<i64>(swapTimes + ((begun - 1) << 4), clock(CLOCK_MONOTONIC), 8);
}

/** Most of it by memory.grow: that is where a call waits with a lock which others want. */
function change(): void {
  const mapping = mmap(0, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  let grown = 0;
  for (let i = 0; i < GROWTHS && grown >= 0; i++) grown = memory.grow(1);
  if (mapping < 0 || grown < 0) {
    atomic.add<i32>(failureCount, 1);
    return;
  }
  write(mapping, grown);
  write(grown << 16, mapping);
  if (load<i32>(mapping) != grown || load<i32>(grown << 16) != mapping) atomic.add<i32>(failureCount, 1);
  munmap(mapping, 2 * PAGE_BYTES);
  mutex!.lock();
  taken++;
  mutex!.unlock();
}

// --- what came out

/** Mean nanoseconds of a fault in batches whose middle is in a time, and how many faults these were. */
function tell(from: i64, to: i64): void {
  let time: i64 = 0;
  let faults: i64 = 0;
  for (let thread = 0; thread < threads; thread++) {
    for (let index = 0; index < batchesOfOne(); index++) {
      const record = recordOf(thread, index);
      const middle = load<i64>(record) + load<i64>(record, 8) / 2;
      if (middle < from || middle >= to) continue;
      time += load<i64>(record, 8);
      faults += min(batch, pages - index * batch);
    }
  }
  out
    .number(faults)
    .text(' faults, ')
    .number(faults == 0 ? 0 : time / faults)
    .line(' ns each');
}

/** Slices are those in which all threads were at it. */
function report(): void {
  let start = i64.MAX_VALUE;
  let end = i64.MAX_VALUE;
  for (let thread = 0; thread < threads; thread++) {
    const last = recordOf(thread, batchesOfOne() - 1);
    start = min(start, load<i64>(recordOf(thread, 0)));
    end = min(end, load<i64>(last) + load<i64>(last, 8));
  }
  for (let i = 0; i < begun; i++) {
    const from = load<i64>(swapTimes + (i << 4)) - start;
    out
      .text('swap from ')
      .number(from / 1000)
      .text(' us to ');
    out.number((load<i64>(swapTimes + (i << 4), 8) - start) / 1000).line(' us');
  }
  if (begun == 1) {
    const from = load<i64>(swapTimes);
    const to = load<i64>(swapTimes, 8);
    out.text('before: ');
    tell(start, from);
    out.text('during: ');
    tell(from, to);
    out.text('after: ');
    tell(to, i64.MAX_VALUE);
  }
  for (let from: i64 = 0; start + from + slice * 1000 <= end; from += slice * 1000) {
    out
      .text('at ')
      .number(from / 1000)
      .text(' us: ');
    tell(start + from, start + from + slice * 1000);
  }
}

/** Pages that do not have what was written, and nothing between. */
function lost(): i32 {
  let sum = 0;
  for (let thread = 0; thread < threads; thread++) {
    for (let page = 0; page < pages; page++) {
      const at = <usize>load<u32>(regions + (thread << 2)) + page * PAGE_BYTES;
      const pattern = patternOf(thread, page);
      const isWhole = load<i32>(at) == pattern && load<i32>(at, PAGE_BYTES - 4) == ~pattern;
      if (!isWhole || load<i32>(at, PAGE_BYTES / 2) != 0) sum++;
    }
  }
  return sum;
}

// --- the whole

function usage(): i32 {
  return complain('usage: swapbench [-c] [-p PAGES] [-b BATCH] [-n SWAPS] [-t THREADS] [-s MICROSECONDS]');
}

function readOptions(): bool {
  threads = cores();
  const options = new Options('cp:b:n:t:s:');
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x63) {
      changes = true;
      continue;
    }
    const value = parseNumber(options.value);
    if (value == NOT_A_NUMBER || value < (option == 0x6e ? 0 : 1) || value > 100_000) return false;
    if (option == 0x70) pages = <i32>value;
    else if (option == 0x62) batch = <i32>value;
    else if (option == 0x6e) swaps = <i32>value;
    else if (option == 0x74 && value <= cores()) threads = <i32>value;
    else if (option == 0x73) slice = value;
    else return false;
  }
  return true;
}

export function main(): i32 {
  if (!readOptions()) return usage();
  regions = malloc(4 * threads);
  batches = malloc(16 * threads * batchesOfOne());
  swapTimes = malloc(16 * max(swaps, 1));
  // Faults on these would be counted with the others.
  memory.fill(batches, 0, 16 * threads * batchesOfOne());
  barrier = new Barrier(threads);
  mutex = new Mutex();
  for (let i = 0; i < threads; i++) {
    const region = mmap(0, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region < 0) return complainOf('mmap', region);
    store<i32>(regions + (i << 2), region);
  }
  const running: Thread[] = [];
  for (let i = 0; i < threads; i++) {
    const thread = Thread.start(touch, i, i);
    if (thread.id < 0) return complainOf('thread', thread.id);
    running.push(thread);
  }
  for (let i = 0; i < threads; i++) running[i].join();
  for (look(); isChanging; look()) nanosleep(POLL_NANOSECONDS);
  report();
  return judge();
}

function judge(): i32 {
  const missing = lost();
  const failures = load<i32>(failureCount);
  const expected = changes ? threads * batchesOfOne() : 0;
  out
    .text('swapbench: ')
    .number(threads)
    .text(' threads, ')
    .number(threads * pages)
    .text(' pages, ');
  out.number(begun).text(' swaps: ').number(missing).line(' pages lost');
  if (missing == 0 && failures == 0 && taken == expected) return 0;
  err.text('swapbench: ').number(failures).text(' changes failed, ').number(taken).text(' of ');
  err.number(expected).line(' were counted');
  return 1;
}
