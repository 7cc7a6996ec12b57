// What instances import and export: functions, memories, tables and globals, as they are in machine memory.
import type { AddressSpace } from '../memory/address-space.ts';
import { TABLE_BYTES, TABLE_CAPACITY, TABLE_ENTRIES, TABLE_LENGTH } from '../state/layout.ts';
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
import { At, type Place } from './place.ts';

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
  /** Whether [address, address + length) is mapped; with `write`, whether it may be written. */
  contains(address: number, length: number, write?: boolean): boolean;
  /** A copy of the bytes at an address, which must be mapped. */
  read(address: number, length: number): Uint8Array;
  /** Physical address of a byte, where there are page tables that the guest makes; undefined where it is not mapped. */
  physical?(address: number): number | undefined;
  /** Writes bytes at an address, where they may be written. */
  write(address: number, bytes: Uint8Array): void;
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

/** A table as a snapshot keeps it: where its record is, as generated code knows it. */
export interface SavedTable {
  readonly place: number;
  readonly type: TableType;
  readonly shared: boolean;
}

export class TableRef {
  readonly kind = 'table';
  readonly type: TableType;
  /** Where its record {length, entries, capacity} is. */
  readonly place: Place;
  /** Whether more than one instance can see it. */
  shared = false;
  readonly #memory: MachineMemory;

  /** `place`: of its record, which is zero or has entries already. */
  constructor(memory: MachineMemory, type: TableType, place: Place = new At(memory.allocate(TABLE_BYTES))) {
    this.#memory = memory;
    this.type = type;
    this.place = place;
  }

  /** Gives a new table the entries that its type asks for. */
  fill(): this {
    this.grow(this.type.limits.min, 0, 0);
    return this;
  }

  save(): SavedTable {
    return { place: this.place.constant, type: this.type, shared: this.shared };
  }

  get record(): number {
    return this.place.address;
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
    const memory = this.#memory;
    const { record } = this;
    const room = memory.load32(record + TABLE_CAPACITY);
    if (wanted > room) {
      const capacity = Math.max(wanted, 2 * room);
      const entries = memory.allocate(8 * capacity);
      const old = memory.load32(record + TABLE_ENTRIES);
      memory.u8.copyWithin(entries, old, old + 8 * length);
      if (room > 0) memory.release(old, 8 * room);
      memory.store32(record + TABLE_ENTRIES, entries);
      memory.store32(record + TABLE_CAPACITY, capacity);
    }
    memory.store32(record + TABLE_LENGTH, wanted);
    for (let i = length; i < wanted; i++) this.set(i, reference, signature);
    return true;
  }
}

export class GlobalRef {
  readonly kind = 'global';
  readonly type: GlobalType;
  /** Where its eight bytes are. */
  readonly place: Place;
  readonly #memory: MachineMemory;

  constructor(memory: MachineMemory, type: GlobalType, place: Place = new At(memory.allocate(8))) {
    this.#memory = memory;
    this.type = type;
    this.place = place;
  }

  get(): bigint {
    return maskBits(this.type.type, this.#memory.load64(this.place.address));
  }

  set(bits: bigint): void {
    this.#memory.store64(this.place.address, bits);
  }
}

export type ExternalValue = FunctionRef | MemoryRef | TableRef | GlobalRef;

/** What a module is given: by module name, then by name. */
export type Imports = Readonly<Record<string, Readonly<Record<string, ExternalValue | HostFunction>>>>;

/** The bits of a value that its type has. */
export function maskBits(type: ValueType, bits: bigint): bigint {
  return type === I32 || type === F32 || isReferenceType(type) ? bits & 0xffff_ffffn : bits & 0xffff_ffff_ffff_ffffn;
}
