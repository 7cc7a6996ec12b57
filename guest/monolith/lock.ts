// Mutual exclusion. Interrupts are disabled in all of the kernel, so a lock only keeps other cores out; and nobody sleeps with one.
//
// How many locks there are is a boot option, `locks=`:
//   big     one lock for the whole kernel, taken at each trap and given back when it returns or switches; the others do nothing
//   fine    each object has its own; but one run queue, and one list of free frames
//   percpu  as fine, and each core has a run queue and free frames of its own
//
// They are ticket locks: first come, first served. Whoever waits serves requests for TLB shootdowns, because the owner may wait for just
// that, and the waiting core cannot be interrupted.
//
// Order, from the outside: process table, process, a file's or queue's object, address space, inode, wait queue, timers, run queue, frames.
import { pause } from '../lib/machine';
import { MOST_LINE_BYTES } from '../lib/limits';
import { nameMemory } from '../lib/unix/names';
import { serveShootdowns } from './shootdown';

export const LOCKS_BIG: i32 = 0;
export const LOCKS_FINE: i32 = 1;
export const LOCKS_PER_CPU: i32 = 2;

/** The boot option; the same on each core. */
export let granularity: i32 = LOCKS_PER_CPU;

export function setGranularity(value: i32): void {
  granularity = value;
}

/** What whoever waits without interrupts does in each round. */
@inline
export function relax(): void {
  pause();
  serveShootdowns();
}

/** A lock is a word: the next ticket in its lower half, and the one that is served. */
const SERVING: usize = 2;
const bigLock = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

function acquire(lock: usize): void {
  const ticket = atomic.add<u16>(lock, 1);
  while (atomic.load<u16>(lock, SERVING) != ticket) {
    relax();
  }
}

function release(lock: usize): void {
  atomic.store<u16>(lock, load<u16>(lock, SERVING) + 1, SERVING);
}

/** Acquires the lock of an object, a word that is 0 when free. */
export function acquireOne(lock: usize): void {
  if (granularity != LOCKS_BIG) acquire(lock);
}

export function releaseOne(lock: usize): void {
  if (granularity != LOCKS_BIG) release(lock);
}

/** At the beginning of each trap, and when a context goes on after a switch. */
export function enterKernel(): void {
  if (granularity == LOCKS_BIG) acquire(bigLock);
}

/** Where the kernel is left, for user code, another context or to halt. */
export function leaveKernel(): void {
  if (granularity == LOCKS_BIG) release(bigLock);
}

/** For reports of those outside. */
export function nameBigLock(): void {
  nameMemory(bigLock, MOST_LINE_BYTES, 'big lock');
}

/** An object with a lock. */
export abstract class Lockable {
  private lockWord: u32 = 0;

  lock(): void {
    acquireOne(changetype<usize>(this) + offsetof<Lockable>('lockWord'));
  }

  unlock(): void {
    releaseOne(changetype<usize>(this) + offsetof<Lockable>('lockWord'));
  }
}
