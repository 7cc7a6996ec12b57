// The contexts that guests know, by their numbers, from 1 on. The table is in machine memory, because context_switch is native code.
import {
  CONTEXT_CORE,
  CONTEXT_FLAGS,
  CONTEXT_GROUP,
  CONTEXT_READY,
  REG_CONTEXT_COUNT,
  REG_CONTEXTS,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { Context } from './context.ts';
import type { FunctionRef } from './external.ts';

const MOST_CONTEXTS = 65536;

/** Addresses of the contexts' records by their numbers (0 where there is none), numbers that are free, and room in the table. */
export interface SavedContexts {
  readonly records: readonly number[];
  readonly free: readonly number[];
  readonly capacity: number;
}

export class Contexts {
  readonly #memory: MachineMemory;
  readonly #stackBytes: number;
  readonly #contexts: (Context | undefined)[] = [undefined];
  /** Numbers that are free again, the last one first. */
  readonly #free: number[] = [];
  #capacity = 0;

  /** `stackBytes`: what the frames of one context can take. */
  constructor(memory: MachineMemory, stackBytes: number) {
    this.#memory = memory;
    this.#stackBytes = stackBytes;
    this.#grow();
  }

  /** Numbers of the contexts that there are, ascending. */
  get ids(): number[] {
    return this.#contexts.flatMap((context, id) => (context ? [id] : []));
  }

  /** The context with a number; undefined where there is none. */
  of(id: number): Context | undefined {
    return this.#contexts[id];
  }

  /**
   * A context that will call a function, on no core and in no link. `flags`: CONTEXT_* bits. Undefined when there are too many or machine memory is
   * used up.
   */
  create(target: FunctionRef, args: readonly bigint[], flags: number): Context | undefined {
    const context = this.#make(() => new Context(this.#memory, this.#stackBytes));
    if (!context) return undefined;
    const { record } = context;
    context.enter(target, args);
    this.#memory.store32(record + CONTEXT_FLAGS, flags);
    return context;
  }

  /** A copy of a context, in no link; it must be on no core or stand with complete frames. Undefined as for `create`. */
  fork(context: Context): Context | undefined {
    return this.#make(() => context.fork());
  }

  /** The context is gone; it must be on no core. */
  destroy(context: Context): void {
    const { id } = context;
    this.#contexts[id] = undefined;
    this.#free.push(id);
    this.#memory.store32(this.#memory.load32(REG_CONTEXTS) + 4 * id, 0);
    context.destroy();
  }

  /** Whether nothing runs the context, and something can. */
  isReady(context: Context): boolean {
    return context.state === CONTEXT_READY && this.#memory.load32(context.record + CONTEXT_CORE) === 0;
  }

  /** Whether a core runs the context, or sleeps on it. */
  isOn(context: Context): boolean {
    return this.#memory.load32(context.record + CONTEXT_CORE) !== 0;
  }

  setGroup(context: Context, group: number): void {
    this.#memory.store32(context.record + CONTEXT_GROUP, group);
  }

  group(context: Context): number {
    return this.#memory.load32(context.record + CONTEXT_GROUP);
  }

  save(): SavedContexts {
    const records = Array.from(this.#contexts, (context) => context?.record ?? 0);
    return { records, free: [...this.#free], capacity: this.#capacity };
  }

  /** When machine memory is restored already. */
  restore({ records, free, capacity }: SavedContexts): void {
    records.forEach((record, id) => {
      this.#contexts[id] = record === 0 ? undefined : new Context(this.#memory, this.#stackBytes, record);
    });
    this.#free.push(...free);
    this.#capacity = capacity;
  }

  #make(make: () => Context): Context | undefined {
    const id = this.#free.at(-1) ?? this.#contexts.length;
    if (id === MOST_CONTEXTS) return undefined;
    let context: Context;
    try {
      context = make();
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
    if (this.#free.length > 0) this.#free.pop();
    if (id >= this.#capacity) this.#grow();
    context.id = id;
    this.#contexts[id] = context;
    this.#memory.store32(this.#memory.load32(REG_CONTEXTS) + 4 * id, context.record);
    return context;
  }

  #grow(): void {
    const memory = this.#memory;
    const capacity = Math.max(256, 2 * this.#capacity);
    const table = memory.allocate(4 * capacity);
    const old = memory.load32(REG_CONTEXTS);
    memory.u8.copyWithin(table, old, old + 4 * this.#capacity);
    if (this.#capacity > 0) memory.release(old, 4 * this.#capacity);
    memory.store32(REG_CONTEXTS, table);
    memory.store32(REG_CONTEXT_COUNT, capacity);
    this.#capacity = capacity;
  }
}
