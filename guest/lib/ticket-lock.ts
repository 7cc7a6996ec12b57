// A ticket lock: one word, served in the order of arrival (Mellor-Crummey and Scott, "Algorithms for scalable synchronization on shared-memory
// multiprocessors", 1991). Zero is a free lock. All who wait read one line, so a handover costs a miss for each of them: for locks that few
// cores want at a time. See mcs-lock.ts for the others.
//
// It is a word of whatever it guards: `changetype<TicketLock>(changetype<usize>(object) + offsetof<Object>('lockWord'))`.
//
// A lock that interrupt handlers take as well must be held with interrupts off, or a handler could wait for the core that it interrupts. All
// of this library does so: `const before = lock.lock(); ...; lock.unlock(before);`. Where interrupts are off already, `acquire` and `release` do.
import { interrupts, pause } from './machine';

@unmanaged
export class TicketLock {
  private next: u16;
  private serving: u16;

  /** Holds interrupts back and acquires; returns whether interrupts were enabled, for `unlock`. */
  @inline
  lock(): bool {
    const before = interrupts(false);
    this.acquire();
    return before;
  }

  @inline
  unlock(before: bool): void {
    this.release();
    interrupts(before);
  }

  acquire(): void {
    const address = changetype<usize>(this);
    const ticket = atomic.add<u16>(address + offsetof<TicketLock>('next'), 1);
    while (atomic.load<u16>(address + offsetof<TicketLock>('serving')) != ticket) pause();
  }

  /** Takes the lock if nobody has it. */
  tryAcquire(): bool {
    const address = changetype<usize>(this);
    const both = atomic.load<u32>(address);
    if (both >> 16 != (both & 0xffff)) return false;
    // The lower half is `next`: it wraps around without a carry into `serving`.
    return atomic.cmpxchg<u32>(address, both, (both & 0xffff_0000) | ((both + 1) & 0xffff)) == both;
  }

  release(): void {
    // Nobody else writes this half.
    atomic.store<u16>(changetype<usize>(this) + offsetof<TicketLock>('serving'), this.serving + 1);
  }

  get isHeld(): bool {
    const both = atomic.load<u32>(changetype<usize>(this));
    return both >> 16 != (both & 0xffff);
  }
}
