// Threads that are ready to run, first come, first served. With `locks=percpu` each core has a queue; otherwise all share one.
import { LockableLine } from '../lib/unix/lockable-line';
import { Thread } from './thread';

export class RunQueue extends LockableLine {
  private head: Thread | null = null;
  private tail: Thread | null = null;
  /** May be read without the lock, as a hint. */
  length: i32 = 0;

  put(thread: Thread): void {
    this.lock();
    thread.queueNext = null;
    const tail = this.tail;
    if (tail) tail.queueNext = thread;
    else this.head = thread;
    this.tail = thread;
    this.length++;
    this.unlock();
  }

  /** Takes the first thread, wherever it may run. */
  takeFirst(): Thread | null {
    if (this.length == 0) return null;
    this.lock();
    const thread = this.head;
    if (thread) this.unlink(thread, null);
    this.unlock();
    return thread;
  }

  /** Takes the first thread that may run on a core. */
  take(core: i32): Thread | null {
    if (this.length == 0) return null;
    this.lock();
    let previous: Thread | null = null;
    let thread = this.head;
    while (thread && !thread.mayRunOn(core)) {
      previous = thread;
      thread = thread.queueNext;
    }
    if (thread) this.unlink(thread, previous);
    this.unlock();
    return thread;
  }

  private unlink(thread: Thread, previous: Thread | null): void {
    if (previous) previous.queueNext = thread.queueNext;
    else this.head = thread.queueNext;
    if (this.tail === thread) this.tail = previous;
    thread.queueNext = null;
    this.length--;
  }
}
