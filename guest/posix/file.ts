// Open files, and what there is to know about files that are not open.

import * as abi from './abi';
import { ByteBuffer } from './byte-buffer';
import { Bytes, bytesOf } from './bytes';
import { readAll, readSome } from './input';
import { writeAll } from './output';
import * as posix from './posix';

/** What stat tells of a file. */
export class FileStatus {
  private record: usize = __alloc(abi.STAT_BYTES);

  /** Asks about a path; returns 0 or the error number negated. */
  ofPath<T>(path: T): i32 {
    const name = bytesOf(path);
    return posix.stat(name.start, name.length, this.record);
  }

  ofDescriptor(fd: i32): i32 {
    return posix.fstat(fd, this.record);
  }

  get inode(): i64 {
    return load<i64>(this.record, abi.STAT_INODE);
  }
  get size(): i64 {
    return load<i64>(this.record, abi.STAT_SIZE);
  }
  /** Nanoseconds of CLOCK_REALTIME. */
  get modified(): i64 {
    return load<i64>(this.record, abi.STAT_MODIFIED);
  }
  /** Kind and permissions. */
  get mode(): i32 {
    return load<i32>(this.record, abi.STAT_MODE);
  }
  get links(): i32 {
    return load<i32>(this.record, abi.STAT_LINKS);
  }
  get device(): i32 {
    return load<i32>(this.record, abi.STAT_DEVICE);
  }
  get isDirectory(): bool {
    return (this.mode & abi.S_IFMT) == abi.S_IFDIR;
  }
  get isRegular(): bool {
    return (this.mode & abi.S_IFMT) == abi.S_IFREG;
  }
}

/** Opens a path, which is a string or a byte string; returns the descriptor or the error number negated. */
export function openPath<T>(path: T, flags: i32, mode: i32 = 0o666): i32 {
  const name = bytesOf(path);
  return posix.open(name.start, name.length, flags, mode);
}

/** Whether there is a directory at a path. */
export function isDirectory<T>(path: T): bool {
  const status = new FileStatus();
  return status.ofPath(path) == 0 && status.isDirectory;
}

/** A file that is open, or why it is not: `fd` is then negative, an error number. Its methods return such numbers as well. */
export class File {
  constructor(readonly fd: i32) {}

  /** Opens a path for reading, or as the flags (O_*) say. */
  static open<T>(path: T, flags: i32 = abi.O_RDONLY): File {
    return new File(openPath(path, flags));
  }

  /** Makes an empty file, or makes the one that is there empty, and opens it for writing. */
  static create<T>(path: T): File {
    return new File(openPath(path, abi.O_WRONLY | abi.O_CREAT | abi.O_TRUNC));
  }

  get isOpen(): bool {
    return this.fd >= 0;
  }
  /** Why the file is not open, as error number; 0 if it is. */
  get error(): i32 {
    return this.fd < 0 ? -this.fd : 0;
  }

  /** Reads up to `bytes` bytes to an address; 0 at the end. */
  read(buffer: usize, bytes: i32): i32 {
    return readSome(this.fd, buffer, bytes);
  }

  /** Writes a string or byte string; 0 or an error. */
  write<T>(text: T): i32 {
    const value = bytesOf(text);
    return writeAll(this.fd, value.start, value.length);
  }

  /** All that is left of the file; what could not be read is missing. */
  readAll(): Bytes {
    const contents = new ByteBuffer();
    readAll(this.fd, contents);
    return contents.view();
  }

  seek(offset: i64, whence: i32 = abi.SEEK_SET): i64 {
    return posix.lseek(this.fd, offset, whence);
  }

  close(): i32 {
    return posix.close(this.fd);
  }
}
