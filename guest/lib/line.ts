// A line of UTF-8 text, put together piece by piece in memory of its own, without an allocator. What does not fit is cut off. Of strings only
// ASCII is put in as it is; anything else becomes a question mark. Bytes are put in as they are.
import { interrupts, label, log } from './machine';

/** What a line takes in memory, and how much text it holds. */
export const LINE_BYTES: usize = 256;
const MOST_TEXT: u32 = 244;

@unmanaged
export class Line {
  private length: u32;
  private open: bool;
  private interruptible: bool;

  /** Begins a new line. Until `end` interrupts are held back, so that what handles them does not write into it. */
  begin(): Line {
    const before = interrupts(false);
    this.length = 0;
    this.open = true;
    this.interruptible = before;
    return this;
  }

  get isOpen(): bool {
    return this.open;
  }

  /** Gives the line to the people outside. */
  end(): void {
    log(this.textAddress, this.textBytes);
    this.close();
  }

  /** Lets reports of those outside call some memory so. */
  name(address: usize, bytes: usize): void {
    label(address, <i32>bytes, this.textAddress, this.textBytes);
    this.close();
  }

  /** Gives it to nobody. */
  close(): void {
    this.open = false;
    interrupts(this.interruptible);
  }

  get textAddress(): usize {
    return changetype<usize>(this) + 12;
  }

  get textBytes(): i32 {
    return <i32>this.length;
  }

  text(value: string): Line {
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      this.byte(code < 0x80 ? code : 0x3f);
    }
    return this;
  }

  bytes(address: usize, count: i32): Line {
    for (let i = 0; i < count; i++) this.byte(load<u8>(address + i));
    return this;
  }

  number(value: i64): Line {
    if (value < 0) this.byte(0x2d);
    let power: u64 = 1;
    const magnitude: u64 = value < 0 ? -value : value;
    while (magnitude / power >= 10) power *= 10;
    for (; power > 0; power /= 10) this.byte(0x30 + <i32>((magnitude / power) % 10));
    return this;
  }

  /** Eight digits. */
  hex(value: u32): Line {
    this.text('0x');
    for (let shift = 28; shift >= 0; shift -= 4) {
      const digit = <i32>((value >> shift) & 15);
      this.byte(digit < 10 ? 0x30 + digit : 0x57 + digit);
    }
    return this;
  }

  private byte(value: i32): void {
    if (this.length == MOST_TEXT) return;
    store<u8>(this.textAddress + this.length, <u8>value);
    this.length++;
  }
}
