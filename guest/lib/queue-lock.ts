// A queue lock: every waiting core polls a line of its own, and gets the lock in the order in which it asked for it (Mellor-Crummey and Scott,
// "Algorithms for scalable synchronization on shared-memory multiprocessors", 1991).
//
// The lock is a word that holds the last node of the queue, 0 when it is free. A node is two words: the next node, and whether to wait.
import { pause } from './machine';

const NEXT: usize = 0;
const WAITING: usize = 4;
export const NODE_BYTES: usize = 8;

/** `node` is the core's own, and in nobody's queue. */
export function acquireQueued(lock: usize, node: usize): void {
  store<usize>(node, 0, NEXT);
  const previous = atomic.xchg<usize>(lock, node);
  if (previous == 0) return;
  store<i32>(node, 1, WAITING);
  store<usize>(previous, node, NEXT);
  while (load<i32>(node, WAITING)) pause();
}

export function releaseQueued(lock: usize, node: usize): void {
  if (load<usize>(node, NEXT) == 0) {
    if (atomic.cmpxchg<usize>(lock, node, 0) == node) return;
    // Another core is about to say that it comes next.
    while (load<usize>(node, NEXT) == 0) pause();
  }
  store<i32>(load<usize>(node, NEXT), 0, WAITING);
}
