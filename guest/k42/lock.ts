// Mutual exclusion: every object has its own lock, and there is no other. Interrupts are off in all of the kernel, so a lock only keeps other CPUs out; and
// nobody sleeps with one.
//
// They are ticket locks: first come, first served. Whoever waits serves calls of other CPUs (messages.ts), because the owner may wait for just that.
import { pause, tally } from '../lib/machine';
import { TALLY_CONTENTION } from '../lib/machine-constants';
import { serveMessages, startLooking, stopLooking } from './messages';

/** A lock is a word, 0 when free: the next ticket in its lower half, and the one that is served. */
const SERVING: usize = 2;

/** Acquires the lock at an address. */
export function acquireOne(lock: usize): void {
  const ticket = atomic.add<u16>(lock, 1);
  if (atomic.load<u16>(lock, SERVING) != ticket) wait(lock, ticket);
}

export function releaseOne(lock: usize): void {
  // Nobody else writes this half.
  atomic.store<u16>(lock, load<u16>(lock, SERVING) + 1, SERVING);
}

/** Acquires it if nobody has it. */
export function tryAcquireOne(lock: usize): bool {
  const both = atomic.load<u32>(lock);
  if (both >> 16 != (both & 0xffff)) return false;
  // The lower half wraps around without a carry into the upper one.
  return atomic.cmpxchg<u32>(lock, both, (both & 0xffff_0000) | ((both + 1) & 0xffff)) == both;
}

/** What whoever waits without interrupts does in each round. */
@inline
export function relax(): void {
  pause();
  serveMessages();
}

function wait(lock: usize, ticket: u16): void {
  tally(lock, TALLY_CONTENTION);
  const before = startLooking();
  while (atomic.load<u16>(lock, SERVING) != ticket) relax();
  stopLooking(before);
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

  tryLock(): bool {
    return tryAcquireOne(changetype<usize>(this) + offsetof<Lockable>('lockWord'));
  }
}
