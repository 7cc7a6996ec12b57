// Guest values as text: what is accepted, what is refused, and that what is printed reads back.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatValue, parseValue, signature } from '../../host/values.ts';

const I32 = 0x7f;
const I64 = 0x7e;
const F32 = 0x7d;
const F64 = 0x7c;

describe('arguments', () => {
  test.each([
    [I32, '0', 0n],
    [I32, '-1', 0xffff_ffffn],
    [I32, '4294967295', 0xffff_ffffn],
    [I32, '0xff', 255n],
    [I32, '-0x80000000', 0x8000_0000n],
    [I32, '1_000', 1000n],
    [I64, '-1', 0xffff_ffff_ffff_ffffn],
    [I64, '18446744073709551615', 0xffff_ffff_ffff_ffffn],
    [F32, '1.5', 0x3fc0_0000n],
    [F32, 'nan', 0x7fc0_0000n],
    [F32, '-nan:0x1', 0xff80_0001n],
    [F64, '-inf', 0xfff0_0000_0000_0000n],
    [F64, '1e3', 0x408f_4000_0000_0000n],
    [F64, '-0', 0x8000_0000_0000_0000n],
    [F64, '.5', 0x3fe0_0000_0000_0000n],
    [0x6f, 'null', 0n],
  ])('type %i, %s', (type, text, bits) => {
    expect(parseValue(type, text)).toBe(bits);
  });

  test.each([
    [I32, '4294967296', 'does not fit'],
    [I32, '-2147483649', 'does not fit'],
    [I32, '1.5', 'is not an i32'],
    [I32, '', 'is not an i32'],
    [I32, '0x', 'is not an i32'],
    [I32, 'nan', 'is not an i32'],
    [I64, '18446744073709551616', 'does not fit'],
    [F64, 'one', 'is not an f64'],
    [F64, '0x10', 'is not an f64'],
    [F64, '1.5kg', 'is not an f64'],
    [F32, 'nan:0x800000', 'payload'],
    [F32, 'nan:0x0', 'payload'],
    [0x70, '1', 'null'],
  ])('type %i refuses "%s"', (type, text, message) => {
    expect(() => parseValue(type, text)).toThrow(message);
  });
});

describe('results', () => {
  test.each([
    [I32, 0xffff_ffffn, '-1'],
    [I64, 1n << 63n, '-9223372036854775808'],
    [F32, 0x3dcc_cccdn, '0.1'],
    [F32, 0x8000_0000n, '-0'],
    [F32, 0x7f80_0000n, 'inf'],
    [F32, 0xffc0_0000n, '-nan'],
    [F64, 0x7ff0_0000_0000_0001n, 'nan:0x1'],
    [0x6f, 0n, 'null'],
    [0x6f, 6n, 'reference 5'],
  ])('type %i, %s', (type, bits, text) => {
    expect(formatValue(type, bits)).toBe(text);
  });

  test.each([
    [I32, 32],
    [I64, 64],
    [F32, 32],
    [F64, 64],
  ])('type %i: what is printed reads back', (type, width) => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n }), (bits) => {
        expect(parseValue(type, formatValue(type, bits))).toBe(bits);
      }),
    );
  });
});

test('signatures', () => {
  expect(signature({ params: [I32, F64], results: [I64] })).toBe('(i32, f64) -> i64');
  expect(signature({ params: [], results: [] })).toBe('() -> ()');
});
