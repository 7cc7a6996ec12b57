// The validator's two stacks: operand types and control frames (specification, appendix "Validation algorithm"). Behind an
// unconditional branch the operand stack is polymorphic: what is popped below its frame's height is of unknown type.
import { invalid, tooLarge, type WasmError } from './errors.ts';
import { MAX_OPERAND_STACK } from './limits.ts';
import { OP, OPCODES } from './opcodes.ts';
import { typeName, type ValueType } from './types.ts';

/** The type of an operand that unreachable code pops from nowhere. */
export const UNKNOWN = 0;

/** A block, loop, if, else or a function's body that is open. */
export interface Frame {
  opcode: number;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Operand stack height below its parameters. */
  readonly height: number;
  unreachable: boolean;
}

/** Where the instruction is that is validated, for messages. */
export interface Site {
  readonly opcode: number;
  readonly offset: number;
}

export class OperandStack {
  readonly #site: Site;
  readonly #where: string;
  #types: Uint8Array;
  #height = 0;
  readonly #frames: Frame[] = [];
  #frame: Frame = { opcode: OP.block, params: [], results: [], height: 0, unreachable: false };

  /** `types` is working memory that stacks of one module share. */
  constructor(site: Site, types: Uint8Array, where: string) {
    this.#site = site;
    this.#types = types;
    this.#where = where;
  }

  /** The working memory, which may have grown. */
  get types(): Uint8Array {
    return this.#types;
  }

  get frame(): Frame {
    return this.#frame;
  }

  /** Number of open frames. */
  get depth(): number {
    return this.#frames.length;
  }

  push(type: number): void {
    if (this.#height === this.#types.length) this.#grow();
    this.#types[this.#height++] = type;
  }

  pushAll(types: readonly ValueType[]): void {
    for (let i = 0; i < types.length; i++) this.push(types[i]);
  }

  /** Pops an operand of any type, which may be UNKNOWN. */
  popAny(): number {
    if (this.#height === this.#frame.height) {
      if (this.#frame.unreachable) return UNKNOWN;
      throw this.error(`type mismatch: ${this.#instruction()} expects a value, found nothing`);
    }
    return this.#types[--this.#height];
  }

  pop(expected: ValueType): void {
    if (this.#height === this.#frame.height) {
      if (this.#frame.unreachable) return;
      throw this.#mismatch(expected, undefined);
    }
    const found = this.#types[--this.#height];
    if (found !== expected && found !== UNKNOWN) throw this.#mismatch(expected, found);
  }

  popAll(types: readonly ValueType[]): void {
    for (let i = types.length - 1; i >= 0; i--) this.pop(types[i]);
  }

  /** Checks that the stack ends in these types, and leaves it as it is. */
  expect(types: readonly ValueType[]): void {
    const floor = this.#frame.height;
    for (let i = types.length - 1, at = this.#height - 1; i >= 0; i--, at--) {
      if (at < floor) {
        if (this.#frame.unreachable) return;
        throw this.#mismatch(types[i], undefined);
      }
      const found = this.#types[at];
      if (found !== types[i] && found !== UNKNOWN) throw this.#mismatch(types[i], found);
    }
  }

  open(opcode: number, params: readonly ValueType[], results: readonly ValueType[]): void {
    this.#frame = { opcode, params, results, height: this.#height, unreachable: false };
    this.#frames.push(this.#frame);
    this.pushAll(params);
  }

  /** Checks and pops the results of the innermost frame, and closes it; pushing them is left to the caller. */
  close(): Frame {
    const frame = this.#frame;
    this.popAll(frame.results);
    if (this.#height !== frame.height) {
      const extra = this.#height - frame.height;
      throw this.error(`type mismatch: ${extra} values more than its results are left at the end of a block`);
    }
    this.#frames.pop();
    if (this.#frames.length > 0) this.#frame = this.#frames[this.#frames.length - 1];
    return frame;
  }

  /** The rest of the innermost frame cannot be reached. */
  setUnreachable(): void {
    this.#height = this.#frame.height;
    this.#frame.unreachable = true;
  }

  /** The types that a branch to a label takes. */
  label(depth: number): readonly ValueType[] {
    if (depth >= this.#frames.length) throw this.error(`unknown label ${depth}`);
    const frame = this.#frames[this.#frames.length - 1 - depth];
    return frame.opcode === OP.loop ? frame.params : frame.results;
  }

  error(message: string): WasmError {
    return invalid(`${message} in ${this.#where}`, this.#site.offset);
  }

  #instruction(): string {
    return OPCODES[this.#site.opcode]?.name ?? 'instruction';
  }

  #mismatch(expected: ValueType, found: number | undefined): WasmError {
    const what = found === undefined ? 'nothing' : typeName(found);
    return this.error(`type mismatch: ${this.#instruction()} expects ${typeName(expected)}, found ${what}`);
  }

  #grow(): void {
    const size = this.#types.length;
    if (size >= MAX_OPERAND_STACK)
      throw tooLarge('operands on the stack', size + 1, MAX_OPERAND_STACK, this.#site.offset);
    const larger = new Uint8Array(Math.min(MAX_OPERAND_STACK, size * 2));
    larger.set(this.#types);
    this.#types = larger;
  }
}
