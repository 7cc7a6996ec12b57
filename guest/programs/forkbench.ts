// forkbench [-n TIMES] [-p PAGES]: what new processes cost. Mean nanoseconds of a fork (the call, in the parent), of a child that ends at once, of one
// that writes to all pages of its parent (which copies them), and of `true` started by spawn.

import {
  Bytes,
  CLOCK_MONOTONIC,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  NOT_A_NUMBER,
  Options,
  PROT_READ,
  PROT_WRITE,
  ProcessEnd,
  clock,
  complain,
  complainOf,
  exit,
  fork,
  mmap,
  out,
  ownEnvironment,
  parseNumber,
  spawnAt,
} from '../posix/index';

const PAGE_BYTES: i32 = 4096;

let times: i32 = 20;
let pages: i32 = 64;
let memoryStart: usize = 0;
const end = new ProcessEnd();

function touch(): void {
  for (let page = 0; page < pages; page++) store<u8>(memoryStart + page * PAGE_BYTES, 1);
}

/** Mean time of `times` children from fork to end; with `only` that of the calls alone. Negative: an error. */
function forks(writes: bool, only: bool): i64 {
  let sum: i64 = 0;
  for (let i = 0; i < times; i++) {
    const before = clock(CLOCK_MONOTONIC);
    const pid = fork();
    if (pid < 0) return pid;
    if (pid == 0) {
      if (writes) touch();
      exit(0);
    }
    const called = clock(CLOCK_MONOTONIC);
    end.wait(pid);
    sum += (only ? called : clock(CLOCK_MONOTONIC)) - before;
  }
  return sum / times;
}

function spawns(): i64 {
  const path = Bytes.of('/bin/true');
  const environment = ownEnvironment();
  const before = clock(CLOCK_MONOTONIC);
  for (let i = 0; i < times; i++) {
    const pid = spawnAt(path, [path], environment);
    if (pid < 0) return pid;
    end.wait(pid);
  }
  return (clock(CLOCK_MONOTONIC) - before) / times;
}

export function main(): i32 {
  const options = new Options('n:p:');
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option != 0x6e && option != 0x70) return 1;
    const value = parseNumber(options.value);
    if (value == NOT_A_NUMBER || value < 1 || value > 100000)
      return complain(`not a number from 1 on: ${options.value}`);
    if (option == 0x6e) times = <i32>value;
    else pages = <i32>value;
  }
  const region = mmap(0, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (region < 0) return complainOf('mmap', region);
  memoryStart = region;
  touch();
  const names = ['fork', 'fork to end', 'fork, write pages', 'spawn to end'];
  const results = [forks(false, true), forks(false, false), forks(true, false), spawns()];
  out.text('forkbench: ').number(times).text(' times, ').number(pages).line(' pages');
  for (let i = 0; i < results.length; i++) {
    if (results[i] < 0) return complainOf(names[i], <i32>results[i]);
    out.padded(results[i], 10).text(' ns  ').line(names[i]);
  }
  return 0;
}
