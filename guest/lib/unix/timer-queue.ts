// Threads that sleep until a time: a queue for each core, sorted by deadline. The core's one timer is set to the first of them, or to the end
// of the current thread's turn.
import { timerSet } from '../machine';
import { Cpu } from 'kernel/cpu';
import { LockableLine } from './lockable-line';
import { Thread } from 'kernel/thread';

export class TimerQueue extends LockableLine {
  first: Thread | null = null;
}

/** Lets a thread be woken by this core at a time in cycles. */
export function startTimer(cpu: Cpu, thread: Thread, deadline: i64): void {
  const queue = cpu.timers;
  queue.lock();
  thread.deadline = deadline;
  let previous: Thread | null = null;
  let next = queue.first;
  while (next && next.deadline <= deadline) {
    previous = next;
    next = next.timerNext;
  }
  thread.timerNext = next;
  if (previous) previous.timerNext = thread;
  else queue.first = thread;
  queue.unlock();
}

/** Takes a thread out of a core's queue; one whose time has come meanwhile is out already, and will not be woken later. */
export function stopTimer(cpu: Cpu, thread: Thread): void {
  const queue = cpu.timers;
  queue.lock();
  let previous: Thread | null = null;
  let found = queue.first;
  while (found && found !== thread) {
    previous = found;
    found = found.timerNext;
  }
  if (found) {
    if (previous) previous.timerNext = thread.timerNext;
    else queue.first = thread.timerNext;
  }
  queue.unlock();
}

/** Wakes the threads whose time has come. */
export function runTimers(cpu: Cpu, now: i64): void {
  const queue = cpu.timers;
  queue.lock();
  let thread = queue.first;
  while (thread && thread.deadline <= now) {
    const next = thread.timerNext;
    queue.first = next;
    // Who has been woken before is not late, though his core may not have come to him yet.
    if (thread.wake()) thread.timedOut = true;
    thread = next;
  }
  queue.unlock();
}

/** Sets the core's timer to what comes first; takes it back where there is nothing to come. */
export function armTimer(cpu: Cpu): void {
  const thread = cpu.timers.first;
  let next: i64 = cpu.current ? cpu.turnEnd : 0;
  if (thread && (next == 0 || thread.deadline < next)) next = thread.deadline;
  timerSet(next);
}
