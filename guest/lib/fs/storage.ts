// What the file system needs of whoever it runs in: pages for contents, locks, a clock. A kernel gives it frames and spin locks (frame-storage.ts); a server in
// user mode would give it pages of its own memory.

import { Contents } from './contents';

export const FILE_PAGE_BYTES: usize = 4096;

export abstract class Storage {
  /** A page is a number; its bytes are at `base` + page. */
  base: usize = 0;

  /** A page of 4096 zeroes with one reference, or 0 when there is none. */
  abstract takePage(): usize;

  /** One more reference to a page. */
  abstract sharePage(page: usize): void;

  /** Drops a reference to a page. */
  abstract releasePage(page: usize): void;

  /** What is in a new file, which is empty. */
  abstract newContents(): Contents;

  /** Whether there is too little memory to make objects. */
  abstract isShort(): bool;

  /** Keeps this core from doing anything else, such as serving interrupts; returns what `leave` wants. */
  abstract enter(): bool;

  abstract leave(before: bool): void;

  /** Acquires the lock at an address, a word that is 0 when free. In between enter and leave. */
  abstract acquire(word: usize): void;

  abstract release(word: usize): void;

  /** In each round of a loop that waits for another core. */
  abstract relax(): void;

  lock(word: usize): bool {
    const before = this.enter();
    this.acquire(word);
    return before;
  }

  unlock(word: usize, before: bool): void {
    this.release(word);
    this.leave(before);
  }

  /** Nanoseconds of CLOCK_REALTIME. */
  abstract now(): i64;
}
