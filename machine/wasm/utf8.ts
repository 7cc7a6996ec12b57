// UTF-8 as the binary format wants it (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF. TextDecoder is a
// platform's interface, so the machine has its own.

const CHUNK = 4096;

/** Decodes a byte range; undefined when it is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  let units: number[] = [];
  let position = start;
  while (position < end) {
    const first = bytes[position++];
    if (first < 0x80) {
      units.push(first);
    } else {
      const following =
        first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0;
      if (following === 0 || end - position < following) return undefined;
      let point = first & (0x3f >> following);
      for (let i = 0; i < following; i++) {
        const next = bytes[position++];
        if ((next & 0xc0) !== 0x80) return undefined;
        point = (point << 6) | (next & 0x3f);
      }
      const isOverlong = (following === 2 && point < 0x800) || (following === 3 && point < 0x10000);
      if (isOverlong || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff) return undefined;
      if (point >= 0x10000) units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
      else units.push(point);
    }
    if (units.length >= CHUNK) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

/** Encodes a string; half surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let point = character.codePointAt(0) as number;
    if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else {
      bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f));
      bytes.push(0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    }
  }
  return Uint8Array.from(bytes);
}
