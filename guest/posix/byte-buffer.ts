// Bytes that become more: a growable buffer. It owns its memory; `clear` keeps it for the next use, `free` gives it back.

import { Bytes } from './bytes';
import { free, realloc } from './heap';

export class ByteBuffer {
  start: usize = 0;
  length: i32 = 0;
  private capacity: i32 = 0;

  /** Makes room for `more` bytes behind the contents; returns the address of the first. */
  reserve(more: i32): usize {
    const needed = this.length + more;
    if (needed > this.capacity || this.capacity == 0) {
      const capacity = max(needed, max(64, this.capacity << 1));
      const moved = realloc(this.start, capacity);
      if (moved == 0) abort('out of memory');
      this.start = moved;
      this.capacity = capacity;
    }
    return this.start + this.length;
  }

  byte(value: i32): ByteBuffer {
    if (this.length == this.capacity) this.reserve(1);
    store<u8>(this.start + this.length, <u8>value);
    this.length++;
    return this;
  }

  raw(start: usize, length: i32): ByteBuffer {
    memory.copy(this.reserve(length), start, length);
    this.length += length;
    return this;
  }

  bytes(value: Bytes): ByteBuffer {
    return this.raw(value.start, value.length);
  }

  /** Appends a string in UTF-8. */
  text(value: string): ByteBuffer {
    const room = this.reserve(value.length * 3);
    this.length += <i32>String.UTF8.encodeUnsafe(changetype<usize>(value), value.length, room);
    return this;
  }

  number(value: i64): ByteBuffer {
    const room = this.reserve(20);
    this.length += formatNumber(value, room);
    return this;
  }

  clear(): void {
    this.length = 0;
  }

  /** The contents where they are now: valid until more is appended. */
  view(): Bytes {
    return new Bytes(this.start, this.length);
  }

  /** A copy of the contents that lives for ever. */
  copy(): Bytes {
    return Bytes.copy(this.start, this.length);
  }

  /** Gives the memory back; the buffer is empty then. */
  free(): void {
    free(this.start);
    this.start = 0;
    this.length = 0;
    this.capacity = 0;
  }
}

/** Writes a number in decimal digits to `room`, at most 20 bytes; returns how many. */
export function formatNumber(value: i64, room: usize): i32 {
  let length = 0;
  let rest: u64 = value < 0 ? -value : value;
  if (value < 0) store<u8>(room + length++, 0x2d);
  let digits = 1;
  let limit: u64 = 10;
  while (digits < 19 && rest >= limit) {
    digits++;
    limit *= 10;
  }
  for (let i = digits - 1; i >= 0; i--) {
    store<u8>(room + length + i, <u8>(0x30 + (rest % 10)));
    rest /= 10;
  }
  return length + digits;
}
