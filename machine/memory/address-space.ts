// A guest's linear memory: pages of 64 KiB from virtual address 0 on, mapped by page tables of its own that the firmware builds.
import {
  MOST_SPACE_ID,
  PAGE_BYTES,
  PTE_USER,
  SPACE_BYTES,
  SPACE_PAGES,
  SPACE_ROOT,
  SPACE_TAG,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { FIRMWARE_PAGE, PageTables } from './page-tables.ts';
import type { PhysicalMemory } from './physical-memory.ts';

export interface SpaceListener {
  /** Told the record of an address space that has got more pages. */
  grown(record: number): void;
  /** Told before bytes are written past the caches. */
  writing(): void;
}

/** What address spaces are made of, and who is told of what happens to them. */
export class AddressSpaces {
  readonly memory: MachineMemory;
  readonly ram: PhysicalMemory;
  readonly listener: SpaceListener;
  /** How many address spaces there have been. */
  made = 0;

  constructor(memory: MachineMemory, ram: PhysicalMemory, listener: SpaceListener) {
    this.memory = memory;
    this.ram = ram;
    this.listener = listener;
  }

  /** A TLB tag: its own as long as there are identifiers, then the one that keeps nothing apart. */
  tag(): number {
    this.made++;
    return this.made < MOST_SPACE_ID ? (this.made << 1) | 1 : 1;
  }
}

/** An address space as a snapshot keeps it; addresses of its record, its page directory and its pages. */
export interface SavedAddressSpace {
  readonly record: number;
  readonly root: number;
  readonly mostPages: number;
  readonly physical: readonly number[];
}

export class AddressSpace {
  /** Address of the record {pages, root, tag} that native code reads. */
  readonly record: number;
  readonly #spaces: AddressSpaces;
  readonly #tables: PageTables;
  readonly #mostPages: number;
  /** Physical address of each page. */
  readonly #physical: number[] = [];

  /** Throws a RangeError when the RAM does not hold `pages` pages of 64 KiB. `saved`: it is in RAM already. */
  constructor(spaces: AddressSpaces, pages: number, mostPages: number, saved?: SavedAddressSpace) {
    this.#spaces = spaces;
    this.#mostPages = mostPages;
    const { memory, ram } = spaces;
    this.#tables = new PageTables(ram, 0, saved?.root);
    this.record = saved?.record ?? memory.allocate(SPACE_BYTES);
    if (saved) {
      for (const physical of saved.physical) this.#physical.push(physical);
      return;
    }
    memory.store32(this.record + SPACE_ROOT, this.#tables.root);
    memory.store32(this.record + SPACE_TAG, spaces.tag());
    if (!this.grow(pages)) {
      throw new RangeError(
        `${pages} pages of 64 KiB do not fit into the machine's RAM (${ram.bytesLeft} of ${ram.bytes} bytes are left)`,
      );
    }
  }

  save(): SavedAddressSpace {
    const { record } = this;
    return { record, root: this.#tables.root, mostPages: this.#mostPages, physical: [...this.#physical] };
  }

  /** Size in pages of 64 KiB. */
  get pages(): number {
    return this.#physical.length;
  }

  /** Adds pages; false, and nothing changed, when there is no room for them. */
  grow(count: number): boolean {
    const { memory, ram } = this.#spaces;
    const wanted = this.pages + count;
    // A page table maps 64 of these pages; a block holds 16 tables.
    const blocks = count + Math.ceil((count / 64 + 1) / 16);
    if (wanted > this.#mostPages || blocks * PAGE_BYTES > ram.bytesLeft) return false;
    while (this.pages < wanted) {
      const physical = ram.allocateBlock() as number;
      this.#tables.map(this.pages * PAGE_BYTES, physical, PAGE_BYTES, FIRMWARE_PAGE | PTE_USER);
      this.#physical.push(physical);
    }
    memory.store32(this.record + SPACE_PAGES, wanted);
    this.#spaces.listener.grown(this.record);
    return true;
  }

  /** Whether [address, address + length) is mapped. */
  contains(address: number, length: number): boolean {
    return address + length <= this.pages * PAGE_BYTES;
  }

  /** Where the byte at a guest address, which must be mapped, is in machine memory. */
  hostAddress(address: number): number {
    const physical = this.#physical[Math.floor(address / PAGE_BYTES)] + (address % PAGE_BYTES);
    return this.#spaces.ram.hostAddress(physical);
  }

  /** A copy of the bytes at a guest address, which must be mapped. Costs no cycles. */
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#pieces(address, length, (physical, at, count) => bytes.set(this.#spaces.ram.read(physical, count), at));
    return bytes;
  }

  /** Writes bytes at a guest address, which must be mapped. Costs no cycles. */
  write(address: number, bytes: Uint8Array): void {
    this.#spaces.listener.writing();
    this.#pieces(address, bytes.length, (physical, at, count) =>
      this.#spaces.ram.write(physical, bytes.subarray(at, at + count)),
    );
  }

  #pieces(address: number, length: number, use: (physical: number, at: number, count: number) => void): void {
    for (let at = 0; at < length; ) {
      const offset = (address + at) % PAGE_BYTES;
      const count = Math.min(length - at, PAGE_BYTES - offset);
      use(this.#physical[Math.floor((address + at) / PAGE_BYTES)] + offset, at, count);
      at += count;
    }
  }
}
