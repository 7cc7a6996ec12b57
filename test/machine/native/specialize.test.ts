// Constants that are written into the native helper's code.
import { expect, test } from 'vitest';
import { FIRST_PLACEHOLDER, specialize } from '../../../machine/native/specialize.ts';

/** `(module (func (export "f") (result i32) i32.const value))`, the value in five bytes. */
function moduleOf(value: number): Uint8Array<ArrayBuffer> {
  const number = [0, 7, 14, 21, 28].map((shift) => ((value >> shift) & 0x7f) | (shift < 28 ? 0x80 : 0));
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
    ...[0x0a, 0x0a, 0x01, 0x08, 0x00, 0x41, ...number, 0x0b],
  );
}

function resultOf(bytes: Uint8Array<ArrayBuffer>): number {
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as { f: () => number };
  return f();
}

test.each([0, 1, 63, 64, 32768, 0x7fffffff, -1, -64, -0x80000000])('a placeholder becomes %i', (value) => {
  const bytes = moduleOf(FIRST_PLACEHOLDER + 1);
  expect(resultOf(bytes)).toBe(FIRST_PLACEHOLDER + 1);
  specialize(bytes, ['one', 'other'], { one: 12345, other: value });
  expect(resultOf(bytes)).toBe(value);
});

test('other constants stay', () => {
  const bytes = moduleOf(FIRST_PLACEHOLDER + 2);
  specialize(bytes, ['one', 'other'], { one: 1, other: 2 });
  expect(resultOf(bytes)).toBe(FIRST_PLACEHOLDER + 2);
});
