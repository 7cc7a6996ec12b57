// Text and records in guest memory, as intrinsics take and give them: UTF-8 by address and length, and AssemblyScript's strings.
import { CAUSE_MEMORY_BOUNDS } from '../state/layout.ts';
import type { GuestMemory } from './external.ts';
import { TrapRequest } from './trap.ts';

/** A copy of bytes; undefined where not all of them are mapped. */
export function readBytes(space: GuestMemory | undefined, address: number, length: number): Uint8Array | undefined {
  return space?.contains(address, length) ? space.read(address, length) : undefined;
}

/** UTF-8; undefined where it is not mapped. */
export function readText(space: GuestMemory | undefined, address: number, length: number): string | undefined {
  const bytes = readBytes(space, address, length);
  return bytes && textOf(bytes);
}

/** False, and nothing written, where not all may be written. */
export function writeBytes(space: GuestMemory | undefined, address: number, bytes: Uint8Array): boolean {
  if (!space?.contains(address, bytes.length, true)) return false;
  space.write(address, bytes);
  return true;
}

/** Writes a record of `bytes` bytes: words by their offsets, the others zero. False where it may not be written. */
export function writeWords(
  space: GuestMemory | undefined,
  address: number,
  words: ReadonlyMap<number, number>,
  bytes: number,
): boolean {
  const record = new DataView(new ArrayBuffer(bytes));
  for (const [offset, value] of words) record.setUint32(offset, value, true);
  return writeBytes(space, address, new Uint8Array(record.buffer));
}

/** UTF-8. Lone surrogates become U+FFFD. */
export function encodeText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0) as number;
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
  }
  return Uint8Array.from(bytes);
}

/** UTF-8 to text; what is malformed becomes U+FFFD. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++];
    const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
    let code = more <= 0 ? first : first & (0x3f >> more);
    let valid = more >= 0 && i + more <= bytes.length;
    for (let k = 0; valid && k < more; k++) {
      const next = bytes[i + k];
      if ((next & 0xc0) !== 0x80) valid = false;
      code = (code << 6) | (next & 0x3f);
    }
    if (valid) i += more;
    text += valid && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  }
  return text;
}

/** An AssemblyScript string: UTF-16, its length in bytes in the word before it. */
export function scriptText(space: GuestMemory | undefined, address: bigint): string {
  const start = Number(address);
  if (start < 4 || !space?.contains(start - 4, 4)) return '';
  const word = space.read(start - 4, 4);
  const length = word[0] | (word[1] << 8) | (word[2] << 16) | (word[3] << 24);
  if (length < 0 || !space.contains(start, length)) return '';
  const bytes = space.read(start, length);
  let text = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i] | (bytes[i + 1] << 8));
  return text;
}

/** A copy of bytes at an address. Throws a TrapRequest where they are not mapped. */
export function bytesAt(space: GuestMemory | undefined, address: bigint, length: bigint): Uint8Array {
  const [start, count] = [Number(address), Number(length)];
  const bytes = readBytes(space, start, count);
  if (bytes) return bytes;
  throw new TrapRequest(CAUSE_MEMORY_BOUNDS, `${count} bytes at 0x${start.toString(16)} for the people outside`);
}

/** UTF-8 at an address. Throws a TrapRequest where it is not mapped. */
export function textAt(space: GuestMemory | undefined, address: bigint, length: bigint): string {
  return textOf(bytesAt(space, address, length));
}
