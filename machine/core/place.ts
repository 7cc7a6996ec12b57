// Where globals, tables and what is left of segments are in machine memory: at an address, or in the block of whatever link runs.
import { CORE_LINK, REG_CORE } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

const ALIGNMENT = 16;

/** Bytes that `bytes` take in a block. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

export interface Place {
  /** What generated code knows: the address, or the distance from the beginning of the block. */
  readonly constant: number;
  readonly address: number;
}

/** An address. */
export class At implements Place {
  readonly constant: number;

  constructor(address: number) {
    this.constant = address;
  }

  get address(): number {
    return this.constant;
  }
}

/** Where what an instance has of its own is put, zero to begin with. */
export interface Area {
  /** The constant of a place for as many bytes. */
  take(bytes: number): number;
  at(constant: number): Place;
}

/** Anywhere in machine memory. */
export function anywhere(memory: MachineMemory): Area {
  return { take: (bytes) => memory.allocate(bytes), at: (address) => new At(address) };
}

/** The block of the link that runs, or of one that is being made. */
export class CurrentBlock {
  readonly #memory: MachineMemory;
  #made: number | undefined;

  constructor(memory: MachineMemory) {
    this.#memory = memory;
  }

  get address(): number {
    const memory = this.#memory;
    return this.#made ?? memory.load32(memory.load32(REG_CORE) + CORE_LINK);
  }

  /** Lets `make` find another block instead. */
  during<T>(block: number, make: () => T): T {
    this.#made = block;
    try {
      return make();
    } finally {
      this.#made = undefined;
    }
  }

  /** The place at a distance from the beginning of the block. */
  at(distance: number): Place {
    return new InBlock(this, distance);
  }

  /** The block from a distance on. */
  from(distance: number): Area {
    let next = distance;
    return {
      take: (bytes) => {
        const taken = next;
        next += aligned(bytes);
        return taken;
      },
      at: (constant) => this.at(constant),
    };
  }
}

class InBlock implements Place {
  readonly constant: number;
  readonly #block: CurrentBlock;

  constructor(block: CurrentBlock, distance: number) {
    this.constant = distance;
    this.#block = block;
  }

  get address(): number {
    return this.#block.address + this.constant;
  }
}
