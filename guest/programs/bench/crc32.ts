// CRC-32 by table (the reflected polynomial 0xEDB88320 of ISO 3309, as in zip and PNG), byte by byte over a buffer of 16 KiB.
// One unit of work is one pass over the buffer. Character: a dependent chain of two loads per byte in a tight loop.

import { nextRandom, seedRandom } from '../../lib/random';

const POLYNOMIAL: u32 = 0xedb88320;
const BUFFER_SIZE_BYTES: i32 = 16384;

const table: usize = memory.data(256 * sizeof<u32>());
const buffer: usize = memory.data(BUFFER_SIZE_BYTES);

/** Computes the table and fills the buffer. */
export function setup(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 1 ? (remainder >> 1) ^ POLYNOMIAL : remainder >> 1;
    }
    store<u32>(table + ((<usize>byte) << 2), remainder);
  }
  seedRandom(32);
  for (let i = 0; i < BUFFER_SIZE_BYTES; i++) store<u8>(buffer + i, <u8>nextRandom());
}

/** CRC of `length` bytes that continue the data whose CRC is `crc` (0 at the start). */
function crc32(crc: u32, start: usize, length: i32): u32 {
  crc = ~crc;
  const end = start + length;
  for (let at = start; at < end; at++) {
    const index = (crc ^ load<u8>(at)) & 0xff;
    crc = load<u32>(table + ((<usize>index) << 2)) ^ (crc >> 8);
  }
  return ~crc;
}

/** The CRC of the buffer repeated `n` times. */
export function run(n: i32): i32 {
  let crc: u32 = 0;
  for (let pass = 0; pass < n; pass++) crc = crc32(crc, buffer, BUFFER_SIZE_BYTES);
  return crc;
}
