// A guest's linear memory: 64 KiB pages from address 0 on, each somewhere in machine memory.
import { PAGE_BYTES, SPACE_BYTES, SPACE_PAGES, SPACE_TABLE, STAGGER_BYTES } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

/** Guest RAM in pages of 64 KiB; what is given out is zero. */
export class PageAllocator {
  /** Told the record of an address space whose pages have changed. */
  readonly changed: (record: number) => void;
  readonly #memory: MachineMemory;
  #left: number;

  constructor(memory: MachineMemory, bytes: number, changed: (record: number) => void) {
    this.changed = changed;
    this.#memory = memory;
    this.#left = Math.floor(bytes / PAGE_BYTES);
  }

  get pagesLeft(): number {
    return this.#left;
  }

  /** Host address of a page, or undefined when the RAM is used up. */
  allocate(): number | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    return this.#memory.allocate(PAGE_BYTES + STAGGER_BYTES, 128);
  }
}

export class AddressSpace {
  /** Address of the record {pages, table} that the slow path reads. */
  readonly record: number;
  readonly #memory: MachineMemory;
  readonly #ram: PageAllocator;
  readonly #mostPages: number;
  #capacity = 0;

  /** Throws a RangeError when the RAM does not hold `pages` pages of 64 KiB. */
  constructor(memory: MachineMemory, ram: PageAllocator, pages: number, mostPages: number) {
    this.#memory = memory;
    this.#ram = ram;
    this.#mostPages = mostPages;
    this.record = memory.allocate(SPACE_BYTES);
    if (!this.grow(pages)) {
      throw new RangeError(
        `${pages} pages of 64 KiB do not fit into the machine's RAM (${ram.pagesLeft} pages are left)`,
      );
    }
  }

  /** Size in pages of 64 KiB. */
  get pages(): number {
    return this.#memory.load32(this.record + SPACE_PAGES);
  }

  /** Adds pages; false, and nothing changed, when there is no room for them. */
  grow(count: number): boolean {
    const pages = this.pages;
    const wanted = pages + count;
    if (wanted > this.#mostPages || count > this.#ram.pagesLeft) return false;
    if (wanted > this.#capacity) this.#reserve(wanted);
    const table = this.#memory.load32(this.record + SPACE_TABLE);
    for (let page = pages; page < wanted; page++) {
      this.#memory.store32(table + 4 * page, this.#ram.allocate() as number);
    }
    this.#memory.store32(this.record + SPACE_PAGES, wanted);
    this.#ram.changed(this.record);
    return true;
  }

  #reserve(wanted: number): void {
    const capacity = Math.max(wanted, this.#capacity * 2, 16);
    const table = this.#memory.allocate(4 * capacity);
    const old = this.#memory.load32(this.record + SPACE_TABLE);
    this.#memory.u32.copyWithin(table >>> 2, old >>> 2, (old >>> 2) + this.pages);
    if (this.#capacity > 0) this.#memory.release(old, 4 * this.#capacity);
    this.#memory.store32(this.record + SPACE_TABLE, table);
    this.#capacity = capacity;
  }

  /** Whether [address, address + length) is mapped. */
  contains(address: number, length: number): boolean {
    return address + length <= this.pages * PAGE_BYTES;
  }

  /** Where the byte at a guest address, which must be mapped, is in machine memory. */
  hostAddress(address: number): number {
    const table = this.#memory.load32(this.record + SPACE_TABLE);
    return this.#memory.load32(table + 4 * Math.floor(address / PAGE_BYTES)) + (address % PAGE_BYTES);
  }

  /** A copy of the bytes at a guest address, which must be mapped. Costs no cycles. */
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#pieces(address, length, (host, at, count) => bytes.set(this.#memory.u8.subarray(host, host + count), at));
    return bytes;
  }

  /** Writes bytes at a guest address, which must be mapped. Costs no cycles. */
  write(address: number, bytes: Uint8Array): void {
    this.#pieces(address, bytes.length, (host, at, count) => this.#memory.u8.set(bytes.subarray(at, at + count), host));
  }

  #pieces(address: number, length: number, use: (host: number, at: number, count: number) => void): void {
    for (let at = 0; at < length; ) {
      const count = Math.min(length - at, PAGE_BYTES - ((address + at) % PAGE_BYTES));
      use(this.hostAddress(address + at), at, count);
      at += count;
    }
  }
}
