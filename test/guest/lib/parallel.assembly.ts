// All cores at once, on the machine only: what must hold of locks and allocators whoever comes when. The command line says which test: m for mutual
// exclusion, f for the order in which locks are given, a for allocators.
import { BootInfo, RAM } from '../../../guest/lib/boot-info';
import { CPU_CORE, CPU_KERNEL, cpuMemory, cpuNode } from '../../../guest/lib/cpu';
import { coreCount, coreId, cycles, interrupts, pause, report } from '../../../guest/lib/machine';
import { McsLock } from '../../../guest/lib/mcs-lock';
import { release } from '../../../guest/lib/objects';
import { freeFrames, releaseFrame, takeFrame, totalFrames } from '../../../guest/lib/page-frames';
import { nextRandom, seedRandom } from '../../../guest/lib/random';
import { TicketLock } from '../../../guest/lib/ticket-lock';
import { check, end, onAllCores } from './all-cores.assembly';

const ROUNDS = 60;
const TURN: i64 = 20_000;
const BOXES = 64;

const ticketWord = memory.data(128, 128);
const queueWord = memory.data(128, 128);
const guarded = memory.data(128, 128);
const begin = memory.data(128, 128);
/** References to objects and frames, for anybody who wants them. */
const boxes = memory.data(BOXES * 4, 128);

export function boot(info: usize): void {
  const test = load<u8>(changetype<BootInfo>(info).commandLine);
  store<i64>(begin, cycles() + TURN);
  onAllCores(info, test == 0x6d ? excludeEachOther : test == 0x66 ? waitInOrder : allocate);
  if (test == 0x6d) checkUpdates();
  if (test == 0x61) for (let i = 0; i < BOXES; i++) drop(atomic.xchg<usize>(boxes + 4 * i, 0));
  report(0, 0, <f64>(totalFrames() - freeFrames()));
  end();
}

// --- mutual exclusion: each update is a load and a store of a word that all share

function excludeEachOther(): void {
  check(load<i32>(cpuMemory(), CPU_CORE) == coreId() && cpuNode() >= 0, 'each core has a block of its own');
  check(load<i32>(cpuMemory(), CPU_KERNEL) == 0, 'the part of the kernel is zero');
  const ticket = changetype<TicketLock>(ticketWord);
  const queue = changetype<McsLock>(queueWord);
  for (let round = 0; round < ROUNDS; round++) {
    const enabled = (round & 1) != 0;
    interrupts(enabled);
    const before = ticket.lock();
    check(before == enabled && !interrupts(false), 'lock says whether interrupts were enabled, and holds them back');
    increment(0);
    ticket.unlock(before);
    check(interrupts(false) == enabled, 'unlock lets interrupts come as before');
    check(!queue.lock(), 'the same of the queue lock');
    increment(4);
    // Both at once, released in the order in which they were acquired.
    ticket.acquire();
    increment(0);
    increment(4);
    queue.unlock(false);
    ticket.release();
    if (ticket.tryAcquire()) {
      check(!ticket.tryAcquire() && ticket.isHeld, 'a lock that is held cannot be acquired');
      increment(0);
      ticket.release();
      atomic.add<i32>(guarded + 64, 1);
    }
  }
}

function increment(offset: usize): void {
  store<i32>(guarded + offset, load<i32>(guarded + offset) + 1);
}

function checkUpdates(): void {
  check(!changetype<TicketLock>(ticketWord).isHeld, 'the ticket lock is free in the end');
  check(!changetype<McsLock>(queueWord).isHeld, 'the queue lock is free in the end');
  const rounds = ROUNDS * coreCount();
  check(load<i32>(guarded) == 2 * rounds + load<i32>(guarded + 64), 'the ticket lock loses no update');
  check(load<i32>(guarded + 4) == 2 * rounds, 'the queue lock loses no update');
}

// --- order: cores come one after the other while core 0 holds the locks, and report themselves when they have got them

function waitInOrder(): void {
  const core = coreId();
  const count = coreCount();
  const ticket = changetype<TicketLock>(ticketWord);
  const queue = changetype<McsLock>(queueWord);
  // An order that is not that of their numbers.
  const place = (5 * core) % count;
  waitUntil(core == 0 ? 0 : place);
  ticket.acquire();
  if (core == 0) waitUntil(count);
  else report(0, 0, <f64>place);
  ticket.release();
  waitUntil(count + 1 + place);
  queue.acquire();
  if (core == 0) waitUntil(2 * count + 1);
  else report(0, 0, <f64>place);
  queue.release();
}

function waitUntil(turn: i32): void {
  while (cycles() < load<i64>(begin) + turn * TURN) pause();
}

// --- allocators: what is got is stamped all over, and must still be stamped when it is dropped, by whatever core

class Thing {
  first: i32 = 0;
  middle: i64 = 0;
  last: i32 = 0;
}

function allocate(): void {
  seedRandom(coreId());
  for (let round = 0; round < 12 * ROUNDS; round++) {
    const stamp = <i32>nextRandom();
    const isFrame = (nextRandom() & 1) != 0;
    const got = isFrame ? takeStamped(stamp) : makeStamped(stamp);
    drop(atomic.xchg<usize>(boxes + 4 * (nextRandom() % BOXES), got));
  }
}

/** Frames are odd addresses here. */
function takeStamped(stamp: i32): usize {
  const frame = takeFrame();
  check(frame != 0, 'there is memory');
  store<i32>(RAM + frame, stamp);
  store<i32>(RAM + frame, stamp, 4092);
  return frame | 1;
}

function makeStamped(stamp: i32): usize {
  const thing = new Thing();
  thing.first = stamp;
  thing.middle = stamp;
  thing.last = stamp;
  return changetype<usize>(thing);
}

function drop(what: usize): void {
  if (what == 0) return;
  if ((what & 1) != 0) {
    const frame = what - 1;
    check(load<i32>(RAM + frame) == load<i32>(RAM + frame, 4092), 'nobody else has the frame');
    releaseFrame(frame);
  } else {
    const thing = changetype<Thing>(what);
    check(thing.first == thing.last && thing.middle == thing.last, 'nobody else has the object');
    release(thing);
  }
}
