// RAM by physical address: where it is in machine memory, which NUMA node is a page's home, and the frames that the firmware gives out.
import { FRAME_BYTES, RAM_BLOCK_SHIFT, STAGGER_BYTES } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

/** RAM is counted in these: its size is a multiple. Blocks are staggered in machine memory, see STAGGER_BYTES. */
export const RAM_BLOCK_BYTES = 1 << RAM_BLOCK_SHIFT;
export const MOST_RAM_BYTES = 2 ** 31;

/** What is given out of RAM, as a snapshot keeps it: physical addresses, by node. */
export interface SavedPhysicalMemory {
  readonly nextBlock: readonly number[];
  /** What is left of the block that single frames come from. */
  readonly frames: readonly { readonly next: number; readonly end: number }[];
}

/** Where pieces of RAM are given out one behind the other: the node, and what is left of its last block. */
export interface MemoryRun {
  node: number;
  next: number;
  end: number;
}

export class PhysicalMemory {
  readonly bytes: number;
  readonly nodes: number;
  /** Bytes of each node; addresses of node n begin at n times this. */
  readonly nodeBytes: number;
  readonly #memory: MachineMemory;
  /** Where physical address 0 is in machine memory. */
  readonly base: number;
  /** Next block to be given out, by node. */
  readonly #next: number[];
  /** What is left of the block that single frames come from, by node. */
  readonly #frames: { next: number; end: number }[];

  /** `bytes` is rounded up to whole blocks on every node. Throws a RangeError beyond 2 GiB. */
  constructor(memory: MachineMemory, bytes: number, nodes: number) {
    this.nodeBytes = Math.ceil(bytes / nodes / RAM_BLOCK_BYTES) * RAM_BLOCK_BYTES;
    this.bytes = this.nodeBytes * nodes;
    if (!(bytes > 0) || this.bytes > MOST_RAM_BYTES) {
      throw new RangeError(
        `${bytes} bytes of RAM on ${nodes} nodes: more than 0 and at most ${MOST_RAM_BYTES} are expected`,
      );
    }
    this.#memory = memory;
    this.nodes = nodes;
    const blocks = this.bytes / RAM_BLOCK_BYTES;
    this.base = memory.allocate(blocks * (RAM_BLOCK_BYTES + STAGGER_BYTES), 128);
    this.#next = Array.from({ length: nodes }, (_, node) => node * this.nodeBytes);
    this.#frames = Array.from({ length: nodes }, () => ({ next: 0, end: 0 }));
  }

  /** Where the byte at a physical address is in machine memory; what follows in the same block follows there. */
  hostAddress(physical: number): number {
    return this.base + physical + (physical >>> RAM_BLOCK_SHIFT) * STAGGER_BYTES;
  }

  /** NUMA node whose memory controller serves the address. */
  home(physical: number): number {
    return Math.floor(physical / this.nodeBytes);
  }

  load32(physical: number): number {
    return this.#memory.load32(this.hostAddress(physical));
  }

  store32(physical: number, value: number): void {
    this.#memory.store32(this.hostAddress(physical), value);
  }

  /** A copy of the bytes at a physical address. Costs no cycles. */
  read(physical: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.readInto(physical, bytes);
    return bytes;
  }

  /** Fills `bytes` with those at a physical address. Costs no cycles. */
  readInto(physical: number, bytes: Uint8Array): void {
    this.#pieces(physical, bytes.length, (host, at, count) =>
      bytes.set(this.#memory.u8.subarray(host, host + count), at),
    );
  }

  /** Costs no cycles. */
  write(physical: number, bytes: Uint8Array): void {
    this.#pieces(physical, bytes.length, (host, at, count) =>
      this.#memory.u8.set(bytes.subarray(at, at + count), host),
    );
  }

  #pieces(physical: number, length: number, use: (host: number, at: number, count: number) => void): void {
    for (let at = 0; at < length; ) {
      const count = Math.min(length - at, RAM_BLOCK_BYTES - ((physical + at) % RAM_BLOCK_BYTES));
      use(this.hostAddress(physical + at), at, count);
      at += count;
    }
  }

  /** First address of a node from which on nothing is given out yet. */
  firstFree(node: number): number {
    return this.#next[node];
  }

  /** Bytes in blocks of which nothing is given out yet. */
  get bytesLeft(): number {
    return this.#next.reduce((left, next, node) => left + (node + 1) * this.nodeBytes - next, 0);
  }

  /** Physical address of a free block of zero bytes, on the given node or the next one that has room; undefined when there is none. */
  allocateBlock(node = 0): number | undefined {
    for (let i = 0; i < this.nodes; i++) {
      const at = (node + i) % this.nodes;
      const block = this.#next[at];
      if (block === (at + 1) * this.nodeBytes) continue;
      this.#next[at] = block + RAM_BLOCK_BYTES;
      return block;
    }
    return undefined;
  }

  /**
   * Physical address of free zero bytes in one piece on the run's node, at a multiple of a page; undefined when it has no room. Pieces lie page to
   * page as long as nothing else is given out on that node.
   */
  allocateRun(bytes: number, run: MemoryRun): number | undefined {
    const { node } = run;
    const size = Math.ceil(bytes / FRAME_BYTES) * FRAME_BYTES;
    if (run.end !== this.#next[node]) run.next = run.end = this.#next[node];
    if (run.next + size > (node + 1) * this.nodeBytes) return undefined;
    while (run.end < run.next + size) run.end = (this.allocateBlock(node) as number) + RAM_BLOCK_BYTES;
    const first = run.next;
    run.next += size;
    return first;
  }

  save(): SavedPhysicalMemory {
    return { nextBlock: [...this.#next], frames: this.#frames.map(({ next, end }) => ({ next, end })) };
  }

  restore({ nextBlock, frames }: SavedPhysicalMemory): void {
    nextBlock.forEach((next, node) => {
      this.#next[node] = next;
    });
    frames.forEach((left, node) => Object.assign(this.#frames[node], left));
  }

  /** The same for a frame. */
  allocateFrame(node = 0): number | undefined {
    const frames = this.#frames[node];
    if (frames.next === frames.end) {
      const block = this.allocateBlock(node);
      if (block === undefined) return undefined;
      frames.next = block;
      frames.end = block + RAM_BLOCK_BYTES;
    }
    const frame = frames.next;
    frames.next += FRAME_BYTES;
    return frame;
  }
}
