// A look into the address space of the core that runs, as its page tables are now: for instruments and devices, which leave no trace in TLB or
// private caches.
import { CORE_PAGES, CORE_ROOT, FRAME_BYTES, REG_CORE } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { translate } from './page-tables.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** CORE_PAGES of a core whose page tables alone say what is mapped. */
export const ALL_PAGES = 0x10000;

export class VirtualMemory {
  readonly #memory: MachineMemory;
  readonly #ram: PhysicalMemory;

  /** Told before bytes are written past the caches. */
  writing: (() => void) | undefined;

  constructor(memory: MachineMemory, ram: PhysicalMemory) {
    this.#memory = memory;
    this.#ram = ram;
  }

  /** Physical address of a byte, if it is RAM and may be read or written. */
  #translate(address: number, write = false): number | undefined {
    const core = this.#memory.load32(REG_CORE);
    if (this.#memory.load32(core + CORE_PAGES) !== ALL_PAGES) return undefined;
    return translate(this.#ram, this.#memory.load32(core + CORE_ROOT), address, write);
  }

  physical(address: number): number | undefined {
    return this.#translate(address);
  }

  /** Whether [address, address + length) is mapped; with `write`, whether it may be written. */
  contains(address: number, length: number, write = false): boolean {
    if (address + length > 2 ** 32) return false;
    for (let at = address - (address % FRAME_BYTES); at < address + length; at += FRAME_BYTES) {
      if (this.#translate(at, write) === undefined) return false;
    }
    return true;
  }

  /** A copy of the bytes at an address, which must be mapped. */
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#pieces(address, length, (physical, at, count) =>
      this.#ram.readInto(physical, bytes.subarray(at, at + count)),
    );
    return bytes;
  }

  /** Writes bytes where they may be written, as a device does: no page table entry is marked. */
  write(address: number, bytes: Uint8Array): void {
    this.writing?.();
    this.#pieces(address, bytes.length, (physical, at, count) =>
      this.#ram.write(physical, bytes.subarray(at, at + count)),
    );
  }

  #pieces(address: number, length: number, use: (physical: number, at: number, count: number) => void): void {
    for (let at = 0; at < length; ) {
      const count = Math.min(length - at, FRAME_BYTES - ((address + at) % FRAME_BYTES));
      use(this.#translate(address + at) as number, at, count);
      at += count;
    }
  }
}
