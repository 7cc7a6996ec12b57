// pagebench [-r ROUNDS] [-t THREADS[,THREADS]...]: what operations on pages cost, by the number of threads, each on a core of its own. One table:
//   fault    each thread touches fresh pages of its own; nanoseconds a page
//   map      each thread maps regions of one page; nanoseconds a call
//   protect  one thread makes a page read-only that all have touched; nanoseconds a call
//   unmap    one thread unmaps a page that all have touched; nanoseconds a call

import {
  Barrier,
  Bytes,
  CLOCK_MONOTONIC,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  MAP_SHARED,
  NOT_A_NUMBER,
  Options,
  PROT_READ,
  PROT_WRITE,
  Thread,
  clock,
  complain,
  complainOf,
  cores,
  malloc,
  mmap,
  mprotect,
  munmap,
  out,
  parseNumber,
  threadAffinity,
} from '../posix/index';

const PAGE_BYTES: i32 = 4096;
/** Pages that a thread touches, and regions that it maps, in a round. */
const PAGES: i32 = 16;
const SPINS: i32 = 1 << 24;
const COLUMNS: i32 = 4;
const FAULT: i32 = 0;
const MAP: i32 = 1;
const PROTECT: i32 = 2;
const UNMAP: i32 = 3;

let rounds: i32 = 20;
let barrier: Barrier = new Barrier(1);
/** Nanoseconds by thread and column. */
let sums: usize = 0;
/** The page that all threads touch. */
const shared = memory.data(64, 64);
let failed: i32 = 0;

@inline
function addTime(thread: i32, column: i32, nanoseconds: i64): void {
  const at = sums + ((thread * COLUMNS + column) << 3);
  store<i64>(at, load<i64>(at) + nanoseconds);
}

function map(pages: i32, flags: i32): i32 {
  const region = mmap(0, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
  if (region < 0) failed = region;
  return region;
}

function faultRound(thread: i32): void {
  const region = map(PAGES, MAP_PRIVATE);
  barrier.wait(SPINS);
  if (failed != 0) return;
  const before = clock(CLOCK_MONOTONIC);
  for (let page = 0; page < PAGES; page++) store<u8>(region + page * PAGE_BYTES, 1);
  addTime(thread, FAULT, clock(CLOCK_MONOTONIC) - before);
  munmap(region, PAGES * PAGE_BYTES);
}

function mapRound(thread: i32, regions: usize): void {
  barrier.wait(SPINS);
  const before = clock(CLOCK_MONOTONIC);
  for (let i = 0; i < PAGES; i++) store<i32>(regions + (i << 2), map(1, MAP_PRIVATE));
  addTime(thread, MAP, clock(CLOCK_MONOTONIC) - before);
  barrier.wait(SPINS);
  for (let i = 0; i < PAGES; i++)
    if (load<i32>(regions + (i << 2)) > 0) munmap(load<u32>(regions + (i << 2)), PAGE_BYTES);
}

/** All threads have the page in their TLBs when the first one takes rights away, and again when it unmaps it. */
function sharedRound(thread: i32): void {
  if (thread == 0) store<i32>(shared, map(1, MAP_SHARED));
  barrier.wait(SPINS);
  const page: usize = load<u32>(shared);
  if (failed != 0) return;
  atomic.add<i32>(page, 1);
  barrier.wait(SPINS);
  if (thread == 0) {
    const before = clock(CLOCK_MONOTONIC);
    mprotect(page, PAGE_BYTES, PROT_READ);
    addTime(0, PROTECT, clock(CLOCK_MONOTONIC) - before);
  }
  barrier.wait(SPINS);
  atomic.load<i32>(page);
  barrier.wait(SPINS);
  if (thread == 0) {
    const before = clock(CLOCK_MONOTONIC);
    munmap(page, PAGE_BYTES);
    addTime(0, UNMAP, clock(CLOCK_MONOTONIC) - before);
  }
  barrier.wait(SPINS);
}

function work(thread: i32): i32 {
  const regions = malloc(PAGES * 4);
  for (let round = 0; round < rounds && failed == 0; round++) {
    faultRound(thread);
    barrier.wait(SPINS);
    mapRound(thread, regions);
    sharedRound(thread);
    barrier.wait(SPINS);
  }
  return 0;
}

/** Nanoseconds of one operation: the mean over all threads that do it. */
function mean(column: i32, threads: i32, operations: i32): i64 {
  let sum: i64 = 0;
  for (let thread = 0; thread < threads; thread++) sum += load<i64>(sums + ((thread * COLUMNS + column) << 3));
  return sum / (<i64>operations * rounds);
}

function measure(threads: i32): i32 {
  barrier = new Barrier(threads);
  sums = malloc(threads * COLUMNS * 8);
  memory.fill(sums, 0, threads * COLUMNS * 8);
  const started: Thread[] = [];
  for (let i = 1; i < threads; i++) {
    const thread = Thread.start(work, i, i % cores());
    if (thread.id < 0) return thread.id;
    started.push(thread);
  }
  work(0);
  for (let i = 0; i < started.length; i++) started[i].join();
  if (failed != 0) return failed;
  out
    .padded(threads, 7)
    .padded(mean(FAULT, threads, threads * PAGES), 10)
    .padded(mean(MAP, threads, threads * PAGES), 10);
  out
    .padded(mean(PROTECT, 1, 1), 10)
    .padded(mean(UNMAP, 1, 1), 10)
    .line();
  return 0;
}

/** Numbers with commas between them; null where there is anything else. */
function parseList(list: Bytes): i32[] | null {
  const numbers: i32[] = [];
  for (let from = 0; from <= list.length; ) {
    let to = list.indexOf(0x2c, from);
    if (to < 0) to = list.length;
    const value = parseNumber(list.slice(from, to));
    if (value == NOT_A_NUMBER || value < 1 || value > 1024) return null;
    numbers.push(<i32>value);
    from = to + 1;
  }
  return numbers;
}

export function main(): i32 {
  const options = new Options('r:t:');
  let counts: i32[] = [];
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option != 0x72 && option != 0x74) return 1;
    const numbers = parseList(options.value);
    if (numbers === null) return complain(`not numbers from 1 on: ${options.value}`);
    if (option == 0x72) rounds = numbers[0];
    else counts = numbers;
  }
  if (counts.length == 0) for (let count = 1; count <= cores(); count <<= 1) counts.push(count);
  threadAffinity(0, 0);
  out.line('threads  fault ns    map ns protect ns  unmap ns');
  for (let i = 0; i < counts.length; i++) {
    const error = measure(counts[i]);
    if (error < 0) return complainOf('pagebench', error);
  }
  return 0;
}
