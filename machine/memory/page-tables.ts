// Page tables as the hardware walks them: two levels of 1024 entries of four bytes, 10 + 10 + 12 bits of the address (Intel SDM 3A, 4.3, without
// large pages). The firmware builds those that guests start with; kernels write their own.
import {
  FRAME_BYTES,
  FRAME_SHIFT,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_USER,
  PTE_WRITE,
} from '../state/layout.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** Rights in a page directory: those of the page tables below decide. */
const DIRECTORY_FLAGS = PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED;
const ADDRESS_MASK = ~(FRAME_BYTES - 1);

/** Flags of a page that the firmware maps: no time is spent on marking it accessed or dirty. */
export const FIRMWARE_PAGE = PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY;

export class PageTables {
  /** Physical address of the page directory. */
  readonly root: number;
  readonly #ram: PhysicalMemory;
  readonly #node: number;

  /** `root`: page tables that there are already. Throws a RangeError when the RAM is used up. */
  constructor(ram: PhysicalMemory, node = 0, root?: number) {
    this.#ram = ram;
    this.#node = node;
    this.root = root ?? this.#table();
  }

  #table(): number {
    const table = this.#ram.allocateFrame(this.#node);
    if (table === undefined)
      throw new RangeError(`no RAM is left for a page table: ${this.#ram.bytes} bytes are used up`);
    return table;
  }

  /** Maps `bytes` from virtual to physical addresses, all multiples of a page. Throws a RangeError when the RAM is used up. */
  map(virtual: number, physical: number, bytes: number, flags: number): void {
    for (let offset = 0; offset < bytes; offset += FRAME_BYTES) {
      const entry = this.#entry(virtual + offset);
      this.#ram.store32(entry, (physical + offset) | flags);
    }
  }

  /** Physical address of a page's entry; its page table is made if need be. */
  #entry(virtual: number): number {
    const page = virtual / FRAME_BYTES;
    const directoryEntry = this.root + 4 * (page >>> 10);
    let table = this.#ram.load32(directoryEntry);
    if ((table & PTE_PRESENT) === 0) {
      table = this.#table() | DIRECTORY_FLAGS;
      this.#ram.store32(directoryEntry, table);
    }
    return ((table & ADDRESS_MASK) >>> 0) + 4 * (page & 1023);
  }

  /** Physical address behind a virtual one; undefined where nothing is mapped. */
  translate(virtual: number): number | undefined {
    return translate(this.#ram, this.root, virtual);
  }
}

/**
 * What the page tables at `root` say of an address, for reading or for writing with a kernel's rights; undefined where they lead out of RAM, too. Costs
 * no cycles and marks nothing.
 */
export function translate(ram: PhysicalMemory, root: number, virtual: number, write = false): number | undefined {
  const needed = write ? PTE_PRESENT | PTE_WRITE : PTE_PRESENT;
  const page = virtual >>> FRAME_SHIFT;
  const follow = (table: number, index: number): number | undefined => {
    const entry = table < ram.bytes ? ram.load32(table + 4 * index) : 0;
    const next = (entry & ADDRESS_MASK) >>> 0;
    return (entry & needed) === needed && next < ram.bytes ? next : undefined;
  };
  const table = follow(root, page >>> 10);
  const frame = table === undefined ? undefined : follow(table, page & 1023);
  return frame === undefined ? undefined : frame + (virtual & (FRAME_BYTES - 1));
}
