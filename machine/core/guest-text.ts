// Text in guest memory, as intrinsics take it: UTF-8 by address and length, and AssemblyScript's strings.
import { CAUSE_MEMORY_BOUNDS } from '../state/layout.ts';
import type { GuestMemory } from './external.ts';
import { TrapRequest } from './trap.ts';

function bytesAt(space: GuestMemory | undefined, address: bigint, length: bigint): Uint8Array {
  const start = Number(address);
  const count = Number(length);
  if (!space?.contains(start, count))
    throw new TrapRequest(CAUSE_MEMORY_BOUNDS, `text of ${count} bytes at 0x${start.toString(16)}`);
  return space.read(start, count);
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

/** UTF-8 at an address. Throws a TrapRequest where it is not mapped. */
export function textAt(space: GuestMemory | undefined, address: bigint, length: bigint): string {
  return textOf(bytesAt(space, address, length));
}
