// Waiting for what other threads do.
//
// Who sleeps is in a wait queue and has said so (THREAD_SLEEPING) before it gives the lock of the object back; who changes the object then
// wakes the queue. So no wake-up is lost: it comes when the thread is asleep already, even though it may not have left its core.
import { EINTR, ETIMEDOUT } from '../../posix/abi';
import { currentThread, thisCpu } from 'kernel/cpu';
import { Lockable } from 'kernel/lock';
import { schedule } from 'kernel/scheduler';
import { signalPending } from './signal';
import { Thread } from 'kernel/thread';
import { THREAD_SLEEPING } from './thread';
import { startTimer, stopTimer } from './timer-queue';

/** For deadlines: in no time that comes. */
export const NEVER: i64 = i64.MAX_VALUE;

/** A thread's place in a wait queue. */
export class Waiter {
  thread: Thread = changetype<Thread>(0);
  next: Waiter | null = null;
  previous: Waiter | null = null;
  /** For what it waits, where a queue serves several things. */
  key: u64 = 0;
}

export class WaitQueue extends Lockable {
  private first: Waiter | null = null;
  private last: Waiter | null = null;

  add(waiter: Waiter): void {
    this.lock();
    const last = this.last;
    waiter.previous = last;
    waiter.next = null;
    if (last) last.next = waiter;
    else this.first = waiter;
    this.last = waiter;
    this.unlock();
  }

  /** Whoever has waited leaves the queue himself. */
  remove(waiter: Waiter): void {
    this.lock();
    const previous = waiter.previous;
    const next = waiter.next;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.last = previous;
    this.unlock();
  }

  /** Wakes everybody. */
  wakeAll(): void {
    if (this.first === null) return;
    this.wake(i32.MAX_VALUE, 0);
  }

  /** Wakes up to `count` threads that sleep for `key`; returns how many. */
  wake(count: i32, key: u64): i32 {
    let woken = 0;
    this.lock();
    let waiter: Waiter | null = this.first;
    while (waiter && woken < count) {
      if (waiter.key == key && waiter.thread.wake()) woken++;
      waiter = waiter.next;
    }
    this.unlock();
    return woken;
  }

  /**
   * Sleeps until the queue is woken: 0; a signal comes: -EINTR; or the time is over, in cycles: -ETIMEDOUT. The object, whose lock the caller has,
   * is unlocked meanwhile; what was waited for must be looked at again.
   */
  sleep(object: Lockable, deadline: i64 = NEVER, key: u64 = 0): i32 {
    const waiter = currentThread().waiter;
    waiter.key = key;
    prepareToSleep();
    this.add(waiter);
    object.unlock();
    const reason = sleepUntil(deadline);
    object.lock();
    this.remove(waiter);
    return reason;
  }
}

/** From here on a wake-up of the current thread takes effect. To be followed by `sleepUntil`. */
export function prepareToSleep(): void {
  currentThread().setState(THREAD_SLEEPING);
}

/** Sleeps until somebody wakes the thread, who may have done so since `prepareToSleep`: 0, -EINTR or -ETIMEDOUT. */
export function sleepUntil(deadline: i64): i32 {
  const thread = currentThread();
  thread.timedOut = false;
  // A signal that comes later finds the thread asleep, and wakes it.
  if (!signalPending(thread) || !thread.stayAwake()) {
    const cpu = thisCpu();
    if (deadline != NEVER) startTimer(cpu, thread, deadline);
    schedule();
    if (deadline != NEVER) stopTimer(cpu, thread);
  }
  if (thread.timedOut) return -ETIMEDOUT;
  return signalPending(thread) ? -EINTR : 0;
}
