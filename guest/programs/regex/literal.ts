// Finds bytes in bytes: R. N. Horspool, "Practical fast searching in strings" (1980), with or without regard to the case of ASCII letters.

import { Bytes } from '../../posix/index';

const TABLE_ENTRIES: i32 = 256;

function lower(byte: i32): i32 {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

export class Literal {
  /** How far the pattern can move by the byte under its end; 0: that byte is its last. */
  private skips: usize = __alloc(TABLE_ENTRIES * 4);
  private pattern: usize;
  readonly length: i32;

  /** `text` is not empty. */
  constructor(
    text: Bytes,
    readonly ignoreCase: bool,
  ) {
    this.length = text.length;
    const last = text.length - 1;
    this.pattern = __alloc(text.length);
    for (let i = 0; i <= last; i++) store<u8>(this.pattern + i, <u8>(ignoreCase ? lower(text[i]) : <i32>text[i]));
    for (let byte = 0; byte < TABLE_ENTRIES; byte++) this.setSkip(byte, text.length);
    for (let i = 0; i <= last; i++) {
      const byte = <i32>load<u8>(this.pattern + i);
      this.setSkip(byte, last - i);
      if (ignoreCase && byte >= 0x61 && byte <= 0x7a) this.setSkip(byte - 0x20, last - i);
    }
  }

  private setSkip(byte: i32, skip: i32): void {
    store<i32>(this.skips + (byte << 2), skip);
  }

  /** Address of the first place in [from, to) where the text is; 0: it is nowhere. */
  find(from: usize, to: usize): usize {
    const skips = this.skips;
    const last = this.length - 1;
    let at = from + last;
    while (at < to) {
      const skip = load<i32>(skips + ((<usize>load<u8>(at)) << 2));
      if (skip != 0) {
        at += skip;
        continue;
      }
      if (this.matches(at - last)) return at - last;
      at++;
    }
    return 0;
  }

  private matches(at: usize): bool {
    const pattern = this.pattern;
    for (let i = this.length - 2; i >= 0; i--) {
      const byte = <i32>load<u8>(at + i);
      if ((this.ignoreCase ? lower(byte) : byte) != <i32>load<u8>(pattern + i)) return false;
    }
    return true;
  }
}
