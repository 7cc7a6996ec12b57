// A line of UTF-8 text, put together piece by piece without an allocator. Every core has a buffer of its own, so cores never mix their
// lines. Only ASCII is put in as it is; anything else becomes a question mark.

const BUFFER_BYTES: i32 = 256;
const MAX_CORES: i32 = 128;
const buffers = memory.data(MAX_CORES * BUFFER_BYTES, 64);

// Globals belong to an instance, and so to a core.
let buffer: usize = buffers;
let length: i32 = 0;

/** Begins a new line on a core. */
export function beginText(core: i32): void {
  buffer = buffers + core * BUFFER_BYTES;
  length = 0;
}

export function textAddress(): usize {
  return buffer;
}

export function textBytes(): i32 {
  return length;
}

function putByte(byte: i32): void {
  if (length == BUFFER_BYTES) return;
  store<u8>(buffer + length, <u8>byte);
  length++;
}

export function putText(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    putByte(code < 0x80 ? code : 0x3f);
  }
}

export function putNumber(value: i64): void {
  if (value < 0) putByte(0x2d);
  let power: u64 = 1;
  const magnitude: u64 = value < 0 ? -value : value;
  while (magnitude / power >= 10) power *= 10;
  for (; power > 0; power /= 10) putByte(0x30 + <i32>((magnitude / power) % 10));
}

export function putHexadecimal(value: u32): void {
  putText('0x');
  for (let shift = 28; shift >= 0; shift -= 4) {
    const digit = <i32>((value >> shift) & 15);
    putByte(digit < 10 ? 0x30 + digit : 0x57 + digit);
  }
}
