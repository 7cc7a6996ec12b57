// Writes the binary format. The translator emits into it, so it writes into one array that grows by doubling.
import { encodeUtf8 } from './utf8.ts';

const FIRST_CAPACITY = 1024;

/** A growing sequence of bytes in the binary format's encodings; numbers take the least number of bytes. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = FIRST_CAPACITY) {
    this.#bytes = new Uint8Array(Math.max(16, capacity));
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** An opcode as OP numbers them: with its prefix, if it has one. */
  opcode(code: number): void {
    if (code > 0xff) {
      this.u8(code >> 8);
      this.u32(code & 0xff);
    } else {
      this.u8(code);
    }
  }

  /** LEB128 of an unsigned 32-bit number; negative numbers count as their bits. */
  u32(value: number): void {
    this.#reserve(5);
    const bytes = this.#bytes;
    let rest = value >>> 0;
    while (rest > 0x7f) {
      bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.#length++] = rest;
  }

  /** Signed LEB128 of the number's low 32 bits. */
  i32(value: number): void {
    this.#reserve(5);
    const bytes = this.#bytes;
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    bytes[this.#length++] = rest & 0x7f;
  }

  /** Signed LEB128 of the low 64 bits; a number must be a safe integer. */
  i64(value: number | bigint): void {
    if (typeof value === 'number' && value === (value | 0)) {
      this.i32(value);
      return;
    }
    this.#reserve(10);
    const bytes = this.#bytes;
    let rest = BigInt.asIntN(64, BigInt(value));
    while (rest < -0x40n || rest > 0x3fn) {
      bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    bytes[this.#length++] = Number(rest & 0x7fn);
  }

  /** Four bytes, little endian: an f32 by its bits. */
  f32(bits: number): void {
    this.#reserve(4);
    const bytes = this.#bytes;
    const at = this.#length;
    bytes[at] = bits;
    bytes[at + 1] = bits >>> 8;
    bytes[at + 2] = bits >>> 16;
    bytes[at + 3] = bits >>> 24;
    this.#length = at + 4;
  }

  /** Eight bytes, little endian: an f64 by its bits. */
  f64(bits: bigint): void {
    this.f32(Number(bits & 0xffff_ffffn));
    this.f32(Number((bits >> 32n) & 0xffff_ffffn));
  }

  /** Bytes as they are, without a length. */
  bytes(source: ArrayLike<number>): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  /** What another writer has, without a length. */
  append(other: ByteWriter): void {
    this.bytes(other.#bytes.subarray(0, other.#length));
  }

  /** The length in bytes of a string's UTF-8, and these bytes. */
  name(text: string): void {
    const bytes = encodeUtf8(text);
    this.u32(bytes.length);
    this.bytes(bytes);
  }

  /** A vector: the number of items and each of them. */
  vector<T>(items: readonly T[], write: (item: T, index: number) => void): void {
    this.u32(items.length);
    for (let i = 0; i < items.length; i++) write(items[i], i);
  }

  /** A section: its number, its size and what `write` writes. */
  section(id: number, write: () => void): void {
    this.u8(id);
    this.sized(write);
  }

  /** The size in bytes of what `write` writes, then that: sections, function bodies. */
  sized(write: () => void): void {
    const mark = this.beginSized();
    write();
    this.endSized(mark);
  }

  /** Leaves room for a size; endSized with what this returns puts it there. Pairs may nest. */
  beginSized(): number {
    this.#reserve(5);
    this.#length += 5;
    return this.#length;
  }

  endSized(mark: number): void {
    const size = this.#length - mark;
    this.#length = mark - 5;
    this.u32(size);
    this.#bytes.copyWithin(this.#length, mark, mark + size);
    this.#length += size;
  }

  /** Forgets what is at or behind `length`. */
  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  /** A copy of the bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** The module's magic number and the version of its format. */
export const PREAMBLE: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
