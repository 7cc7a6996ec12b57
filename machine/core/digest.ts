// The digest of a run: a 64-bit hash over its architectural events, in the order in which the machine made them.
//
// Two multiplicative lanes of 32 bits (the constants are those of Murmur3's finaliser) with different seeds; not cryptographic.

// Kinds of events.
export const EVENT_LOG = 1;
export const EVENT_MARK = 2;
export const EVENT_REPORT = 3;
export const EVENT_EXIT = 4;
export const EVENT_START = 5;
export const EVENT_TRAP = 6;
export const EVENT_CONSOLE = 7;
export const EVENT_SAVE = 8;

/** A digest as a snapshot keeps it. */
export interface SavedDigest {
  readonly low: number;
  readonly high: number;
}

function mix(hash: number, word: number): number {
  let h = Math.imul(hash ^ word, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) + 0x9e3779b9;
}

export class Digest {
  #low = 0x243f6a88;
  #high = 0x85a308d3;

  /** Adds the low 32 bits of a number. */
  add(word: number): void {
    this.#low = mix(this.#low, word | 0);
    this.#high = mix(this.#high, Math.imul(word | 0, 0x01000193) ^ this.#low);
  }

  /** Adds 64 bits. */
  add64(bits: bigint): void {
    this.add(Number(bits & 0xffff_ffffn));
    this.add(Number((bits >> 32n) & 0xffff_ffffn));
  }

  addBytes(bytes: Uint8Array): void {
    this.add(bytes.length);
    for (let i = 0; i < bytes.length; i += 4) {
      this.add(bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    }
  }

  /** EVENT_*, on a core, at a time in ticks. */
  event(kind: number, core: number, time: bigint): void {
    this.add(kind);
    this.add(core);
    this.add64(time);
  }

  addText(text: string): void {
    this.add(text.length);
    for (let i = 0; i < text.length; i++) this.add(text.charCodeAt(i));
  }

  clone(): Digest {
    const copy = new Digest();
    copy.restore(this.save());
    return copy;
  }

  save(): SavedDigest {
    return { low: this.#low, high: this.#high };
  }

  restore({ low, high }: SavedDigest): void {
    this.#low = low;
    this.#high = high;
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
    return hex(this.#high) + hex(this.#low);
  }
}
