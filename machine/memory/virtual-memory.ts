// A look into the address space of the core that runs, as its page tables are now: for the instruments, which cost nothing and leave no
// trace in TLB or caches.
import { CORE_PAGES, CORE_ROOT, FRAME_BYTES, REG_CORE } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { translate } from './page-tables.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** CORE_PAGES of a core whose page tables alone say what is mapped. */
export const ALL_PAGES = 0x10000;

export class VirtualMemory {
  readonly #memory: MachineMemory;
  readonly #ram: PhysicalMemory;

  constructor(memory: MachineMemory, ram: PhysicalMemory) {
    this.#memory = memory;
    this.#ram = ram;
  }

  #translate(address: number): number | undefined {
    const core = this.#memory.load32(REG_CORE);
    if (this.#memory.load32(core + CORE_PAGES) !== ALL_PAGES) return undefined;
    return translate(this.#ram, this.#memory.load32(core + CORE_ROOT), address);
  }

  /** Whether [address, address + length) is mapped. */
  contains(address: number, length: number): boolean {
    if (address + length > 2 ** 32) return false;
    for (let at = address - (address % FRAME_BYTES); at < address + length; at += FRAME_BYTES) {
      if (this.#translate(at) === undefined) return false;
    }
    return true;
  }

  /** A copy of the bytes at an address, which must be mapped. */
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const count = Math.min(length - at, FRAME_BYTES - ((address + at) % FRAME_BYTES));
      bytes.set(this.#ram.read(this.#translate(address + at) as number, count), at);
      at += count;
    }
    return bytes;
  }
}
