// memclone [-s] [-p PAGES] [-t THREADS]: each thread, on a core of its own, touches every page of fresh memory of its own: of a mapping of its own, or, with -s,
// of a segment of one mapping that all share. Writes how long the threads took: after O. Krieger et al., "K42: Building a Complete Operating System" (2006), where it is the benchmark of page faults.

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
  malloc,
  mmap,
  munmap,
  out,
  parseNumber,
  threadAffinity,
} from '../posix/index';

const PAGE_BYTES: i32 = 4096;
const SPINS: i32 = 1 << 20;

let pages: i32 = 2500;
let threads: i32 = 0;
let isShared: bool = false;
/** What each thread's memory begins at, and its time in nanoseconds: i32 and i64 each. */
let regions: usize = 0;
let times: usize = 0;
let barrier: Barrier | null = null;

function touch(thread: i32): i32 {
  const start: usize = load<u32>(regions + (thread << 2));
  barrier!.wait(SPINS);
  const before = clock(CLOCK_MONOTONIC);
  for (let page = 0; page < pages; page++) store<u8>(start + page * PAGE_BYTES, 1);
  store<i64>(times + (thread << 3), clock(CLOCK_MONOTONIC) - before);
  return 0;
}

export function main(): i32 {
  const options = new Options('sp:t:');
  threads = cores();
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x73) {
      isShared = true;
      continue;
    }
    if (option != 0x70 && option != 0x74) return 1;
    const value = parseNumber(options.value);
    if (value == NOT_A_NUMBER || value < 1 || value > 100000)
      return complain(`not a number from 1 on: ${options.value}`);
    if (option == 0x70) pages = <i32>value;
    else threads = <i32>value;
  }
  regions = malloc(threads * 4);
  times = malloc(threads * 8);
  barrier = new Barrier(threads);
  const own = pages * PAGE_BYTES;
  let region = 0;
  for (let i = 0; i < threads; i++) {
    if (i > 0 && isShared) region += own;
    else {
      region = mmap(0, isShared ? own * threads : own, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (region < 0) return complainOf('mmap', region);
    }
    store<i32>(regions + (i << 2), region);
  }
  threadAffinity(0, 0);
  const started: Thread[] = [];
  for (let i = 1; i < threads; i++) {
    const thread = Thread.start(touch, i, i % cores());
    if (thread.id < 0) return complainOf('thread', thread.id);
    started.push(thread);
  }
  touch(0);
  for (let i = 0; i < started.length; i++) started[i].join();
  return report();
}

function report(): i32 {
  let sum: i64 = 0;
  let least = i64.MAX_VALUE;
  let most: i64 = 0;
  for (let i = 0; i < threads; i++) {
    const time = load<i64>(times + (i << 3));
    sum += time;
    least = min(least, time);
    most = max(most, time);
    munmap(load<u32>(regions + (i << 2)), pages * PAGE_BYTES);
  }
  const mean = sum / threads;
  out
    .text('memclone: ')
    .number(threads)
    .text(' threads, ')
    .number(pages)
    .text(' pages each: mean ')
    .number(mean / 1000);
  out
    .text(' us, least ')
    .number(least / 1000)
    .text(' us, most ')
    .number(most / 1000)
    .text(' us, ')
    .number(mean / pages);
  out.line(' ns a page');
  return 0;
}
