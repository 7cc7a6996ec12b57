// Locks of the process server: words, 0 when free. Who has one is on a CPU, since a server of the kernel's own keeps that until it has answered (tick in ../scheduler.ts), and
// does not sleep. So who waits polls: to sleep would take longer, and let others in on the same CPU who would come to want the lock, too.
import { pause } from '../../lib/machine';

export function acquire(word: usize): void {
  while (atomic.cmpxchg<i32>(word, 0, 1) != 0) while (atomic.load<i32>(word) != 0) pause();
}

@inline
export function release(word: usize): void {
  atomic.store<i32>(word, 0);
}
