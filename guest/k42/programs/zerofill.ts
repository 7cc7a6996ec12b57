// zerofill [-p PAGES] [-t THREADS]: on each of the first cores a thread lets the kernel take so many frames and zero them, all at the same time. Writes how long
// that took on the average: what page faults on as many pages (memclone) cannot fall below.
import {
  Barrier,
  Bytes,
  complain,
  complainOf,
  cores,
  malloc,
  NOT_A_NUMBER,
  Options,
  out,
  parseNumber,
  Thread,
  threadAffinity,
} from '../../posix/index';
import { MOST_ZERO_FRAMES } from '../process-numbers';
import { zeroFill } from '../process-api';

const SPINS: i32 = 1 << 20;

let pages: i32 = 2500;
let threads: i32 = 0;
/** Nanoseconds of each thread, or an error: i32 each. */
let times: usize = 0;
let barrier: Barrier | null = null;

function fill(thread: i32): i32 {
  barrier!.wait(SPINS);
  store<i32>(times + (thread << 2), zeroFill(pages));
  return 0;
}

export function main(): i32 {
  threads = cores();
  const options = new Options('p:t:');
  for (let option = options.next(); option != 0; option = options.next()) {
    const value = parseNumber(options.value);
    const most = option == 0x70 ? MOST_ZERO_FRAMES : cores();
    if ((option != 0x70 && option != 0x74) || value == NOT_A_NUMBER || value < 1 || value > most) {
      return complain('usage: zerofill [-p PAGES] [-t THREADS]');
    }
    if (option == 0x70) pages = <i32>value;
    else threads = <i32>value;
  }
  times = malloc(threads << 2);
  barrier = new Barrier(threads);
  threadAffinity(0, 0);
  const started: Thread[] = [];
  for (let i = 1; i < threads; i++) started.push(Thread.start(fill, i, i));
  fill(0);
  for (let i = 0; i < started.length; i++) started[i].join();
  let sum: i64 = 0;
  for (let i = 0; i < threads; i++) {
    const time = load<i32>(times + (i << 2));
    if (time < 0) return complainOf(Bytes.of('zero fill'), time);
    sum += time;
  }
  out.text('zerofill: ').number(threads).text(' threads, ').number(pages).text(' pages each: mean ');
  out.number(sum / threads / 1000).line(' us');
  return 0;
}
