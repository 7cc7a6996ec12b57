// Bytes in memory: searching, comparing, counting, eight at a time where it pays. And the end of an object's life, for those who want one.

import { free } from './heap';

export { malloc, realloc, free } from './heap';

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/** Gives an object of a class, an array buffer or a string back to the heap. Nothing may refer to it any more; what it refers to stays. */
@inline
export function release<T>(object: T): void {
  free(changetype<usize>(object));
}

/** Gives an array back with the room for its elements. What they refer to stays. */
export function releaseArray<T>(array: T[]): void {
  free(array.dataStart);
  free(changetype<usize>(array));
}

/** Address of the first `byte` in [start, end), or `end`. */
export function findByte(start: usize, end: usize, byte: u8): usize {
  const pattern = <u64>byte * ONES;
  let at = start;
  while (at + 8 <= end) {
    const x = load<u64>(at) ^ pattern;
    const found = (x - ONES) & ~x & HIGHS;
    if (found != 0) return at + <usize>(ctz<u64>(found) >> 3);
    at += 8;
  }
  while (at < end && load<u8>(at) != byte) at++;
  return at;
}

/** Address behind the last `byte` in [start, end), or `start`. */
export function behindLastByte(start: usize, end: usize, byte: u8): usize {
  let at = end;
  while (at > start && load<u8>(at - 1) != byte) at--;
  return at;
}

/** How many bytes in [start, end) are `byte`. */
export function countByte(start: usize, end: usize, byte: u8): i32 {
  const pattern = <u64>byte * ONES;
  let count: i32 = 0;
  let at = start;
  while (at + 8 <= end) {
    const x = load<u64>(at) ^ pattern;
    // Exact for each byte, as no carry crosses: its high bit is set where seven low bits or the high one are.
    const nonZero = ((x & ~HIGHS) + ~HIGHS) | x;
    count += 8 - <i32>popcnt<u64>(nonZero & HIGHS);
    at += 8;
  }
  while (at < end) {
    if (load<u8>(at) == byte) count++;
    at++;
  }
  return count;
}

/** Whether `bytes` bytes at a and at b are the same. */
export function equalBytes(a: usize, b: usize, bytes: i32): bool {
  let i = 0;
  while (i + 8 <= bytes) {
    if (load<u64>(a + i) != load<u64>(b + i)) return false;
    i += 8;
  }
  while (i < bytes) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false;
    i++;
  }
  return true;
}

/** Order of two runs of bytes, as of unsigned numbers; the shorter comes first where it is the beginning of the other. < 0, 0 or > 0. */
export function compareBytes(a: usize, aBytes: i32, b: usize, bBytes: i32): i32 {
  const common = min(aBytes, bBytes);
  let i = 0;
  while (i + 8 <= common) {
    const x = load<u64>(a + i);
    const y = load<u64>(b + i);
    if (x != y) {
      const shift = ctz<u64>(x ^ y) & 56;
      return <i32>((x >> shift) & 0xff) - <i32>((y >> shift) & 0xff);
    }
    i += 8;
  }
  while (i < common) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
    i++;
  }
  return aBytes - bBytes;
}
