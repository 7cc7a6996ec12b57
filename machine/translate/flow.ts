// The first pass over a function: reachable instructions as arrays, with the structure, the operand types and the resume points
// that the emitters need. The module is valid, so nothing is checked here.
//
// Unreachable code is dropped: after a branch, `return` or `unreachable` everything up to the end of its construct.
import { KIND_ACCESS, KIND_CALL, KIND_TRAP, KIND_YIELD } from '../state/layout.ts';
import { InstructionReader } from '../wasm/instruction-reader.ts';
import { OP, OPCODES } from '../wasm/opcodes.ts';
import { FUNCREF, type FunctionBody, type FunctionType, I32, type Module, type ValueType } from '../wasm/types.ts';
import { serviceType, TALLY, tallyOf, trapsOf } from './instruction-kinds.ts';
import { VariableSet, Variables } from './variables.ts';

/** A place where execution can leave a function and, but for traps, come back. */
export interface Point {
  /** KIND_YIELD (function entry, loop head), KIND_CALL, KIND_ACCESS or KIND_TRAP. */
  readonly kind: number;
  /** Index of the instruction in the flow; -1 for the function's entry. */
  readonly instruction: number;
  /** Guest code offset, for messages. */
  readonly offset: number;
  /** CAUSE_* of a trap. */
  readonly cause: number;
  /** Operand stack variables below the instruction's operands: they live across the point. */
  readonly slots: readonly number[];
  /** Variables that receive a call's results when it is resumed. */
  readonly results: readonly number[];
  /** Variables that live across the point; filled by the liveness pass. */
  live: VariableSet;
  /** Ticks of the block's instructions from this one on: charged already when the point is reached. */
  remainder: number;
}

/** A block, loop or if, or the function itself. */
export interface Construct {
  readonly opcode: number;
  readonly start: number;
  /** Index of the `else` and `end` instructions. */
  otherwise: number;
  end: number;
  /** Operand stack height below the construct's parameters. */
  readonly height: number;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Whether a branch goes to its label. */
  targeted: boolean;
  /** Whether the code behind it can be reached. */
  endReachable: boolean;
  /** For a loop with back branches: whether no other such loop is inside. */
  innermost: boolean;
  /** Resume points inside, the loop's own head included: [firstPoint, lastPoint). */
  firstPoint: number;
  lastPoint: number;
  readonly parent: Construct | undefined;
}

export interface Flow {
  readonly type: FunctionType;
  readonly variables: Variables;
  readonly opcodes: number[];
  readonly offsets: number[];
  readonly a: number[];
  readonly b: number[];
  readonly big: bigint[];
  /** The construct that an instruction opens or closes, or that a branch goes to. */
  readonly constructs: (Construct | undefined)[];
  /** Targets of a br_table, its default last. */
  readonly targets: (Construct[] | undefined)[];
  /** The resume point of an instruction, or -1. */
  readonly pointOf: Int32Array;
  /** First trap point of an instruction, or -1; some instructions have several, in the order of TRAPS. */
  readonly trapOf: Int32Array;
  /** Resume points in the order of the code, the entry first; traps follow. */
  readonly points: Point[];
  readonly resumePoints: number;
  readonly body: Construct;
  readonly maxHeight: number;
}

class FlowBuilder {
  readonly #module: Module;
  readonly #stack: ValueType[] = [];
  readonly #traps: Point[] = [];
  readonly #resume: Point[] = [];
  readonly #pointOf: number[] = [];
  readonly #trapOf: number[] = [];
  readonly #opcodes: number[] = [];
  readonly #offsets: number[] = [];
  readonly #a: number[] = [];
  readonly #b: number[] = [];
  readonly #big: bigint[] = [];
  readonly #constructs: (Construct | undefined)[] = [];
  readonly #targets: (Construct[] | undefined)[] = [];
  readonly #open: Construct[] = [];
  readonly #variables: Variables;
  readonly #type: FunctionType;
  readonly #reader: InstructionReader;
  readonly #tally: number;
  #maxHeight = 0;

  constructor(module: Module, type: FunctionType, body: FunctionBody) {
    this.#module = module;
    this.#tally = tallyOf(module);
    this.#type = type;
    this.#variables = new Variables([...type.params, ...body.locals]);
    this.#reader = new InstructionReader(module.bytes, body.start, body.end);
  }

  build(): Flow {
    const reader = this.#reader;
    const body = this.#construct(OP.block, -1, [], this.#type.results);
    this.#open.push(body);
    this.#resume.push(this.#point(KIND_YIELD, -1, reader.offset, 0, [], []));
    // A loop does not know that it is one until a branch to it is seen, so its head gets a point in any case.
    while (this.#open.length > 0) {
      reader.next();
      if (!this.#instruction()) this.#skip();
    }
    body.lastPoint = this.#resume.length;
    const resumePoints = this.#resume.length;
    const trapOf = Int32Array.from(this.#trapOf, (trap) => (trap < 0 ? -1 : trap + resumePoints));
    return {
      type: this.#type,
      variables: this.#variables,
      opcodes: this.#opcodes,
      offsets: this.#offsets,
      a: this.#a,
      b: this.#b,
      big: this.#big,
      constructs: this.#constructs,
      targets: this.#targets,
      pointOf: Int32Array.from(this.#pointOf),
      trapOf,
      points: [...this.#resume, ...this.#traps],
      resumePoints,
      body,
      maxHeight: this.#maxHeight,
    };
  }

  #construct(opcode: number, start: number, params: readonly ValueType[], results: readonly ValueType[]): Construct {
    return {
      opcode,
      start,
      otherwise: -1,
      end: -1,
      height: this.#stack.length - params.length,
      params,
      results,
      targeted: false,
      endReachable: false,
      innermost: true,
      firstPoint: this.#resume.length,
      lastPoint: 0,
      parent: this.#open.at(-1),
    };
  }

  #point(kind: number, instruction: number, offset: number, cause: number, slots: number[], results: number[]): Point {
    return { kind, instruction, offset, cause, slots, results, live: new VariableSet(), remainder: 0 };
  }

  #push(types: readonly ValueType[]): void {
    for (const type of types) this.#stack.push(type);
    if (this.#stack.length > this.#maxHeight) this.#maxHeight = this.#stack.length;
  }

  #pop(count: number): void {
    this.#stack.length -= count;
  }

  /** Variables of the operand stack as it is now. */
  #slots(): number[] {
    return this.#stack.map((type, position) => this.#variables.slot(position, type));
  }

  #record(): number {
    const reader = this.#reader;
    const index = this.#opcodes.length;
    this.#opcodes.push(reader.opcode);
    this.#offsets.push(reader.offset);
    this.#a.push(reader.a);
    this.#b.push(reader.b);
    this.#big.push(reader.i64);
    this.#constructs.push(undefined);
    this.#targets.push(undefined);
    this.#pointOf.push(-1);
    this.#trapOf.push(-1);
    const traps = trapsOf(reader.opcode);
    if (traps.length > 0) {
      this.#trapOf[index] = this.#traps.length;
      for (const cause of traps) this.#traps.push(this.#point(KIND_TRAP, index, reader.offset, cause, [], []));
    }
    return index;
  }

  #resumePoint(index: number, kind: number, results: readonly ValueType[]): void {
    const height = this.#stack.length;
    const resultSlots = results.map((type, i) => this.#variables.slot(height + i, type));
    this.#pointOf[index] = this.#resume.length;
    this.#resume.push(this.#point(kind, index, this.#offsets[index], 0, this.#slots(), resultSlots));
  }

  #blockType(): readonly [readonly ValueType[], readonly ValueType[]] {
    const blockType = this.#reader.blockType;
    if (blockType >= 0) {
      const type = this.#module.types[blockType];
      return [type.params, type.results];
    }
    // Value types are negative one-byte s33 numbers; -64 is the empty type.
    return [[], blockType === -64 ? [] : [(blockType & 0x7f) as ValueType]];
  }

  #label(depth: number): Construct {
    const construct = this.#open[this.#open.length - 1 - depth];
    construct.targeted = true;
    if (construct.opcode === OP.loop) {
      for (let outer = construct.parent; outer; outer = outer.parent) outer.innermost = false;
    }
    return construct;
  }

  /** Takes one instruction; false when what follows it cannot be reached. */
  #instruction(): boolean {
    const reader = this.#reader;
    const opcode = reader.opcode;
    switch (opcode) {
      case OP.nop:
        return true;
      case OP.block:
      case OP.loop:
      case OP.if:
        this.#begin(opcode);
        return true;
      case OP.else:
        return this.#otherwise(true);
      case OP.end:
        return this.#end(true);
      case OP.unreachable:
        this.#record();
        return false;
      case OP.br: {
        const index = this.#record();
        this.#constructs[index] = this.#label(reader.a);
        return false;
      }
      case OP.br_if: {
        const index = this.#record();
        this.#pop(1);
        this.#constructs[index] = this.#label(reader.a);
        return true;
      }
      case OP.br_table: {
        const index = this.#record();
        this.#pop(1);
        this.#targets[index] = reader.labels.map((depth) => this.#label(depth));
        return false;
      }
      case OP.return: {
        this.#record();
        return false;
      }
    }
    this.#plain(opcode);
    return true;
  }

  #plain(opcode: number): void {
    const reader = this.#reader;
    const index = this.#record();
    const module = this.#module;
    switch (opcode) {
      case OP.call:
        if (reader.a === this.#tally) {
          this.#opcodes[index] = TALLY;
          return this.#pop(2);
        }
        return this.#call(index, module.types[module.functions[reader.a]], 0);
      case OP.call_indirect:
        return this.#call(index, module.types[reader.a], 1);
      case OP.drop:
        return this.#pop(1);
      case OP.select:
      case OP.select_t:
        return this.#pop(2);
      case OP.local_get:
        return this.#push([this.#variables.types[reader.a]]);
      case OP.local_set:
      case OP.global_set:
        return this.#pop(1);
      case OP.local_tee:
        return;
      case OP.global_get:
        return this.#push([module.globals[reader.a].type.type]);
      case OP.ref_null:
        return this.#push([reader.a as ValueType]);
      case OP.ref_is_null:
        this.#pop(1);
        return this.#push([I32]);
      case OP.ref_func:
        return this.#push([FUNCREF]);
    }
    const service = serviceType(module, opcode, reader.a);
    if (service) return this.#call(index, { params: service[0], results: service[1] }, 0);
    const description = OPCODES[opcode];
    if (!description?.pops || !description.pushes) throw new Error(`no signature for opcode 0x${opcode.toString(16)}`);
    this.#pop(description.pops.length);
    if (description.access) {
      // What cmpxchg compares with has no place of its own in the frame: it is an operand stack variable.
      if (description.access.kind === 'cmpxchg') this.#push([description.access.type]);
      this.#resumePoint(index, KIND_ACCESS, []);
      if (description.access.kind === 'cmpxchg') this.#pop(1);
    }
    this.#push(description.pushes);
  }

  #call(index: number, type: { params: readonly ValueType[]; results: readonly ValueType[] }, extra: number): void {
    this.#pop(type.params.length + extra);
    this.#resumePoint(index, KIND_CALL, type.results);
    this.#push(type.results);
  }

  #begin(opcode: number): void {
    const [params, results] = this.#blockType();
    const index = this.#record();
    if (opcode === OP.if) this.#pop(1);
    const construct = this.#construct(opcode, index, params, results);
    this.#constructs[index] = construct;
    if (opcode === OP.loop) this.#resumePoint(index, KIND_YIELD, []);
    this.#open.push(construct);
  }

  #otherwise(reachable: boolean): boolean {
    const construct = this.#open.at(-1) as Construct;
    const index = this.#record();
    this.#constructs[index] = construct;
    construct.otherwise = index;
    if (reachable) construct.endReachable = true;
    this.#stack.length = construct.height;
    this.#push(construct.params);
    return true;
  }

  #end(reachable: boolean): boolean {
    const construct = this.#open.pop() as Construct;
    const index = this.#record();
    this.#constructs[index] = construct;
    construct.end = index;
    construct.lastPoint = this.#resume.length;
    if (reachable || (construct.opcode === OP.if && construct.otherwise < 0)) construct.endReachable = true;
    if (construct.opcode !== OP.loop && construct.targeted) construct.endReachable = true;
    this.#stack.length = construct.height;
    this.#push(construct.results);
    return construct.endReachable;
  }

  /** Passes over unreachable code, to the `else` or `end` from which code is reachable again. */
  #skip(): void {
    const reader = this.#reader;
    let depth = 0;
    while (this.#open.length > 0) {
      reader.next();
      const opcode = reader.opcode;
      if (opcode === OP.block || opcode === OP.loop || opcode === OP.if) depth++;
      else if (opcode === OP.end && depth > 0) depth--;
      else if (depth === 0 && opcode === OP.else) {
        this.#otherwise(false);
        return;
      } else if (depth === 0 && opcode === OP.end) {
        if (this.#end(false)) return;
      }
    }
  }
}

/** Reads a valid function into its flow. */
export function readFlow(module: Module, type: FunctionType, body: FunctionBody): Flow {
  return new FlowBuilder(module, type, body).build();
}
