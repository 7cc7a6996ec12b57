// What the file system library needs (guest/lib/fs), in the file server: files are the kernel's, and locks are words for which threads sleep.
import { Directory } from '../../lib/fs/directory';
import { Inode } from '../../lib/fs/inode';
import { Storage } from '../../lib/fs/storage';
import { CLOCK_REALTIME, clock, lockWord, threadYield, unlockWord } from '../../posix/index';
import { SYS_FILE_MAKE } from '../file-service';
import { NumberedDirectory } from './numbered-directory';
import { kernel, memoryIsShort } from './service';
import { ServedFile } from './served-file';

export class ServedStorage extends Storage {
  newFile(number: i32, mode: i32, path: usize, pathBytes: i32): Inode | null {
    const handle = kernel(SYS_FILE_MAKE, number, mode, <i32>path, pathBytes);
    return handle < 0 && handle > -4096 ? null : new ServedFile(this, number, mode, handle);
  }

  override newDirectory(number: i32, mode: i32, parent: Directory | null): Directory {
    return new NumberedDirectory(this, number, mode, parent);
  }

  isShort(): bool {
    return memoryIsShort();
  }

  /** Who has a lock may wait for another one; those who wait for it sleep. */
  enter(): bool {
    return false;
  }

  leave(before: bool): void {}

  acquire(word: usize): void {
    lockWord(word);
  }

  release(word: usize): void {
    unlockWord(word);
  }

  relax(): void {
    threadYield();
  }

  now(): i64 {
    return clock(CLOCK_REALTIME);
  }
}
