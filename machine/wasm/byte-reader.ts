// Reads the values of the binary format (specification 5.2) from a byte range. Everything that breaks the format throws a
// WasmError of kind `malformed`: an end that comes too early, a LEB128 number of too many bytes or with bits that do not fit.
import { malformed, type WasmError } from './errors.ts';
import { decodeUtf8 } from './utf8.ts';

export class ByteReader {
  readonly bytes: Uint8Array;
  position: number;
  /** Nothing is read at or behind it. */
  readonly end: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.end - this.position;
  }

  u8(): number {
    if (this.position >= this.end) throw this.#unexpectedEnd();
    return this.bytes[this.position++];
  }

  u32(): number {
    const position = this.position;
    if (position < this.end && this.bytes[position] < 0x80) {
      this.position = position + 1;
      return this.bytes[position];
    }
    return this.#long(0x70, 0) >>> 0;
  }

  s32(): number {
    const position = this.position;
    if (position < this.end && this.bytes[position] < 0x80) {
      this.position = position + 1;
      return (this.bytes[position] << 25) >> 25;
    }
    return this.#long(0x70, 0x78);
  }

  /** A 33-bit signed number, which is exact as a JavaScript number. */
  s33(): number {
    const start = this.position;
    let result = 0;
    let factor = 1;
    for (let i = 0; i < 5; i++) {
      const byte = this.u8();
      result += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) {
        if (i === 4) {
          // Bits 28 to 32, the last of them the sign, and two more that must repeat it.
          const unused = byte & 0x70;
          if (unused !== 0 && unused !== 0x70) throw malformed('integer too large', start);
        }
        return byte & 0x40 ? result - factor : result;
      }
    }
    throw malformed('integer representation too long', start);
  }

  s64(): bigint {
    const start = this.position;
    let result = 0;
    let factor = 1;
    // Seven bytes have 49 bits: exact in a JavaScript number.
    for (let i = 0; i < 7; i++) {
      const byte = this.u8();
      result += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) return BigInt(byte & 0x40 ? result - factor : result);
    }
    let high = 0n;
    for (let i = 0; i < 3; i++) {
      const byte = this.u8();
      high |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) {
        if (i === 2 && byte !== 0 && byte !== 0x7f) throw malformed('integer too large', start);
        return BigInt.asIntN(i === 2 ? 64 : 56 + 7 * i, (high << 49n) | BigInt(result));
      }
    }
    throw malformed('integer representation too long', start);
  }

  /** The bits of an f32, as an unsigned number. */
  f32(): number {
    const position = this.#take(4);
    return this.#view.getUint32(position, true);
  }

  /** The bits of an f64, unsigned. */
  f64(): bigint {
    const position = this.#take(8);
    return this.#view.getBigUint64(position, true);
  }

  /** A view of the next bytes. */
  slice(length: number): Uint8Array {
    const position = this.#take(length);
    return this.bytes.subarray(position, position + length);
  }

  /** A length and that many bytes of UTF-8. */
  name(): string {
    const length = this.u32();
    const position = this.#take(length);
    const name = decodeUtf8(this.bytes, position, position + length);
    if (name === undefined) throw malformed('malformed UTF-8 encoding', position);
    return name;
  }

  /** The length of a vector whose elements have a byte at least: a forged one is refused before anything is made from it. */
  count(): number {
    const start = this.position;
    const count = this.u32();
    if (count > this.remaining) throw malformed('length out of bounds', start);
    return count;
  }

  /** A 32-bit number of more than one byte; the unused bits of a fifth must be `0`, or, for signed ones, repeat the sign. */
  #long(unusedMask: number, signMask: number): number {
    const start = this.position;
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (shift === 28) {
          const unused = byte & (signMask || unusedMask);
          if (unused !== 0 && unused !== signMask) throw malformed('integer too large', start);
        } else if (signMask !== 0 && byte & 0x40) {
          result |= -1 << (shift + 7);
        }
        return result;
      }
    }
    throw malformed('integer representation too long', start);
  }

  #take(length: number): number {
    const position = this.position;
    if (length > this.end - position) throw this.#unexpectedEnd();
    this.position = position + length;
    return position;
  }

  #unexpectedEnd(): WasmError {
    return malformed('unexpected end', this.end);
  }
}
