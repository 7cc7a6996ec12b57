// The one host memory in which everything of a machine lives, seen from TypeScript: typed views and an allocator.
//
// What is allocated is zero. The views are replaced when the memory grows, so they are always read through this object.
import { CORE_STRIDE, CORES } from './layout.ts';
import { restoreSparse, type SparseWords, saveSparse } from './sparse.ts';

const PAGE = 65536;
const MOST_PAGES = 65536;

/** Machine memory as a snapshot keeps it. */
export interface SavedMemory {
  readonly top: number;
  /** Freed blocks by their size, those that are given out last first. */
  readonly free: readonly { readonly bytes: number; readonly addresses: readonly number[] }[];
  readonly contents: SparseWords;
}

export class MachineMemory {
  readonly memory: WebAssembly.Memory;
  u8: Uint8Array;
  u32: Uint32Array;
  i32: Int32Array;
  u64: BigUint64Array;
  i64: BigInt64Array;
  f64: Float64Array;
  #top: number;
  /** Freed blocks by their size. */
  readonly #free = new Map<number, number[]>();

  constructor(cores: number) {
    this.#top = CORES + cores * CORE_STRIDE;
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(this.#top / PAGE), maximum: MOST_PAGES });
    this.u8 = new Uint8Array(this.memory.buffer);
    this.u32 = new Uint32Array(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
    this.u64 = new BigUint64Array(this.memory.buffer);
    this.i64 = new BigInt64Array(this.memory.buffer);
    this.f64 = new Float64Array(this.memory.buffer);
  }

  /**
   * Address of `bytes` zero bytes at a multiple of `alignment` (a power of two); with `zero` false they may be anything.
   * Throws a RangeError when 4 GiB are used up.
   */
  allocate(bytes: number, alignment = 16, zero = true): number {
    const freed = this.#free.get(bytes) ?? [];
    const last = freed.findLastIndex((block) => block % alignment === 0);
    const [block] = last < 0 ? [] : freed.splice(last, 1);
    if (block !== undefined) {
      if (zero) this.u8.fill(0, block, block + bytes);
      return block;
    }
    const address = Math.ceil(this.#top / alignment) * alignment;
    const end = address + bytes;
    const missing = Math.ceil(end / PAGE) - this.u8.length / PAGE;
    if (missing > 0) this.#grow(missing, bytes);
    this.#top = end;
    return address;
  }

  /** Gives back what `allocate` gave; `bytes` is its size. */
  release(address: number, bytes: number): void {
    const list = this.#free.get(bytes);
    if (list) list.push(address);
    else this.#free.set(bytes, [address]);
  }

  /** Where the next block begins that no freed one serves. */
  get top(): number {
    return this.#top;
  }

  save(): SavedMemory {
    const free = [...this.#free].map(([bytes, addresses]) => ({ bytes, addresses: [...addresses] }));
    return { top: this.#top, free, contents: saveSparse(this.i32) };
  }

  /** Becomes what was saved, addresses included. It must not be larger than that. */
  restore({ top, free, contents }: SavedMemory): void {
    this.#top = top;
    this.#free.clear();
    for (const { bytes, addresses } of free) this.#free.set(bytes, [...addresses]);
    const missing = (4 * contents.length - this.u8.length) / PAGE;
    if (missing > 0) this.#growBy(missing);
    restoreSparse(contents, this.i32);
  }

  #grow(missing: number, bytes: number): void {
    const pages = this.u8.length / PAGE;
    // Growing in larger steps keeps the views from being replaced all the time.
    const wanted = Math.min(Math.max(missing, Math.ceil(pages / 4)), MOST_PAGES - pages);
    if (wanted < missing) throw new RangeError(`the machine's memory is used up: ${bytes} more bytes exceed 4 GiB`);
    this.#growBy(wanted);
  }

  #growBy(pages: number): void {
    this.memory.grow(pages);
    this.u8 = new Uint8Array(this.memory.buffer);
    this.u32 = new Uint32Array(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
    this.u64 = new BigUint64Array(this.memory.buffer);
    this.i64 = new BigInt64Array(this.memory.buffer);
    this.f64 = new Float64Array(this.memory.buffer);
  }

  load32(address: number): number {
    return this.u32[address >>> 2];
  }

  store32(address: number, value: number): void {
    this.u32[address >>> 2] = value;
  }

  load64(address: number): bigint {
    return this.u64[address >>> 3];
  }

  store64(address: number, value: bigint): void {
    this.u64[address >>> 3] = value;
  }
}
