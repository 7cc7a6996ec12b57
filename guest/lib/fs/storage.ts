// What the file system needs of whoever it runs in: pages for contents, locks, a clock. A kernel gives it frames and spin locks (frame-storage.ts); a server in
// user mode would give it pages of its own memory.

export abstract class Storage {
  /** A page is a number; its bytes are at `base` + page. */
  base: usize = 0;

  /** A page of 4096 zeroes with one reference, or 0 when there is none. */
  abstract takePage(): usize;

  /** Drops a reference to a page. */
  abstract releasePage(page: usize): void;

  /** Whether there is too little memory to make objects. */
  abstract isShort(): bool;

  /** Acquires the lock at an address, a word that is 0 when free; returns what `unlock` wants. */
  abstract lock(word: usize): bool;

  abstract unlock(word: usize, before: bool): void;

  /** Nanoseconds of CLOCK_REALTIME. */
  abstract now(): i64;
}
