// Buffered input: files line by line or in whole.

import { EINTR, S_IFMT, S_IFREG, STAT_BYTES, STAT_MODE, STAT_SIZE } from './abi';
import { ByteBuffer } from './byte-buffer';
import { Bytes } from './bytes';
import { free, malloc } from './heap';
import { findByte } from './memory';
import { fstat, read } from './posix';

/** Bytes that are asked for at a time. */
export const CHUNK: i32 = 65536;

/** Reads as `read` does, again when a signal came in between. */
export function readSome(fd: i32, buffer: usize, bytes: i32): i32 {
  let result = read(fd, buffer, bytes);
  while (result == -EINTR) result = read(fd, buffer, bytes);
  return result;
}

/**
 * Lines of an open file. After `next` answered true, `start` and `length` are the line without its newline, valid until the next call; `ended` tells
 * whether a newline ended it, which only the last line of a file can lack.
 */
export class Lines {
  start: usize = 0;
  length: i32 = 0;
  ended: bool = false;
  /** Error number of the last reading, negated; 0: none. */
  error: i32 = 0;
  private buffer: usize = 0;
  private capacity: i32 = CHUNK;
  /** What was read and not yet given out is from `from` to `to`. */
  private from: usize = 0;
  private to: usize = 0;

  constructor(readonly fd: i32) {}

  next(): bool {
    let searched = this.from;
    while (true) {
      const newline = findByte(searched, this.to, 0x0a);
      if (newline < this.to) return this.give(newline, true);
      const kept = <i32>(this.to - this.from);
      if (!this.fill()) {
        if (this.from == this.to) return false;
        return this.give(this.to, false);
      }
      searched = this.from + kept;
    }
  }

  private give(end: usize, ended: bool): bool {
    this.start = this.from;
    this.length = <i32>(end - this.from);
    this.ended = ended;
    this.from = ended ? end + 1 : end;
    return true;
  }

  /** Reads more behind what is kept; false at the end of the file or after an error. */
  private fill(): bool {
    const kept = <i32>(this.to - this.from);
    if (this.buffer == 0 || kept > this.capacity >> 1) {
      if (this.buffer != 0) this.capacity <<= 1;
      const buffer = malloc(this.capacity);
      if (buffer == 0) abort('out of memory');
      memory.copy(buffer, this.from, kept);
      free(this.buffer);
      this.buffer = buffer;
    } else {
      memory.copy(this.buffer, this.from, kept);
    }
    this.from = this.buffer;
    this.to = this.buffer + kept;
    const count = readSome(this.fd, this.to, this.capacity - kept);
    if (count <= 0) {
      this.error = count;
      return false;
    }
    this.to += count;
    return true;
  }

  /** The line as byte string, valid until the next call of `next`. */
  get line(): Bytes {
    return new Bytes(this.start, this.length);
  }

  /** The line as string. */
  get text(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }

  /** Gives the buffer back; the file stays open. */
  free(): void {
    free(this.buffer);
    this.buffer = 0;
  }
}

/** Appends all that is left of an open file; returns 0, or the error number negated. */
export function readAll(fd: i32, into: ByteBuffer): i32 {
  const status = malloc(STAT_BYTES);
  let expected = CHUNK;
  if (fstat(fd, status) == 0 && (load<i32>(status, STAT_MODE) & S_IFMT) == S_IFREG) {
    // One more than there is, so that the end is seen without growing.
    expected = <i32>min<i64>(load<i64>(status, STAT_SIZE) + 1, 0x2000_0000);
  }
  free(status);
  into.reserve(expected);
  let room = expected;
  while (true) {
    const count = readSome(fd, into.reserve(room), room);
    if (count <= 0) return count;
    into.length += count;
    room -= count;
    if (room == 0) room = max(CHUNK, into.length >> 1);
  }
}
