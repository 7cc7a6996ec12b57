// mapbench [-t THREADS] [-p PAGES] [-r ROUNDS]: what it takes to map a region and to unmap it, in nanoseconds: one that nobody has touched, and one that each
// thread, on a core of its own, has touched all of. Means over the rounds; the first thread maps and unmaps, the others touch and wait.

import {
  Barrier,
  CLOCK_MONOTONIC,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  NOT_A_NUMBER,
  Options,
  PROT_READ,
  PROT_WRITE,
  Thread,
  clock,
  complain,
  complainOf,
  cores,
  mmap,
  munmap,
  out,
  parseNumber,
  threadAffinity,
} from '../posix/index';

const PAGE_BYTES: i32 = 4096;
const SPINS: i32 = 1 << 24;

let pages: i32 = 16;
let rounds: i32 = 10;
let barrier: Barrier = new Barrier(1);
/** The region of this round, or an error. */
const region = memory.data(4, 64);

let mapTime: i64 = 0;
let unmapTime: i64 = 0;

function map(): i32 {
  const before = clock(CLOCK_MONOTONIC);
  const start = mmap(0, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mapTime += clock(CLOCK_MONOTONIC) - before;
  return start;
}

function unmap(start: usize): void {
  const before = clock(CLOCK_MONOTONIC);
  munmap(start, pages * PAGE_BYTES);
  unmapTime += clock(CLOCK_MONOTONIC) - before;
}

function work(thread: i32): i32 {
  for (let round = 0; round < rounds; round++) {
    if (thread == 0) store<i32>(region, map());
    barrier.wait(SPINS);
    const start = atomic.load<i32>(region);
    if (start < 0) return start;
    for (let page = 0; page < pages; page++) atomic.add<i32>(<usize>start + page * PAGE_BYTES, 1);
    barrier.wait(SPINS);
    if (thread == 0) unmap(start);
    barrier.wait(SPINS);
  }
  return 0;
}

function line(what: string): void {
  out
    .text(what)
    .text(': map ')
    .number(mapTime / rounds);
  out
    .text(' ns, unmap ')
    .number(unmapTime / rounds)
    .line(' ns');
  mapTime = 0;
  unmapTime = 0;
}

export function main(): i32 {
  const options = new Options('t:p:r:');
  let threads = cores();
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x3f) return 2;
    const value = parseNumber(options.value);
    if (value == NOT_A_NUMBER || value < 1 || value > 100000) return complain(`not a number: ${options.value}`);
    if (option == 0x74) threads = <i32>value;
    else if (option == 0x70) pages = <i32>value;
    else rounds = <i32>value;
  }
  barrier = new Barrier(threads);
  threadAffinity(0, 0);
  for (let round = 0; round < rounds; round++) {
    const start = map();
    if (start < 0) return complainOf('mmap', start);
    unmap(start);
  }
  line('untouched');
  const started: Thread[] = [];
  for (let i = 1; i < threads; i++) {
    const thread = Thread.start(work, i, i % cores());
    if (thread.id < 0) return complainOf('thread', thread.id);
    started.push(thread);
  }
  let failed = work(0);
  for (let i = 0; i < started.length; i++) failed = min(failed, started[i].join());
  if (failed < 0) return complainOf('mmap', failed);
  line('touched by all');
  return 0;
}
