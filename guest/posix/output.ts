// Buffered output. `out` and `err` are those of the process; what is in them is written when the program's main function returns, when `quit` ends
// it, when 32 KiB are there, and by `flush`. Lines that `line` ends come out at once on a terminal. Not for two threads at the same time.

import { EINTR } from './abi';
import { formatNumber } from './byte-buffer';
import { Bytes } from './bytes';
import { malloc } from './heap';
import { exit, isatty, write } from './posix';

const CAPACITY: i32 = 32768;

/** Writes all bytes; returns 0, or the error number negated. */
export function writeAll(fd: i32, start: usize, length: i32): i32 {
  while (length > 0) {
    const written = write(fd, start, length);
    if (written == -EINTR) continue;
    if (written < 0) return written;
    start += written;
    length -= written;
  }
  return 0;
}

export class Output {
  private buffer: usize = 0;
  private length: i32 = 0;
  /** 1 for a terminal, 0 for none, -1 before it is known. */
  private terminal: i32 = -1;
  /** First error of writing, negated; 0: none so far. What comes after an error is dropped. */
  error: i32 = 0;

  constructor(readonly fd: i32) {}

  byte(value: i32): Output {
    if (this.length == CAPACITY || this.buffer == 0) this.makeRoom();
    store<u8>(this.buffer + this.length, <u8>value);
    this.length++;
    return this;
  }

  raw(start: usize, length: i32): Output {
    if (this.buffer == 0 || length > CAPACITY - this.length) {
      this.makeRoom();
      // What is large goes out without being copied.
      if (length >= CAPACITY >> 1) {
        if (this.error == 0) this.error = writeAll(this.fd, start, length);
        return this;
      }
    }
    memory.copy(this.buffer + this.length, start, length);
    this.length += length;
    return this;
  }

  bytes(value: Bytes): Output {
    return this.raw(value.start, value.length);
  }

  /** A string, in UTF-8. */
  text(value: string): Output {
    const most = value.length * 3;
    if (most > CAPACITY) return this.bytes(Bytes.of(value));
    if (this.buffer == 0 || most > CAPACITY - this.length) this.makeRoom();
    const room = this.buffer + this.length;
    this.length += <i32>String.UTF8.encodeUnsafe(changetype<usize>(value), value.length, room);
    return this;
  }

  number(value: i64): Output {
    if (this.buffer == 0 || CAPACITY - this.length < 20) this.makeRoom();
    this.length += formatNumber(value, this.buffer + this.length);
    return this;
  }

  /** A number with blanks in front, `width` characters at least. */
  padded(value: i64, width: i32): Output {
    if (this.buffer == 0 || CAPACITY - this.length < width + 20) this.makeRoom();
    const length = formatNumber(value, this.buffer + this.length);
    for (let i = length; i < width; i++) this.byte(0x20);
    return this.number(value);
  }

  /** A string and the end of the line. */
  line(value: string = ''): Output {
    this.text(value).byte(0x0a);
    if (this.terminal < 0) this.terminal = isatty(this.fd);
    if (this.terminal == 1) this.flush();
    return this;
  }

  /** Writes what is there; returns 0, or the first error of this output, negated. */
  flush(): i32 {
    if (this.length > 0) {
      const length = this.length;
      this.length = 0;
      if (this.error == 0) this.error = writeAll(this.fd, this.buffer, length);
    }
    return this.error;
  }

  private makeRoom(): void {
    this.flush();
    if (this.buffer == 0) {
      this.buffer = malloc(CAPACITY);
      if (this.buffer == 0) abort('out of memory');
    }
  }
}

@lazy
export const out = new Output(1);
@lazy
export const err = new Output(2);

/** Writes what is in `out` and `err`; returns the exit status: `status`, or 1 where 0 would be wrong because `out` could not be written. */
export function finish(status: i32): i32 {
  const error = out.flush();
  if (error != 0 && status == 0) {
    err.text('write error\n');
    status = 1;
  }
  err.flush();
  return status;
}

/** Ends the process, after writing what is in `out` and `err`. */
export function quit(status: i32): void {
  exit(finish(status));
}
