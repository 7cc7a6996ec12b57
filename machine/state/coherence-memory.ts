// The memory of the native part of coherence, seen from TypeScript. It never grows, so views of it stay valid.
const PAGE = 65536;
const MOST_PAGES = 65536;

export class CoherenceMemory {
  readonly memory: WebAssembly.Memory;

  /** Zero bytes. Throws a RangeError for more than 4 GiB, or when the host has not as many. */
  constructor(bytes: number) {
    const pages = Math.ceil(bytes / PAGE);
    if (pages > MOST_PAGES)
      throw new RangeError(
        `what coherence knows of this machine takes ${Math.ceil(bytes / 2 ** 20)} MiB of the host; at most 4096 are expected: ` +
          'give it less RAM, longer lines, or fewer nodes and shared caches',
      );
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  }

  i32(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  f64(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  i64(address: number, length: number): BigInt64Array {
    return new BigInt64Array(this.memory.buffer, address, length);
  }

  u16(address: number, length: number): Uint16Array {
    return new Uint16Array(this.memory.buffer, address, length);
  }

  u8(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }
}

/** Deals out places in it. */
export class CoherencePlaces {
  #top: number;

  /** From an address on. */
  constructor(top: number) {
    this.#top = top;
  }

  /** Address of `bytes` bytes, at the beginning of a line of the host's caches. */
  take(bytes: number): number {
    const address = this.#top;
    this.#top = Math.ceil((address + bytes) / 64) * 64;
    return address;
  }

  /** Bytes of a memory with all of them. */
  get bytes(): number {
    return this.#top;
  }
}
