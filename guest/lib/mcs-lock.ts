// A queue lock with the nodes in the CPUs' own blocks: served in the order of arrival, and every waiting core polls a line of its own, so a
// handover costs one miss however many wait. For locks that many cores want. Zero is a free lock; it is a word of whatever it guards.
//
// A core holds or waits for at most MOST_HELD of these locks at a time, and always with interrupts off: the context that holds one stays on its
// core until it has released it. Locks can be released in any order.
import { cpuMemory, CPU_LOCKS, CPU_LOCKS_BYTES } from './cpu';
import { MOST_LINE_BYTES } from './limits';
import { interrupts } from './machine';
import { panic } from './panic';
import { acquireQueued, NODE_BYTES, releaseQueued } from './queue-lock';

/** A node is a line: that of the queue, and the lock that it is in the queue of, 0 while it is in none. */
const NODE: usize = MOST_LINE_BYTES;
const LOCK: usize = NODE_BYTES;
const MOST_HELD: usize = CPU_LOCKS_BYTES / NODE;

@unmanaged
export class McsLock {
  private last: usize;

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

  /** With interrupts off. */
  acquire(): void {
    const node = nodeOf(0);
    store<usize>(node, changetype<usize>(this), LOCK);
    acquireQueued(changetype<usize>(this), node);
  }

  release(): void {
    const node = nodeOf(changetype<usize>(this));
    releaseQueued(changetype<usize>(this), node);
    store<usize>(node, 0, LOCK);
  }

  get isHeld(): bool {
    return atomic.load<usize>(changetype<usize>(this)) != 0;
  }
}

/** This CPU's node that is in the queue of a lock; with 0 one that is in none. */
function nodeOf(lock: usize): usize {
  const nodes = cpuMemory() + CPU_LOCKS;
  for (let i: usize = 0; i < MOST_HELD; i++) {
    if (load<usize>(nodes + i * NODE, LOCK) == lock) return nodes + i * NODE;
  }
  panic(lock == 0 ? 'a core holds too many queue locks' : 'a queue lock is released by a core that does not hold it');
  return 0;
}
