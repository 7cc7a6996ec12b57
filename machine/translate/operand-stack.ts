// The guest's operand stack while a body is emitted. An entry is on the host's own stack, a constant not yet emitted, or the value
// of a variable; whatever must outlive a point or a label is moved into its variable, which host compilers see as a plain rename.
//
// Invariant: entries of kind HOST, from the bottom up, are exactly what the emitted code has left on the host's stack.
import { OP } from '../wasm/opcodes.ts';
import { F32, I32, I64, type ValueType } from '../wasm/types.ts';
import type { CodeWriter } from './code-writer.ts';
import type { Flow } from './flow.ts';
import type { HostLocals } from './locals.ts';
import { emitCanonical } from './nan.ts';
import type { Variables } from './variables.ts';

export const ON_HOST = 0;
const CONSTANT = 1;
const VARIABLE = 2;

interface Entry {
  kind: number;
  readonly type: ValueType;
  /** The variable, or the instruction that holds the constant. */
  from: number;
  /** Whether it may be a NaN with the host's bits: see nan.ts. */
  anyNaN: boolean;
}

export class OperandStack {
  readonly #writer: CodeWriter;
  readonly #flow: Flow;
  readonly #variables: Variables;
  /** Host local of each variable. */
  readonly #locals: HostLocals;
  readonly #localsOfArithmetic: Uint8Array;
  #entries: Entry[] = [];

  constructor(writer: CodeWriter, flow: Flow, locals: HostLocals, localsOfArithmetic: Uint8Array) {
    this.#localsOfArithmetic = localsOfArithmetic;
    this.#writer = writer;
    this.#flow = flow;
    this.#variables = flow.variables;
    this.#locals = locals;
  }

  get height(): number {
    return this.#entries.length;
  }

  pushHost(type: ValueType, anyNaN = false): void {
    this.#entries.push({ kind: ON_HOST, type, from: 0, anyNaN });
  }

  pushConstant(instruction: number, type: ValueType): void {
    this.#entries.push({ kind: CONSTANT, type, from: instruction, anyNaN: false });
  }

  pushVariable(variable: number): void {
    const anyNaN = this.#localsOfArithmetic[variable] === 1;
    this.#entries.push({ kind: VARIABLE, type: this.#variables.types[variable], from: variable, anyNaN });
  }

  /** Whether one of the top `count` entries may be a NaN with the host's bits. */
  anyNaN(count: number): boolean {
    for (let i = this.#entries.length - count; i < this.#entries.length; i++) {
      if (this.#entries[i].anyNaN) return true;
    }
    return false;
  }

  /** Makes the NaNs among the top `count` entries canonical, because somebody will look at their bits. */
  makeCanonical(count: number): void {
    if (!this.anyNaN(count)) return;
    this.settleTop(count);
    for (let i = this.#entries.length - count; i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (!entry.anyNaN) continue;
      emitCanonical(this.#writer, this.#locals.of(entry.from), entry.type);
      entry.anyNaN = false;
    }
  }

  /** Forgets `count` entries; those on the host's stack have been consumed by emitted code. */
  pop(count: number): void {
    this.#entries.length -= count;
  }

  /** Removes the top entry, from the host's stack too. */
  drop(): void {
    const entry = this.#entries.pop();
    if (entry?.kind === ON_HOST) this.#writer.op(OP.drop);
  }

  /** The constant that the top entry holds, as the index of its instruction; -1 for anything else. */
  get topConstant(): number {
    const entry = this.#entries[this.#entries.length - 1];
    return entry.kind === CONSTANT ? entry.from : -1;
  }

  typeAt(position: number): ValueType {
    return this.#entries[position].type;
  }

  #emit(entry: Entry): void {
    const writer = this.#writer;
    if (entry.kind === VARIABLE) {
      writer.get(this.#locals.of(entry.from));
      return;
    }
    const flow = this.#flow;
    const opcode = flow.opcodes[entry.from];
    if (opcode === OP.i32_const) writer.int(flow.a[entry.from]);
    else if (opcode === OP.i64_const) writer.long(flow.big[entry.from]);
    else if (opcode === OP.f32_const) {
      writer.op(opcode);
      writer.f32(flow.a[entry.from]);
    } else if (opcode === OP.f64_const) {
      writer.op(opcode);
      writer.f64(flow.big[entry.from]);
    } else {
      writer.int(0); // ref.null
    }
  }

  /** Pops the host's stack into variables, from the top down to the entry at `position`. */
  #unload(position: number): void {
    for (let i = this.#entries.length - 1; i >= position; i--) {
      const entry = this.#entries[i];
      if (entry.kind !== ON_HOST) continue;
      const variable = this.#variables.slot(i, entry.type);
      this.#writer.set(this.#locals.of(variable));
      entry.kind = VARIABLE;
      entry.from = variable;
    }
  }

  /** Leaves the top `count` entries on the host's stack, in order. */
  load(count: number): void {
    const first = this.#entries.length - count;
    let firstSymbolic = first;
    while (firstSymbolic < this.#entries.length && this.#entries[firstSymbolic].kind === ON_HOST) firstSymbolic++;
    for (let i = firstSymbolic; i < this.#entries.length; i++) {
      if (this.#entries[i].kind === ON_HOST) {
        this.#unload(firstSymbolic);
        break;
      }
    }
    for (let i = firstSymbolic; i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      this.#emit(entry);
      entry.kind = ON_HOST;
    }
  }

  /** Moves everything below the top `count` entries off the host's stack, and out of locals that may change. */
  settleBelow(count: number): void {
    const limit = this.#entries.length - count;
    for (let i = 0; i < limit; i++) {
      if (this.#entries[i].kind === ON_HOST) {
        this.#unload(i);
        break;
      }
    }
    for (let i = 0; i < limit; i++) this.#toSlot(i, false);
  }

  /** Moves the top `count` entries into the variables of their positions. */
  settleTop(count: number): void {
    const first = this.#entries.length - count;
    this.#unload(first);
    for (let i = first; i < this.#entries.length; i++) this.#toSlot(i, true);
  }

  #toSlot(position: number, constants: boolean): void {
    const entry = this.#entries[position];
    if (entry.kind === ON_HOST || (entry.kind === CONSTANT && !constants)) return;
    const variable = this.#variables.slot(position, entry.type);
    if (entry.kind === VARIABLE && entry.from === variable) return;
    this.#emit(entry);
    this.#writer.set(this.#locals.of(variable));
    entry.kind = VARIABLE;
    entry.from = variable;
  }

  /** Saves the entries that still mean the old value of a local, before it is written. */
  beforeSet(variable: number): void {
    for (let i = 0; i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (entry.kind === VARIABLE && entry.from === variable) this.#toSlot(i, false);
    }
  }

  /** Makes the stack `height` entries high, then pushes the variables that hold values of `types` there. */
  reset(height: number, types: readonly ValueType[]): void {
    this.#entries.length = height;
    for (const type of types) this.pushVariable(this.#variables.slot(this.#entries.length, type));
  }

  /** The variable of a position, for a value of a type. */
  slot(position: number, type: ValueType): number {
    return this.#variables.slot(position, type);
  }
}

/** Zero of a host type. */
export function emitZero(writer: CodeWriter, type: ValueType): void {
  if (type === I64) writer.long(0n);
  else if (type === F32) {
    writer.op(OP.f32_const);
    writer.f32(0);
  } else if (type === I32) writer.int(0);
  else {
    writer.op(OP.f64_const);
    writer.f64(0n);
  }
}
