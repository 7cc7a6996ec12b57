// The shell of a bare-metal guest: starts the cores, gives each its memory, and carries parameters in and measurements out.
//
// A guest exports `boot`, which calls `start` with the function that every core is to run, and `trap`, its own or `stopOnTrap`. Its cores
// go through the same phases and meet at barriers. Memory that cores share is static (`memory.data`), or lies in the arena of one of them;
// globals are the core's own.
import { BootInfo, RAM } from './boot-info';
import { out } from './console';
import { Line } from './line';
import { MOST_CORES, MOST_LINE_BYTES } from './limits';
import * as machine from './machine';
import { PAGE_BYTES } from './page-table';
import { parameter, setCommandLine } from './parameters';
import { nextRandom, seedRandom } from './random';

export { MOST_LINE_BYTES } from './limits';

const bootInfo = memory.data(4, 4);
// Guests export what is shared, so that reports can name it.
export const arrived: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const begun: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const finished: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const episode: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
/** Where each core's arena begins, and the size of all. */
const arenas = memory.data(MOST_CORES * 4, MOST_LINE_BYTES);
const arenaSize = memory.data(4, 4);
/** A line of each core, for what it tells core 0. */
export const answers: usize = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

/** For `contend`: how often it is tried, operations that warm up, and the longest time before them. */
const TRIALS: i32 = 64;
const WARM_UP: i32 = 2;
const MOST_SKEW: u32 = 4096;

/** This core. */
export let core: i32 = 0;
/** Cores that take part: 0 to cores - 1. */
export let cores: i32 = 1;
/** Bytes of a cache line. */
export let lineBytes: i32 = 64;
/** Physical address of the page directory that the firmware has made, in use on every core. */
export let pageRoot: usize = 0;

/** Runs `body` on every core that takes part, and ends the run when all are done. For core 0 in `boot`. */
export function start(info: usize, body: () => void): void {
  store<usize>(bootInfo, info);
  identify();
  divideMemory(changetype<BootInfo>(info));
  for (let other = 1; other < cores; other++) machine.coreStart(other, 0, enter.index, body.index, 0);
  enter(body.index);
  machine.exit(0);
}

/** Where every core begins. */
function enter(body: i32): void {
  identify();
  barrier();
  call_indirect<void>(body);
  barrier();
}

/** Sets this core's globals. */
function identify(): void {
  const info = changetype<BootInfo>(load<usize>(bootInfo));
  setCommandLine(info.commandLine, info.commandLineBytes);
  core = machine.coreId();
  cores = parameter('cores', machine.coreCount());
  lineBytes = info.lineBytes;
  pageRoot = info.pageRoot;
}

/** Waits until every core that takes part is here. */
export function barrier(): void {
  const before = load<u32>(episode);
  if (atomic.add<u32>(arrived, 1) + 1 == <u32>cores) {
    atomic.store<u32>(arrived, 0);
    atomic.store<u32>(episode, before + 1);
  } else {
    while (load<u32>(episode) == before) machine.pause();
  }
}

/** Takes about this many cycles, none of them in memory. */
export function work(cycles: i64): void {
  const end = machine.cycles() + cycles;
  while (machine.cycles() < end) {}
}

/** Operations that this core has done in the last `contend`. */
export let operationsDone: i32 = 0;

/**
 * Mean cycles that an operation takes this core while the cores `first` to `end` - 1 all do it again and again; 0 on the others, which return
 * at once. Every core calls it.
 *
 * It is tried several times. Each time the cores begin at random times: cores in step would do everything in one of many possible orders, again
 * and again. A core measures when all have begun, and goes on until all have measured.
 */
export function contend(first: i32, end: i32, operations: i32, operation: () => void): f64 {
  operationsDone = 0;
  if (core == 0) {
    store<i32>(begun, 0);
    store<i32>(finished, 0);
  }
  barrier();
  if (core < first || core >= end) return 0;
  seedRandom(core + MOST_CORES * parameter('seed', 0));
  const each = (operations + TRIALS - 1) / TRIALS;
  let time: i64 = 0;
  for (let trial = 1; trial <= TRIALS; trial++) {
    const all = trial * (end - first);
    work(nextRandom() % MOST_SKEW);
    repeat(operation, WARM_UP);
    atomic.add<i32>(begun, 1);
    while (load<i32>(begun) < all) repeat(operation, 1);
    repeat(operation, WARM_UP);
    const before = machine.cycles();
    repeat(operation, each);
    time += machine.cycles() - before;
    atomic.add<i32>(finished, 1);
    while (load<i32>(finished) < all) repeat(operation, 1);
  }
  return <f64>time / <f64>(TRIALS * each);
}

function repeat(operation: () => void, times: i32): void {
  for (let i = 0; i < times; i++) operation();
  operationsDone += times;
}

// --- memory

/** Divides each node's free RAM among those of its cores that take part: as much for each core as the poorest can have. */
function divideMemory(info: BootInfo): void {
  let least: usize = usize.MAX_VALUE;
  for (let owner = 0; owner < cores; owner++) {
    const node = info.nodeOf(owner);
    const share = (info.freeEnd(node) - info.freeStart(node)) / coresOn(info, node, cores);
    if (share < least) least = share;
  }
  least &= ~(PAGE_BYTES - 1);
  store<usize>(arenaSize, least);
  for (let owner = 0; owner < cores; owner++) {
    const node = info.nodeOf(owner);
    store<usize>(arenas + 4 * owner, RAM + info.freeStart(node) + coresOn(info, node, owner) * least);
  }
}

/** How many of the cores 0 to end - 1 a node has. */
function coresOn(info: BootInfo, node: i32, end: i32): usize {
  let count: usize = 0;
  for (let other = 0; other < end; other++) if (info.nodeOf(other) == node) count++;
  return count;
}

/** A core's own part of its node's RAM, at a multiple of a page; zero when the run starts. Any core may ask for any other's. */
export function arena(owner: i32): usize {
  return load<usize>(arenas + 4 * owner);
}

/** The same for all cores. */
export function arenaBytes(): usize {
  return load<usize>(arenaSize);
}

// --- traps

/** A `trap` for guests that expect none: ends the run with status 1 and a message. */
export function stopOnTrap(cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  out.text('unexpected trap: cause ').number(cause).text(', ').hex(a).end();
  machine.exit(1);
  return 0;
}

// --- measurements

/** Reports the value of one cell of the guest's table. */
export function reportCell(row: i32, column: string, value: f64): void {
  report(out.number(row).text(' ').text(column), value);
}

/** The same where columns have numbers. */
export function reportPair(row: i32, column: i32, value: f64): void {
  report(out.number(row).text(' ').number(column), value);
}

function report(name: Line, value: f64): void {
  machine.report(name.textAddress, name.textBytes, value);
  name.close();
}

/** The sum of what every core gives: on core 0, after which all go on. Cores that have nothing to add give 0. */
export function total(value: f64): f64 {
  store<f64>(answers + core * MOST_LINE_BYTES, value);
  barrier();
  let sum: f64 = 0;
  if (core == 0) {
    for (let other = 0; other < cores; other++) sum += load<f64>(answers + other * MOST_LINE_BYTES);
  }
  barrier();
  return sum;
}

/** Reports the mean over `count` cores, whose values are not 0, in one cell. Every core calls it. */
export function reportMean(row: i32, column: string, value: f64, count: i32): void {
  const sum = total(value);
  if (core == 0) reportCell(row, column, sum / <f64>count);
}

/** Ends the run with status 1 and a message unless what must hold does. */
export function check(holds: bool, what: string): void {
  if (holds) return;
  out.text('check failed: ').text(what).end();
  machine.exit(1);
}
