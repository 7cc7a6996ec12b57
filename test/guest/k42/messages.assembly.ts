// Function messages and locks on all cores at once, on the machine only: see messages.test.ts. The command line's first letter says which test.
import { BootInfo } from '../../../guest/lib/boot-info';
import { coreCount, coreId, halt, interrupts, pause, report } from '../../../guest/lib/machine';
import { TRAP_INTERRUPT } from '../../../guest/lib/machine-constants';
import { freeFrames, totalFrames } from '../../../guest/lib/page-frames';
import { LockableLine } from '../../../guest/lib/unix/lockable-line';
import {
  callOn,
  sendTo,
  serveAll,
  serveMessages,
  startLooking,
  stopLooking,
  VECTOR_MESSAGE,
} from '../../../guest/k42/messages';
import { check, end, onAllCores } from '../lib/all-cores.assembly';

const ROUNDS: i32 = 6;
/** Messages that are under way from one core to another at most. */
const BATCH: i32 = 3;
const LINE: usize = 128;
const MOST_CORES: usize = 128;

/** A line of each core: how many messages it has served, and interrupts it has had. */
const served = memory.data(LINE * MOST_CORES, 128);
const INTERRUPTS: usize = 4;
/** What each core has last been sent by each of the others. */
const last = memory.data(MOST_CORES * MOST_CORES * 4, 128);
const finished = memory.data(128, 128);

class Guarded extends LockableLine {
  count: i32 = 0;
}

/** Where the object is. */
const guardedAddress = memory.data(128, 128);

export function boot(info: usize): void {
  const test = load<u8>(changetype<BootInfo>(info).commandLine);
  onAllCores(
    info,
    test == 0x63 ? callAll : test == 0x6e ? callBack : test == 0x6c ? callWithLocks : test == 0x73 ? send : wakeHalted,
  );
  let interruptCount = 0;
  for (let core = 0; core < coreCount(); core++) interruptCount += load<i32>(lineOf(core), INTERRUPTS);
  report(0, 0, <f64>interruptCount);
  report(0, 0, <f64>(totalFrames() - freeFrames()));
  end();
}

export function trap(cause: i32, vector: i32, c: i32, d: i32, e: i32, f: i32, g: i32): i64 {
  check(cause == TRAP_INTERRUPT && vector == VECTOR_MESSAGE, 'nothing but messages interrupts');
  store<i32>(lineOf(coreId()), load<i32>(lineOf(coreId()), INTERRUPTS) + 1, INTERRUPTS);
  serveAll();
  return 0;
}

function lineOf(core: i32): usize {
  return served + LINE * core;
}

/** Serves until all cores are here. */
function finish(): void {
  atomic.add<i32>(finished, 1);
  const before = startLooking();
  while (atomic.load<i32>(finished) < coreCount()) {
    pause();
    serveMessages();
  }
  stopLooking(before);
}

// --- every core calls every other one, all at once

function callAll(): void {
  const self = coreId();
  const cores = coreCount();
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < cores; i++) {
      const core = (self + i) % cores;
      const answer = callOn(core, countHere.index, core, self, round);
      check(answer == 1000 * core + self, 'the answer is that of the core that was called');
    }
  }
  finish();
  check(load<i32>(lineOf(self)) == ROUNDS * cores, 'each call was served once');
}

/** Not atomic: only the core itself counts in its line. */
function countHere(core: usize, caller: usize, round: usize): i32 {
  check(coreId() == <i32>core, 'the function runs on the core that was called');
  const line = lineOf(<i32>core);
  store<i32>(line, load<i32>(line) + 1);
  return 1000 * <i32>core + <i32>caller;
}

// --- who is called calls back, and further

function callBack(): void {
  const self = coreId();
  const next = (self + 1) % coreCount();
  for (let round = 0; round < ROUNDS; round++) {
    check(callOn(next, goOn.index, 3, self) == 6 + self, 'calls answer through calls');
  }
  finish();
}

function goOn(depth: usize, from: usize, nothing: usize): i32 {
  if (depth == 0) return <i32>from;
  // Back to who has called, then round the cores.
  const core = depth == 3 ? <i32>from : (coreId() + 5) % coreCount();
  return callOn(core, goOn.index, depth - 1, from) + <i32>depth;
}

// --- who has a lock calls those who wait for it

function callWithLocks(): void {
  if (coreId() == 0) atomic.store<usize>(guardedAddress, changetype<usize>(new Guarded()));
  while (atomic.load<usize>(guardedAddress) == 0) pause();
  const object = changetype<Guarded>(load<usize>(guardedAddress));
  const self = coreId();
  const cores = coreCount();
  for (let round = 0; round < ROUNDS; round++) {
    object.lock();
    const count = object.count;
    for (let i = 1; i < min(cores, 5); i++) {
      const core = (self + i) % cores;
      check(callOn(core, countHere.index, core, self, round) == 1000 * core + self, 'who waits for a lock answers');
    }
    check(!object.tryLock(), 'a lock that is held cannot be acquired');
    object.count = count + 1;
    object.unlock();
  }
  finish();
  check(object.count == ROUNDS * cores, 'no update is lost');
}

// --- messages without an answer

function send(): void {
  const self = coreId();
  const cores = coreCount();
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < BATCH; i++) {
      for (let core = 0; core < cores; core++) sendTo(core, receive.index, self, round * BATCH + i + 1);
    }
    // They are served by interrupts, and not while a core merely looks for calls.
    serveMessages();
    check(load<i32>(lineOf(self)) == BATCH * cores * round, 'nothing is served where locks may be held');
    // Afterwards all are: whoever is first waits for the others' next ones.
    while (load<i32>(lineOf(self)) < BATCH * cores * (round + 1)) sleep();
    meet(cores * (round + 1));
  }
}

/** Until an interrupt. */
function sleep(): void {
  halt();
  interrupts(true);
  interrupts(false);
}

/** Waits until so many have come here, without interrupts. */
function meet(count: i32): void {
  atomic.add<i32>(finished, 1);
  while (atomic.load<i32>(finished) < count) pause();
}

function receive(from: usize, round: usize, nothing: usize): i32 {
  const place = last + 4 * (MOST_CORES * coreId() + from);
  check(load<i32>(place) == <i32>round - 1, "one sender's messages come in their order");
  store<i32>(place, <i32>round);
  store<i32>(lineOf(coreId()), load<i32>(lineOf(coreId())) + 1);
  return 0;
}

// --- who does not look is interrupted

function wakeHalted(): void {
  const self = coreId();
  const cores = coreCount();
  if (self == 0) {
    for (let core = 1; core < cores; core++) {
      for (let round = 0; round < ROUNDS; round++) callOn(core, countHere.index, core, 0, round);
    }
    atomic.store<i32>(finished, 1);
    for (let core = 1; core < cores; core++) callOn(core, countHere.index, core);
    return;
  }
  while (atomic.load<i32>(finished) == 0) sleep();
}
