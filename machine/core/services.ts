// The instructions that a translation turns into calls of built-in functions: memory.size, memory.grow and memory.init, everything
// on tables but call_indirect, and the waiting and waking of the threads proposal. One set an instance.
//
// Parameters are in the callee's frame, followed by the instruction's two immediates; results go where the parameters were.

import type { AddressSpace } from '../memory/address-space.ts';
import {
  BULK_INIT,
  CAUSE_EXPECTED_SHARED,
  CAUSE_MEMORY_BOUNDS,
  CAUSE_TABLE_BOUNDS,
  CAUSE_UNALIGNED_ATOMIC,
  CODE_BUILTIN,
  CODE_BULK,
  FRAME_CODE,
  FRAME_POINT,
  FRAME_VALUES,
  LEAVE_AGAIN,
  LEAVE_WAIT,
  PAGE_BYTES,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { OP } from '../wasm/opcodes.ts';
import type { Builtin } from './function-table.ts';
import { LeaveRequest } from './function-table.ts';
import type { Instance } from './instance.ts';
import { TrapRequest } from './trap.ts';
import { WAIT_NOT_EQUAL, type Waiters } from './waiters.ts';

export interface ServiceContext {
  readonly memory: MachineMemory;
  readonly waiters: Waiters;
  /** The running core and its time in ticks. */
  readonly core: () => number;
  readonly ticks: () => number;
}

/** What memory.size answers to a kernel: all but the last of its 65536 pages, because their bytes do not fit into 32 bits. */
const KERNEL_PAGES = 65535;

type Service = (instance: Instance, frame: Frame, context: ServiceContext) => void;

/** A built-in function's frame: parameters as they were pushed, in words of eight bytes. */
class Frame {
  readonly address: number;
  readonly #memory: MachineMemory;

  constructor(memory: MachineMemory, address: number) {
    this.#memory = memory;
    this.address = address;
  }

  /** The i-th parameter as an unsigned 32-bit number. */
  u32(i: number): number {
    return this.#memory.load32(this.address + FRAME_VALUES + 8 * i);
  }

  u64(i: number): bigint {
    return this.#memory.load64(this.address + FRAME_VALUES + 8 * i);
  }

  answer(value: number): void {
    this.#memory.store32(this.address + FRAME_VALUES, value);
  }
}

function spaceOf(instance: Instance): AddressSpace {
  return instance.space as AddressSpace;
}

function checkTable(within: boolean): void {
  if (!within) throw new TrapRequest(CAUSE_TABLE_BOUNDS);
}

/** Host address of an atomic operation's word. */
function atomicWord(instance: Instance, address: number, size: number): number {
  // In a virtual address space there is nobody to keep the waiters of a word whose page moves: kernels have monitor and mwait.
  if (instance.virtual) throw new TrapRequest(CAUSE_EXPECTED_SHARED);
  const space = spaceOf(instance);
  if (!space.contains(address, size)) throw new TrapRequest(CAUSE_MEMORY_BOUNDS);
  if (address % size !== 0) throw new TrapRequest(CAUSE_UNALIGNED_ATOMIC);
  return space.hostAddress(address);
}

function wait(instance: Instance, frame: Frame, context: ServiceContext, size: 4 | 8): void {
  const { memory } = context;
  const host = atomicWord(instance, frame.u32(0) + frame.u32(4), size);
  if (!instance.memory?.limits.shared) throw new TrapRequest(CAUSE_EXPECTED_SHARED);
  const equal = size === 4 ? memory.load32(host) === frame.u32(1) : memory.load64(host) === frame.u64(1);
  if (!equal) return frame.answer(WAIT_NOT_EQUAL);
  const timeout = BigInt.asIntN(64, frame.u64(2));
  // The threads proposal's nanoseconds are cycles here: the reference clock is taken to run at 1 GHz.
  const now = context.ticks();
  const deadline = timeout < 0n ? undefined : now + Number(timeout) * TICKS_PER_CYCLE;
  memory.store32(frame.address + FRAME_CODE, CODE_BUILTIN);
  memory.store32(frame.address + FRAME_POINT, 0);
  context.waiters.add(context.core(), host, now, deadline);
  throw new LeaveRequest(LEAVE_WAIT);
}

const SERVICES: ReadonlyMap<number, Service> = new Map<number, Service>([
  [OP.memory_size, (instance, frame) => frame.answer(instance.virtual ? KERNEL_PAGES : spaceOf(instance).pages)],
  [
    OP.memory_grow,
    (instance, frame) => {
      if (instance.virtual) return frame.answer(0xffff_ffff);
      const before = spaceOf(instance).pages;
      frame.answer(spaceOf(instance).grow(frame.u32(0)) ? before : 0xffff_ffff);
    },
  ],
  [
    OP.memory_init,
    (instance, frame, { memory }) => {
      const [destination, source, count, segment] = [0, 1, 2, 3].map((i) => frame.u32(i));
      const data = instance.data(segment);
      if (source + count > data.length) throw new TrapRequest(CAUSE_MEMORY_BOUNDS);
      const end = instance.virtual ? 2 ** 32 : spaceOf(instance).pages * PAGE_BYTES;
      if (destination + count > end) throw new TrapRequest(CAUSE_MEMORY_BOUNDS);
      memory.store32(frame.address + FRAME_CODE, CODE_BULK);
      memory.store32(frame.address + FRAME_POINT, BULK_INIT);
      memory.store32(frame.address + FRAME_VALUES, destination);
      memory.store32(frame.address + FRAME_VALUES + 4, data.address + source);
      memory.store32(frame.address + FRAME_VALUES + 8, count);
      throw new LeaveRequest(LEAVE_AGAIN);
    },
  ],
  [OP.data_drop, (instance, frame) => instance.dropData(frame.u32(0))],
  [OP.elem_drop, (instance, frame) => instance.dropElements(frame.u32(0))],
  [
    OP.table_get,
    (instance, frame) => {
      const table = instance.tables[frame.u32(1)];
      checkTable(frame.u32(0) < table.length);
      frame.answer(table.get(frame.u32(0)));
    },
  ],
  [
    OP.table_set,
    (instance, frame) => {
      const table = instance.tables[frame.u32(2)];
      checkTable(frame.u32(0) < table.length);
      instance.storeReference(table, frame.u32(0), frame.u32(1));
    },
  ],
  [OP.table_size, (instance, frame) => frame.answer(instance.tables[frame.u32(0)].length)],
  [
    OP.table_grow,
    (instance, frame) => {
      const table = instance.tables[frame.u32(2)];
      const before = table.length;
      const [reference, signature] = instance.tableEntry(table, frame.u32(0));
      frame.answer(table.grow(frame.u32(1), reference, signature) ? before : 0xffff_ffff);
    },
  ],
  [
    OP.table_fill,
    (instance, frame) => {
      const table = instance.tables[frame.u32(3)];
      const [start, reference, count] = [0, 1, 2].map((i) => frame.u32(i));
      checkTable(start + count <= table.length);
      for (let i = 0; i < count; i++) instance.storeReference(table, start + i, reference);
    },
  ],
  [
    OP.table_copy,
    (instance, frame) => {
      const [destination, source, count] = [0, 1, 2].map((i) => frame.u32(i));
      const to = instance.tables[frame.u32(3)];
      const from = instance.tables[frame.u32(4)];
      checkTable(source + count <= from.length && destination + count <= to.length);
      const entries = Array.from({ length: count }, (_, i) => from.get(source + i));
      entries.forEach((reference, i) => {
        instance.storeReference(to, destination + i, reference);
      });
    },
  ],
  [
    OP.table_init,
    (instance, frame) => {
      const [destination, source, count] = [0, 1, 2].map((i) => frame.u32(i));
      instance.initializeTable(instance.tables[frame.u32(4)], frame.u32(3), destination, source, count);
    },
  ],
  [OP.memory_atomic_wait32, (instance, frame, context) => wait(instance, frame, context, 4)],
  [OP.memory_atomic_wait64, (instance, frame, context) => wait(instance, frame, context, 8)],
  [
    OP.memory_atomic_notify,
    (instance, frame, context) => {
      const host = atomicWord(instance, frame.u32(0) + frame.u32(3), 4);
      frame.answer(context.waiters.notify(host, frame.u32(1), context.ticks(), context.core()));
    },
  ],
]);

const ORDINALS: ReadonlyMap<number, number> = new Map([...SERVICES.keys()].map((opcode, i) => [opcode, i + 1]));

/** Number of an instruction's service among an instance's, from 1 on. */
export function serviceOrdinal(opcode: number): number {
  return ORDINALS.get(opcode) as number;
}

/** The built-in function behind an instruction, for one instance. */
export function serviceFor(opcode: number, instance: Instance, context: ServiceContext): Builtin {
  const service = SERVICES.get(opcode);
  if (!service) throw new Error(`no service for opcode 0x${opcode.toString(16)}`);
  return (frame) => {
    service(instance, new Frame(context.memory, frame), context);
    return false;
  };
}
