// What instances import and export: functions, memories, tables and globals, as they are in machine memory.
import type { AddressSpace } from '../memory/address-space.ts';
import { TABLE_BYTES, TABLE_ENTRIES, TABLE_LENGTH } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import {
  F32,
  type FunctionType,
  type GlobalType,
  I32,
  isReferenceType,
  type Limits,
  type TableType,
  type ValueType,
} from '../wasm/types.ts';
import type { Instance } from './instance.ts';

/** A function in the machine's function table, where its index is `id`; the code that resumes it is at `id + 1`. */
export interface FunctionRef {
  readonly kind: 'function';
  readonly id: number;
  readonly type: FunctionType;
  /** Where it was defined; nothing for built-in functions. */
  readonly instance: Instance | undefined;
  /** Index in the instance's module. */
  readonly index: number;
  readonly name: string;
}

/** Guest memory as host functions see it. */
export interface GuestMemory {
  /** Whether [address, address + length) is mapped. */
  contains(address: number, length: number): boolean;
  /** A copy of the bytes at an address, which must be mapped. */
  read(address: number, length: number): Uint8Array;
}

/** Where a host function was called from. */
export interface CallSite {
  readonly core: number;
  /** Cycle of the core at the call. */
  readonly cycle: number;
  /** The caller's memory, if it has one. */
  readonly space: GuestMemory | undefined;
}

/** A function of the embedder. Values are bits: see machine.ts. It may throw a TrapRequest. */
export interface HostFunction {
  readonly type: FunctionType;
  call(args: bigint[], site: CallSite): bigint[];
}

export interface MemoryRef {
  readonly kind: 'memory';
  readonly space: AddressSpace;
  readonly limits: Limits;
}

/** Entries beyond which no table grows. */
export const MOST_TABLE_ENTRIES = 10_000_000;

/** A table as a snapshot keeps it: where its record is, and what its entries have room for. */
export interface SavedTable {
  readonly record: number;
  readonly type: TableType;
  readonly shared: boolean;
  readonly capacity: number;
}

export class TableRef {
  readonly kind = 'table';
  readonly type: TableType;
  /** Address of {length, entries}. */
  readonly record: number;
  /** Whether more than one instance can see it. */
  shared = false;
  readonly #memory: MachineMemory;
  #capacity = 0;

  /** `saved`: it is in machine memory already. */
  constructor(memory: MachineMemory, type: TableType, saved?: SavedTable) {
    this.#memory = memory;
    this.type = type;
    this.record = saved?.record ?? memory.allocate(TABLE_BYTES);
    if (saved) {
      this.shared = saved.shared;
      this.#capacity = saved.capacity;
      return;
    }
    this.grow(type.limits.min, 0, 0);
  }

  save(): SavedTable {
    return { record: this.record, type: this.type, shared: this.shared, capacity: this.#capacity };
  }

  get length(): number {
    return this.#memory.load32(this.record + TABLE_LENGTH);
  }

  #entry(index: number): number {
    return this.#memory.load32(this.record + TABLE_ENTRIES) + 8 * index;
  }

  /** The reference at an index below the length. */
  get(index: number): number {
    return this.#memory.load32(this.#entry(index));
  }

  signature(index: number): number {
    return this.#memory.load32(this.#entry(index) + 4);
  }

  set(index: number, reference: number, signature: number): void {
    const entry = this.#entry(index);
    this.#memory.store32(entry, reference);
    this.#memory.store32(entry + 4, signature);
  }

  /** Adds entries; false, and nothing changed, when the table may not get that long. */
  grow(count: number, reference: number, signature: number): boolean {
    const length = this.length;
    const wanted = length + count;
    if (wanted > Math.min(this.type.limits.max ?? MOST_TABLE_ENTRIES, MOST_TABLE_ENTRIES)) return false;
    if (wanted > this.#capacity) {
      const capacity = Math.max(wanted, 2 * this.#capacity);
      const entries = this.#memory.allocate(8 * capacity);
      const old = this.#memory.load32(this.record + TABLE_ENTRIES);
      this.#memory.u8.copyWithin(entries, old, old + 8 * length);
      if (this.#capacity > 0) this.#memory.release(old, 8 * this.#capacity);
      this.#memory.store32(this.record + TABLE_ENTRIES, entries);
      this.#capacity = capacity;
    }
    this.#memory.store32(this.record + TABLE_LENGTH, wanted);
    for (let i = length; i < wanted; i++) this.set(i, reference, signature);
    return true;
  }
}

export class GlobalRef {
  readonly kind = 'global';
  readonly type: GlobalType;
  /** Address of its eight bytes. */
  readonly address: number;
  readonly #memory: MachineMemory;

  constructor(memory: MachineMemory, type: GlobalType, address = memory.allocate(8)) {
    this.#memory = memory;
    this.type = type;
    this.address = address;
  }

  get(): bigint {
    return maskBits(this.type.type, this.#memory.load64(this.address));
  }

  set(bits: bigint): void {
    this.#memory.store64(this.address, bits);
  }
}

export type ExternalValue = FunctionRef | MemoryRef | TableRef | GlobalRef;

/** What a module is given: by module name, then by name. */
export type Imports = Readonly<Record<string, Readonly<Record<string, ExternalValue | HostFunction>>>>;

/** The bits of a value that its type has. */
export function maskBits(type: ValueType, bits: bigint): bigint {
  return type === I32 || type === F32 || isReferenceType(type) ? bits & 0xffff_ffffn : bits & 0xffff_ffff_ffff_ffffn;
}
