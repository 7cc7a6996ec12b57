// What a descriptor stands for: a file that somebody has opened, an end of a pipe, the terminal. Several descriptors, of several processes, may
// stand for one; the last one that is closed ends it.
//
// Buffers are the current process's; results are bytes, or errors. Each kind answers what makes sense for it, and inherits the error for the rest.
import { File } from '../fs/file';
import {
  EBADF,
  EINVAL,
  ENOTDIR,
  ESPIPE,
  O_ACCMODE,
  O_APPEND,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  POLLIN,
  POLLOUT,
} from '../../posix/abi';
import { Lockable } from 'kernel/lock';
import { WaitQueue } from './wait-queue';

export abstract class OpenFile extends Lockable {
  private references: i32 = 1;

  /** `flags`: O_*. */
  constructor(public flags: i32) {
    super();
  }

  hold(): void {
    atomic.add<i32>(changetype<usize>(this) + offsetof<OpenFile>('references'), 1);
  }

  /** Ends it when nobody else has it. */
  letGo(): void {
    if (atomic.sub<i32>(changetype<usize>(this) + offsetof<OpenFile>('references'), 1) == 1) this.close();
  }

  get canRead(): bool {
    return (this.flags & O_ACCMODE) != O_WRONLY;
  }

  get canWrite(): bool {
    return (this.flags & O_ACCMODE) != O_RDONLY;
  }

  get waits(): bool {
    return (this.flags & O_NONBLOCK) == 0;
  }

  /** Sets those flags that may change. */
  setFlags(flags: i32): void {
    const changing = O_APPEND | O_NONBLOCK;
    this.flags = (this.flags & ~changing) | (flags & changing);
  }

  read(buffer: usize, bytes: i32): i32 {
    return -EBADF;
  }

  write(buffer: usize, bytes: i32): i32 {
    return -EBADF;
  }

  readAt(buffer: usize, bytes: i32, offset: i64): i32 {
    return -ESPIPE;
  }

  writeAt(buffer: usize, bytes: i32, offset: i64): i32 {
    return -ESPIPE;
  }

  seek(offset: i64, whence: i32): i64 {
    return -ESPIPE;
  }

  truncate(bytes: i64): i32 {
    return -EINVAL;
  }

  /** Directory entries into the buffer. */
  list(buffer: usize, bytes: i32): i32 {
    return -ENOTDIR;
  }

  /** Fills in a zero record of STAT_BYTES in the kernel's memory. */
  abstract status(record: usize): void;

  /** The file in a file system that it stands for, if it can be mapped. */
  get node(): File | null {
    return null;
  }

  get isTerminal(): bool {
    return false;
  }

  /** POLL*: what can be done without waiting. */
  ready(): i32 {
    return POLLIN | POLLOUT;
  }

  /** What is woken when `ready` changes. */
  get changes(): WaitQueue | null {
    return null;
  }

  /** Frees it. */
  protected abstract close(): void;
}
