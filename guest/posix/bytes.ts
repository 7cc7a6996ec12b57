// Byte strings: a run of bytes in memory that someone else owns. Arguments, paths, lines and names are byte strings; text in them is UTF-8.
//
// Functions of this layer that want one take a string as well: `bytesOf("...")` encodes it.

import { compareBytes, equalBytes, findByte } from './memory';

export class Bytes {
  constructor(
    readonly start: usize,
    readonly length: i32,
  ) {}

  /** UTF-8 of a string, in memory of its own. */
  static of(text: string): Bytes {
    const encoded = changetype<usize>(String.UTF8.encode(text));
    return new Bytes(encoded, <i32>load<u32>(encoded - 4));
  }

  /** A copy that lives for ever. */
  static copy(start: usize, length: i32): Bytes {
    const own = __alloc(max(length, 1));
    memory.copy(own, start, length);
    return new Bytes(own, length);
  }

  get end(): usize {
    return this.start + this.length;
  }

  /** The byte at a place below `length`, which is not checked. */
  @operator('[]')
  at(index: i32): u8 {
    return load<u8>(this.start + index);
  }

  equals(other: Bytes): bool {
    return this.length == other.length && equalBytes(this.start, other.start, this.length);
  }

  /** Whether these are the characters of an ASCII text. */
  is(text: string): bool {
    return this.length == text.length && this.startsWith(text);
  }

  /** Whether an ASCII text is at the beginning. */
  startsWith(text: string): bool {
    if (text.length > this.length) return false;
    for (let i = 0; i < text.length; i++) if (<i32>this[i] != text.charCodeAt(i)) return false;
    return true;
  }

  compare(other: Bytes): i32 {
    return compareBytes(this.start, this.length, other.start, other.length);
  }

  /** The part from one place to another, of the same memory. */
  slice(from: i32, to: i32 = i32.MAX_VALUE): Bytes {
    const last = min(to, this.length);
    return new Bytes(this.start + from, max(last - from, 0));
  }

  /** Place of the first such byte from a place on, or -1. */
  indexOf(byte: i32, from: i32 = 0): i32 {
    const found = findByte(this.start + from, this.end, <u8>byte);
    return found == this.end ? -1 : <i32>(found - this.start);
  }

  lastIndexOf(byte: i32): i32 {
    for (let i = this.length - 1; i >= 0; i--) if (this[i] == byte) return i;
    return -1;
  }

  toString(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }
}

/** A string or byte string as byte string. */
@inline
export function bytesOf<T>(text: T): Bytes {
  if (isString<T>()) return Bytes.of(changetype<string>(text));
  return changetype<Bytes>(text);
}

/** Result of parseNumber for what is no number. */
export const NOT_A_NUMBER: i64 = i64.MIN_VALUE;

/** A decimal integer with an optional sign and nothing else; NOT_A_NUMBER otherwise, or where it does not fit. */
export function parseNumber(text: Bytes): i64 {
  let i = 0;
  const negative = text.length > 0 && text[0] == 0x2d;
  if (negative || (text.length > 0 && text[0] == 0x2b)) i++;
  if (i == text.length || text.length - i > 18) return NOT_A_NUMBER;
  let value: i64 = 0;
  for (; i < text.length; i++) {
    const digit = <i32>text[i] - 0x30;
    if (<u32>digit > 9) return NOT_A_NUMBER;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}
