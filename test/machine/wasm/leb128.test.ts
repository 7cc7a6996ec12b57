// ByteWriter and ByteReader: every value comes back, in the shortest form, and what breaks the format is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../machine/wasm/byte-reader.ts';
import { ByteWriter } from '../../../machine/wasm/encode.ts';
import { WasmError } from '../../../machine/wasm/errors.ts';
import { decodeUtf8, encodeUtf8 } from '../../../machine/wasm/utf8.ts';

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.finish();
}

function read<T>(bytes: ArrayLike<number>, take: (reader: ByteReader) => T): T {
  const reader = new ByteReader(Uint8Array.from(bytes));
  const value = take(reader);
  expect(reader.remaining).toBe(0);
  return value;
}

/** The shortest signed LEB128, from its definition. */
function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const isLast = rest >= -64n && rest <= 63n;
    bytes.push(Number(rest & 127n) | (isLast ? 0 : 128));
    if (isLast) return bytes;
  }
}

/** Numbers of all magnitudes: uniform ones nearly always have the most bytes. */
const i32 = fc.tuple(fc.integer(), fc.nat(31)).map(([value, shift]) => value >> shift);
const i64 = fc.tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(63)).map(([v, s]) => v >> BigInt(s));

describe('numbers', () => {
  it('come back when they are unsigned', () => {
    fc.assert(
      fc.property(i32, (value) => {
        const bytes = written((writer) => writer.u32(value));
        expect(read(bytes, (reader) => reader.u32())).toBe(value >>> 0);
      }),
    );
  });

  it('come back when they are signed, in the shortest form', () => {
    fc.assert(
      fc.property(i32, (value) => {
        const bytes = written((writer) => writer.i32(value));
        expect([...bytes]).toEqual(signedLeb(BigInt(value)));
        expect(read(bytes, (reader) => reader.s32())).toBe(value);
        expect(read(bytes, (reader) => reader.s33())).toBe(value);
      }),
    );
  });

  it('come back when they have 64 bits, in the shortest form', () => {
    fc.assert(
      fc.property(i64, (value) => {
        const bytes = written((writer) => writer.i64(value));
        expect([...bytes]).toEqual(signedLeb(value));
        expect(read(bytes, (reader) => reader.s64())).toBe(value);
        const isSafe = BigInt(Number(value)) === value && Number.isSafeInteger(Number(value));
        if (isSafe) expect(written((writer) => writer.i64(Number(value)))).toEqual(bytes);
      }),
    );
  });

  it('come back from forms with more bytes than they need', () => {
    fc.assert(
      fc.property(i32, (value) => {
        const bits = BigInt.asUintN(35, BigInt(value));
        const bytes = [0, 1, 2, 3, 4].map((i) => Number((bits >> BigInt(7 * i)) & 127n) | (i < 4 ? 128 : 0));
        expect(read(bytes, (reader) => reader.s32())).toBe(value);
        if (value >= 0) expect(read(bytes, (reader) => reader.u32())).toBe(value);
      }),
    );
  });

  it('come back as bits of floats', () => {
    fc.assert(
      fc.property(fc.integer(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (low, high) => {
        const bytes = written((writer) => {
          writer.f32(low);
          writer.f64(high);
        });
        expect(read(bytes, (reader) => [reader.f32(), reader.f64()])).toEqual([low >>> 0, high]);
      }),
    );
  });

  it('are exact at 33 bits', () => {
    expect(read(signedLeb(2n ** 32n - 1n), (reader) => reader.s33())).toBe(2 ** 32 - 1);
    expect(read(signedLeb(-(2n ** 32n)), (reader) => reader.s33())).toBe(-(2 ** 32));
  });
});

describe('malformed numbers', () => {
  const refuses = (bytes: number[], take: (reader: ByteReader) => unknown, message: string, offset = 0) => {
    expect(() => take(new ByteReader(Uint8Array.from(bytes)))).toThrow(new WasmError('malformed', message, offset));
  };
  const tooLong = 'integer representation too long';
  const tooLarge = 'integer too large';

  it('of too many bytes are refused', () => {
    const long = (count: number, last: number) => [...new Array(count).fill(0x80), last];
    refuses(long(5, 0), (reader) => reader.u32(), tooLong);
    refuses(long(5, 0), (reader) => reader.s32(), tooLong);
    refuses(long(5, 0), (reader) => reader.s33(), tooLong);
    refuses(long(10, 0), (reader) => reader.s64(), tooLong);
  });

  it('with bits that do not fit are refused', () => {
    refuses([0xff, 0xff, 0xff, 0xff, 0x1f], (reader) => reader.u32(), tooLarge);
    refuses([0xff, 0xff, 0xff, 0xff, 0x0f], (reader) => reader.s32(), tooLarge);
    refuses([0xff, 0xff, 0xff, 0xff, 0x4f], (reader) => reader.s32(), tooLarge);
    refuses([0xff, 0xff, 0xff, 0xff, 0x1f], (reader) => reader.s33(), tooLarge);
    refuses([...new Array(9).fill(0xff), 0x01], (reader) => reader.s64(), tooLarge);
    refuses([...new Array(9).fill(0x80), 0x7e], (reader) => reader.s64(), tooLarge);
  });

  it('that end too early are refused', () => {
    for (const take of [
      (reader: ByteReader) => reader.u32(),
      (reader: ByteReader) => reader.s32(),
      (reader: ByteReader) => reader.s33(),
      (reader: ByteReader) => reader.s64(),
      (reader: ByteReader) => reader.f32(),
    ]) {
      refuses([0x80, 0x80], take, 'unexpected end', 2);
    }
  });
});

describe('names', () => {
  it('come back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = written((writer) => writer.name(text));
        expect(read(bytes, (reader) => reader.name())).toBe(text);
      }),
    );
  });

  it('are UTF-8 exactly where TextDecoder says so', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const expected = (bytes: Uint8Array) => {
      try {
        return decoder.decode(bytes);
      } catch {
        return undefined;
      }
    };
    const lead = fc.constantFrom(0x41, 0xc1, 0xc2, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xf5);
    const trail = fc.constantFrom(0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0);
    const bytes = fc.array(fc.oneof(lead, trail, fc.nat(255)), { maxLength: 6 }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(bytes, (list) => decodeUtf8(list, 0, list.length) === expected(list)),
      { numRuns: 5000 },
    );
  });

  it('longer than a chunk come back', () => {
    const text = 'aé€😀'.repeat(3000);
    const bytes = encodeUtf8(text);
    expect(Buffer.compare(bytes, new TextEncoder().encode(text))).toBe(0);
    expect(decodeUtf8(bytes, 0, bytes.length)).toBe(text);
  });

  it('have a replacement for half a surrogate pair', () => {
    expect(decodeUtf8(encodeUtf8('\ud800x'), 0, 4)).toBe('\ufffdx');
  });
});

describe('sizes', () => {
  it('stand before nested parts of any length', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 3 }), (lengths) => {
        const bytes = written((writer) => {
          writer.section(7, () => {
            for (const length of lengths) writer.sized(() => writer.bytes(new Uint8Array(length).fill(length)));
          });
        });
        const reader = new ByteReader(bytes);
        expect(reader.u8()).toBe(7);
        const section = new ByteReader(reader.slice(reader.u32()));
        expect(reader.remaining).toBe(0);
        for (const length of lengths) {
          const part = section.slice(section.u32());
          expect(part.length).toBe(length);
          expect(part.every((byte) => byte === (length & 0xff))).toBe(true);
        }
        expect(section.remaining).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('forget what is truncated', () => {
    const bytes = written((writer) => {
      writer.bytes([1, 2, 3]);
      writer.truncate(1);
      writer.u8(4);
    });
    expect([...bytes]).toEqual([1, 4]);
  });
});
