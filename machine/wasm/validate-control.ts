// Validates structured control and selection: the instructions that depend on block types, labels and the operands' own types.
import { malformed, tooLarge } from './errors.ts';
import type { IndexSpaces } from './index-spaces.ts';
import { EMPTY_BLOCK, type InstructionReader } from './instruction-reader.ts';
import { MAX_BRANCH_TARGETS } from './limits.ts';
import { OP } from './opcodes.ts';
import { type OperandStack, UNKNOWN } from './operand-stack.ts';
import { F32, F64, I32, I64, isReferenceType, typeName, type ValueType } from './types.ts';

/** For each label depth, the number of the last br_table that goes there: each of its targets is checked once. */
export interface BranchTargets {
  readonly seen: number[];
  /** How many tables there were. */
  tables: number;
}

/** One value on the stack, by its type: the results of most blocks. */
const SINGLE: Readonly<Record<number, readonly ValueType[]>> = {
  [-1]: [I32],
  [-2]: [I64],
  [-3]: [F32],
  [-4]: [F64],
};
const NONE: readonly ValueType[] = [];

export class ControlRules {
  readonly #stack: OperandStack;
  readonly #reader: InstructionReader;
  readonly #spaces: IndexSpaces;
  readonly #targets: BranchTargets;

  constructor(stack: OperandStack, reader: InstructionReader, spaces: IndexSpaces, targets: BranchTargets) {
    this.#stack = stack;
    this.#reader = reader;
    this.#spaces = spaces;
    this.#targets = targets;
  }

  #blockTypes(): { params: readonly ValueType[]; results: readonly ValueType[] } {
    const blockType = this.#reader.blockType;
    if (blockType === EMPTY_BLOCK) return { params: NONE, results: NONE };
    if (blockType < 0) return { params: NONE, results: SINGLE[blockType] ?? [(blockType & 0x7f) as ValueType] };
    return this.#spaces.typeAt(blockType);
  }

  open(code: number): void {
    const { params, results } = this.#blockTypes();
    if (code === OP.if) this.#stack.pop(I32);
    this.#stack.popAll(params);
    this.#stack.open(code, params, results);
  }

  otherwise(): void {
    const stack = this.#stack;
    if (stack.frame.opcode !== OP.if) throw malformed('else does not match an if', this.#reader.offset);
    const frame = stack.close();
    stack.open(OP.else, frame.params, frame.results);
  }

  end(): void {
    const stack = this.#stack;
    const frame = stack.close();
    if (frame.opcode === OP.if && !sameTypes(frame.params, frame.results)) {
      throw stack.error('type mismatch: an if without else must have results like its parameters');
    }
    stack.pushAll(frame.results);
  }

  branchTable(): void {
    const { labels, offset } = this.#reader;
    const stack = this.#stack;
    const targets = this.#targets;
    if (labels.length - 1 > MAX_BRANCH_TARGETS) {
      throw tooLarge('targets of a br_table', labels.length - 1, MAX_BRANCH_TARGETS, offset);
    }
    stack.pop(I32);
    const arity = stack.label(labels[labels.length - 1]).length;
    const table = ++targets.tables;
    for (let i = labels.length - 1; i >= 0; i--) {
      const depth = labels[i];
      const types = stack.label(depth);
      if (targets.seen[depth] === table) continue;
      targets.seen[depth] = table;
      if (types.length !== arity) throw stack.error('type mismatch: br_table targets differ in their number of values');
      stack.expect(types);
    }
    stack.setUnreachable();
  }

  select(): void {
    const stack = this.#stack;
    stack.pop(I32);
    const second = stack.popAny();
    const first = stack.popAny();
    if (isReferenceType(first) || isReferenceType(second)) {
      throw stack.error('type mismatch: select of references needs a written type');
    }
    if (first !== second && first !== UNKNOWN && second !== UNKNOWN) {
      throw stack.error(`type mismatch: select of ${typeName(first)} and ${typeName(second)}`);
    }
    stack.push(first === UNKNOWN ? second : first);
  }

  typedSelect(): void {
    const stack = this.#stack;
    const types = this.#reader.selectTypes;
    if (types.length !== 1) throw stack.error(`invalid result arity: select with ${types.length} types`);
    stack.pop(I32);
    stack.pop(types[0]);
    stack.pop(types[0]);
    stack.push(types[0]);
  }
}

function sameTypes(a: readonly ValueType[], b: readonly ValueType[]): boolean {
  return a.length === b.length && a.every((type, i) => type === b[i]);
}
