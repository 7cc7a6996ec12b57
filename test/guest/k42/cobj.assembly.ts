// Clustered objects on all CPUs at once: see cobj.test.ts. The command line's first letter says which test.
import { BootInfo } from '../../../guest/lib/boot-info';
import { coreCount, coreId, cycles, pause, report } from '../../../guest/lib/machine';
import { takeCoid } from '../../../guest/k42/cobj/coid';
import { localTable } from '../../../guest/k42/cobj/local-table';
import { freeFrames } from '../../../guest/lib/page-frames';
import { dref } from '../../../guest/k42/cobj/rep';
import { Root } from '../../../guest/k42/cobj/root';
import { rootOf } from '../../../guest/k42/cobj/global-table';
import { SingleRepRoot } from '../../../guest/k42/cobj/single-rep-root';
import { ENTRIES_OF_PAGE, homeOf } from '../../../guest/k42/cobj/translation';
import { DEAD } from '../../../guest/k42/cobj/trampoline';
import { check, end } from '../lib/all-cores.assembly';
import { onAllCpus } from './all-cpus.assembly';
import { ClusterCounterRoot, Counter, SharedCounter } from './counter.assembly';

const ROUNDS: i32 = 200;
/** More than two pages of entries. */
const OBJECTS: i32 = 600;
const MOST_CORES: i32 = 128;
const LETTER_COUNT: u8 = 0x63;
const LETTER_PARTITIONS: u8 = 0x70;
const LETTER_RECLAIM: u8 = 0x72;

/** COIDs of the counters that all use: one Rep, one for every three CPUs, one for each. */
const counters = memory.data(3 * 4, 128);
/** COIDs that each CPU has made. */
const made = memory.data(MOST_CORES * 4 * OBJECTS, 128);
const pointers = memory.data(MOST_CORES * 128, 128);
const ready = memory.data(4, 128);

export function boot(info: usize): void {
  const test = load<u8>(changetype<BootInfo>(info).commandLine);
  if (test == LETTER_COUNT) {
    onAllCpus(info, makeCounters, count);
    reportCounters();
  } else if (test == LETTER_PARTITIONS) {
    onAllCpus(info, nothing, useObjectsOfAll);
  } else if (test == LETTER_RECLAIM) {
    onAllCpus(info, nothing, reclaim);
    for (let cpu = 0; cpu < coreCount(); cpu++) report(0, 0, <f64>load<i32>(givenBack + 4 * cpu));
  } else {
    onAllCpus(info, nothing, measure);
  }
  end();
}

function nothing(): void {}

// --- the three standard Roots

function makeCounters(): void {
  store<usize>(counters, new SingleRepRoot(new SharedCounter()).coid);
  store<usize>(counters, new ClusterCounterRoot(3).coid, 4);
  store<usize>(counters, new ClusterCounterRoot(1).coid, 8);
}

function count(): void {
  for (let i = 0; i < 3; i++) {
    const coid = load<usize>(counters + 4 * i);
    let last = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const now = dref<Counter>(coid).add(coreId() + 1);
      check(now > last, 'a Rep counts up');
      last = now;
    }
  }
}

/** The three sums, and how many Reps the second and third have. */
function reportCounters(): void {
  for (let i = 0; i < 3; i++) report(0, 0, <f64>dref<Counter>(load<usize>(counters + 4 * i)).sum());
  for (let i = 1; i < 3; i++)
    report(0, 0, <f64>changetype<ClusterCounterRoot>(rootOf(load<usize>(counters + 4 * i))).countReps());
}

// --- COIDs

/** Each CPU makes objects, then uses those of all. */
function useObjectsOfAll(): void {
  const own = made + coreId() * 4 * OBJECTS;
  for (let i = 0; i < OBJECTS; i++) {
    const coid = new SingleRepRoot(new SharedCounter()).coid;
    check(homeOf(coid) == coreId(), 'a COID tells on which CPU the object was made');
    check(i == 0 || coid > load<usize>(own + 4 * (i - 1)), 'no COID is given out twice');
    store<usize>(own + 4 * i, coid);
  }
  const nobody = takeCoid();
  check(dref<Counter>(nobody).add(1) == DEAD && dref<Counter>(nobody).sum() == DEAD, 'there is no such object');
  atomic.add<i32>(ready, 1);
  while (atomic.load<i32>(ready) < coreCount()) pause();
  for (let cpu = 0; cpu < coreCount(); cpu++) {
    for (let i = coreId() % 7; i < OBJECTS; i += 7) {
      const coid = load<usize>(made + (cpu * OBJECTS + i) * 4);
      const before = dref<Counter>(coid).sum();
      check(before >= 0 && dref<Counter>(coid).add(1) > before, 'it is there on all CPUs');
    }
  }
}

// --- pages of the local table

/** How many pages each CPU has given back. */
const givenBack = memory.data(MOST_CORES * 4, 128);

/** Each CPU uses objects in two pages, then in one of them, and gives the other one back. */
function reclaim(): void {
  const coids = made + coreId() * 4 * OBJECTS;
  const objects = <i32>ENTRIES_OF_PAGE * 2;
  for (let i = 0; i < objects; i++) {
    const coid = new ClusterCounterRoot(1).coid;
    store<usize>(coids + 4 * i, coid);
    check(dref<Counter>(coid).add(i + 1) == i + 1, 'it counts');
  }
  const table = localTable();
  check(table.reclaimPages() == 0, 'all pages have been used');
  const frames = freeFrames();
  check(dref<Counter>(load<usize>(coids)).add(1) == 2, 'one is used again');
  const count = table.reclaimPages();
  store<i32>(givenBack + 4 * coreId(), count);
  check(coreCount() > 1 || freeFrames() == frames + count, 'the others are given back');
  for (let i = 1; i < objects; i++)
    check(dref<Counter>(load<usize>(coids + 4 * i)).add(1) == i + 2, 'each Rep is found again');
  check(coreCount() > 1 || freeFrames() == frames, 'in a page of its own');
}

// --- cost

/** Cycles of a call by a pointer, by a pointer that is in memory, by a COID, and of the first one by a COID. On each CPU; the last one reports. */
function measure(): void {
  const root = new ClusterCounterRoot(1);
  const begin = cycles();
  dref<Counter>(root.coid).add(1);
  const first = cycles() - begin;
  const rep = changetype<Counter>(root.repAt(coreId()));
  const pointer = pointers + coreId() * 128;
  store<Counter>(pointer, rep);
  let plain = i64.MAX_VALUE;
  let byPointer = i64.MAX_VALUE;
  let byCoid = i64.MAX_VALUE;
  // The best of some, as other CPUs begin meanwhile and disturb this one.
  for (let i = 0; i < 4; i++) {
    plain = min(plain, plainCalls(rep));
    byPointer = min(byPointer, calls(pointer));
    byCoid = min(byCoid, calls(root.coid));
  }
  if (coreId() != coreCount() - 1) return;
  report(0, 0, <f64>plain / <f64>ROUNDS);
  report(0, 0, <f64>byPointer / <f64>ROUNDS);
  report(0, 0, <f64>byCoid / <f64>ROUNDS);
  report(0, 0, <f64>first);
}

function plainCalls(rep: Counter): i64 {
  const begin = cycles();
  for (let round = 0; round < ROUNDS; round++) rep.add(1);
  return cycles() - begin;
}

function calls(pointer: usize): i64 {
  const begin = cycles();
  for (let round = 0; round < ROUNDS; round++) dref<Counter>(pointer).add(1);
  return cycles() - begin;
}
