// A test-and-test-and-set lock: one word, 0 when free. Waiting cores read their own copy of its line until it changes, and only then try
// to take it (Anderson, "The performance of spin lock alternatives", 1990). It is not fair.
import { pause } from './machine';

export function acquire(lock: usize): void {
  for (;;) {
    if (load<i32>(lock) == 0 && atomic.xchg<i32>(lock, 1) == 0) return;
    pause();
  }
}

export function release(lock: usize): void {
  atomic.store<i32>(lock, 0);
}
