// Validates function bodies (specification 3.3 and the appendix's algorithm): one pass, with the stacks of operand-stack.ts.
import { malformed, tooLarge } from './errors.ts';
import { IndexSpaces } from './index-spaces.ts';
import { InstructionReader } from './instruction-reader.ts';
import { MAX_LOCALS } from './limits.ts';
import { OP, OPCODES, type Opcode } from './opcodes.ts';
import { OperandStack, UNKNOWN } from './operand-stack.ts';
import {
  FUNCREF,
  type FunctionBody,
  type FunctionType,
  I32,
  isReferenceType,
  type Module,
  typeName,
  type ValueType,
} from './types.ts';
import { type BranchTargets, ControlRules } from './validate-control.ts';

const FIRST_STACK_SIZE = 1024;

/** What the bodies of a module share: working memory, and which functions `ref.func` may name. */
export class CodeValidator {
  readonly module: Module;
  /** 1 for each function that the module mentions outside of its bodies. */
  readonly declared: Uint8Array;
  readonly locals = new Uint8Array(MAX_LOCALS);
  operands: Uint8Array = new Uint8Array(FIRST_STACK_SIZE);
  readonly targets: BranchTargets = { seen: [], tables: 0 };

  constructor(module: Module, declared: Uint8Array) {
    this.module = module;
    this.declared = declared;
  }

  validate(index: number, body: FunctionBody): void {
    const type = this.module.types[this.module.functions[index]];
    const validator = new BodyValidator(this, index, type, body);
    validator.run();
    this.operands = validator.stack.types;
  }
}

class BodyValidator {
  readonly stack: OperandStack;
  readonly #shared: CodeValidator;
  readonly #reader: InstructionReader;
  readonly #localTypes: Uint8Array;
  readonly #localCount: number;
  readonly #spaces: IndexSpaces;
  readonly #control: ControlRules;
  readonly #body: FunctionBody;
  readonly #type: FunctionType;

  constructor(shared: CodeValidator, index: number, type: FunctionType, body: FunctionBody) {
    this.#shared = shared;
    this.#type = type;
    this.#body = body;
    this.#reader = new InstructionReader(shared.module.bytes, body.start, body.end);
    this.stack = new OperandStack(this.#reader, shared.operands, `function ${index}`);
    this.#spaces = new IndexSpaces(shared.module, this.stack, this.#reader);
    this.#control = new ControlRules(this.stack, this.#reader, this.#spaces, shared.targets);
    this.#localTypes = shared.locals;
    this.#localCount = this.#declareLocals();
  }

  run(): void {
    const reader = this.#reader;
    const stack = this.stack;
    stack.open(OP.block, [], this.#type.results);
    while (stack.depth > 0) {
      if (reader.done) throw malformed('unexpected end: END opcode expected at the end of a function', this.#body.end);
      reader.next();
      this.#instruction();
    }
    if (!reader.done) throw malformed('junk after the end of a function', reader.position);
  }

  #declareLocals(): number {
    const params = this.#type.params;
    this.#localTypes.set(params);
    let count = params.length;
    for (const run of this.#body.localRuns) {
      const next = count + run.count;
      if (next > MAX_LOCALS) throw tooLarge('parameters and locals in a function', next, MAX_LOCALS, this.#body.start);
      this.#localTypes.fill(run.type, count, next);
      count = next;
    }
    return count;
  }

  #instruction(): void {
    const opcode = OPCODES[this.#reader.opcode] as Opcode;
    const { pops, pushes, immediate } = opcode;
    if (pops === undefined || pushes === undefined) {
      this.#structure(opcode.code);
      return;
    }
    if (immediate === 'memory_access') this.#access(opcode);
    else if (immediate !== 'none') this.#indices(opcode.code);
    this.stack.popAll(pops);
    this.stack.pushAll(pushes);
  }

  /** Instructions whose operand types depend on the stack or on an immediate. */
  #structure(code: number): void {
    const stack = this.stack;
    const a = this.#reader.a;
    switch (code) {
      case OP.local_get:
        stack.push(this.#local(a));
        return;
      case OP.local_set:
        stack.pop(this.#local(a));
        return;
      case OP.local_tee:
        stack.pop(this.#local(a));
        stack.push(this.#local(a));
        return;
      case OP.block:
      case OP.loop:
      case OP.if:
        this.#control.open(code);
        return;
      case OP.else:
        this.#control.otherwise();
        return;
      case OP.end:
        this.#control.end();
        return;
      case OP.br:
        stack.popAll(stack.label(a));
        stack.setUnreachable();
        return;
      case OP.br_if: {
        stack.pop(I32);
        const types = stack.label(a);
        stack.popAll(types);
        stack.pushAll(types);
        return;
      }
      case OP.br_table:
        this.#control.branchTable();
        return;
      case OP.return:
        stack.popAll(this.#type.results);
        stack.setUnreachable();
        return;
      case OP.unreachable:
        stack.setUnreachable();
        return;
      case OP.nop:
        return;
      case OP.call:
        this.#call(this.#spaces.functionType(a));
        return;
      case OP.call_indirect:
        this.#callIndirect();
        return;
      case OP.global_get:
        stack.push(this.#spaces.global(a).type);
        return;
      case OP.global_set: {
        const global = this.#spaces.global(a);
        if (!global.mutable) throw stack.error(`global is immutable: global.set of global ${a}`);
        stack.pop(global.type);
        return;
      }
      default:
        this.#rare(code);
    }
  }

  #rare(code: number): void {
    const stack = this.stack;
    const a = this.#reader.a;
    switch (code) {
      case OP.drop:
        stack.popAny();
        return;
      case OP.select:
        this.#control.select();
        return;
      case OP.select_t:
        this.#control.typedSelect();
        return;
      case OP.ref_null:
        stack.push(a);
        return;
      case OP.ref_is_null: {
        const type = stack.popAny();
        if (type !== UNKNOWN && !isReferenceType(type)) {
          throw stack.error(`type mismatch: ref.is_null expects a reference, found ${typeName(type)}`);
        }
        stack.push(I32);
        return;
      }
      case OP.table_get:
        stack.pop(I32);
        stack.push(this.#spaces.table(a).element);
        return;
      case OP.table_set:
        stack.pop(this.#spaces.table(a).element);
        stack.pop(I32);
        return;
      case OP.table_grow:
        stack.pop(I32);
        stack.pop(this.#spaces.table(a).element);
        stack.push(I32);
        return;
      case OP.table_fill:
        stack.pop(I32);
        stack.pop(this.#spaces.table(a).element);
        stack.pop(I32);
        return;
      default:
        throw new Error(`the validator does not know opcode 0x${code.toString(16)}`);
    }
  }

  /** Indices of instructions whose operand types are in the table. */
  #indices(code: number): void {
    const { a, b } = this.#reader;
    switch (code) {
      case OP.memory_size:
      case OP.memory_grow:
      case OP.memory_copy:
      case OP.memory_fill:
        this.#spaces.memory();
        return;
      case OP.memory_init:
        this.#spaces.memory();
        this.#spaces.dataSegment(a);
        return;
      case OP.data_drop:
        this.#spaces.dataSegment(a);
        return;
      case OP.table_init:
        this.#sameElements(this.#spaces.table(b).element, this.#spaces.elementSegment(a));
        return;
      case OP.elem_drop:
        this.#spaces.elementSegment(a);
        return;
      case OP.table_copy:
        this.#sameElements(this.#spaces.table(a).element, this.#spaces.table(b).element);
        return;
      case OP.table_size:
        this.#spaces.table(a);
        return;
      case OP.ref_func:
        this.#spaces.functionType(a);
        if (!this.#shared.declared[a]) throw this.stack.error(`undeclared function reference to function ${a}`);
    }
  }

  #access(opcode: Opcode): void {
    this.#spaces.memory();
    const access = opcode.access!;
    const exponent = this.#reader.a;
    const natural = access.sizeBytes === 8 ? 3 : access.sizeBytes >> 1;
    if (exponent === natural) return;
    if (exponent > natural) {
      throw this.stack.error(`alignment must not be larger than natural: ${opcode.name} with 2^${exponent}`);
    }
    if (access.atomic) throw this.stack.error(`atomic accesses must have natural alignment: ${opcode.name}`);
  }

  #call(type: FunctionType): void {
    this.stack.popAll(type.params);
    this.stack.pushAll(type.results);
  }

  #callIndirect(): void {
    const { a, b } = this.#reader;
    const table = this.#spaces.table(b);
    const type = this.#spaces.typeAt(a);
    if (table.element !== FUNCREF) throw this.stack.error(`type mismatch: call_indirect through a table of externref`);
    this.stack.pop(I32);
    this.#call(type);
  }

  #local(index: number): ValueType {
    if (index >= this.#localCount) throw this.stack.error(`unknown local ${index}`);
    return this.#localTypes[index] as ValueType;
  }

  #sameElements(destination: ValueType, source: ValueType): void {
    if (destination === source) return;
    throw this.stack.error(`type mismatch: table of ${typeName(destination)} from ${typeName(source)}`);
  }
}
