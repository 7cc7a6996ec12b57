// What the file system needs of whoever it runs in: locks, a clock, and somebody who makes files. A kernel gives it its own locks (frame-storage.ts), a server
// in user mode those of its threads. Where contents are kept in the same place, it needs pages, too: page-storage.ts.
import { Directory } from './directory';
import { Inode } from './inode';

export abstract class Storage {
  /** A new, empty file, with a reference; null where it cannot be made. A path that leads to it, for reports; mode: permissions. */
  abstract newFile(number: i32, mode: i32, path: usize, pathBytes: i32): Inode | null;

  /** A new directory, with a reference; without a parent it is a root. */
  newDirectory(number: i32, mode: i32, parent: Directory | null): Directory {
    return new Directory(this, number, mode, parent);
  }

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
