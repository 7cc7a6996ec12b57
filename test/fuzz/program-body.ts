// Random function bodies for programs that end: see program.ts. Expressions are nested as they come, so operands of many types lie
// below calls, loops, branches and memory accesses.
import { ByteWriter } from '../../machine/wasm/encode.ts';
import { OP, type Opcode } from '../../machine/wasm/opcodes.ts';
import { F32, F64, type FunctionType, I32, I64, type ValueType } from '../../machine/wasm/types.ts';
import type { Choices } from './choices.ts';
import { emitAddress, emitBulk, emitTable } from './program-memory.ts';
import { LOADS, NUMERIC, NUMERIC_TRAPPING, STORES, writeLiteral } from './program-opcodes.ts';
import { FUEL, NUMBERS, type Program, TABLE_ENTRIES, typeIndex } from './program-shape.ts';

interface Label {
  readonly types: readonly ValueType[];
  /** Whether a random branch may go there; not to the head of a loop without a limit. */
  readonly open: boolean;
}

const DEEPEST = 7;

export class BodyGenerator {
  readonly writer = new ByteWriter();
  readonly choices: Choices;
  readonly #program: Program;
  readonly #type: FunctionType;
  readonly #locals: ValueType[];
  /** Locals from here on count loops or keep values: no random assignment touches them. */
  readonly #free: number;
  /** Locals that may hold a NaN. */
  readonly #tainted = new Set<number>();
  readonly #labels: Label[] = [];
  #budget: number;
  #depth = 0;

  constructor(choices: Choices, program: Program, type: FunctionType) {
    this.choices = choices;
    this.#program = program;
    this.#type = type;
    this.#locals = [...type.params];
    const count = choices.below(choices.oneIn(10) ? 60 : 8);
    for (let i = 0; i < count; i++) this.#locals.push(choices.pick(NUMBERS));
    this.#free = this.#locals.length;
    this.#budget = choices.below(choices.oneIn(8) ? 400 : 90);
  }

  generate(): Uint8Array {
    const { results, params } = this.#type;
    this.#labels.push({ types: results, open: true });
    this.#burnFuel();
    this.statements();
    for (const type of results) this.expression(type);
    this.writer.u8(OP.end);
    const whole = new ByteWriter();
    whole.vector(this.#locals.slice(params.length), (type) => {
      whole.u32(1);
      whole.u8(type);
    });
    whole.append(this.writer);
    return whole.finish();
  }

  // --- parts ----------------------------------------------------------------------------------------------------------

  constant(value: number): void {
    this.writer.u8(OP.i32_const);
    this.writer.i32(value);
  }

  op(opcode: number, index?: number): void {
    this.writer.opcode(opcode);
    if (index !== undefined) this.writer.u32(index);
  }

  #newLocal(type: ValueType): number {
    this.#locals.push(type);
    return this.#locals.length - 1;
  }

  /** A local that holds a value of the type for a random assignment, or a new one. */
  #anyLocal(type: ValueType): number {
    const fitting = this.#locals.flatMap((other, i) => (other === type && i < this.#free ? [i] : []));
    return fitting.length > 0 ? this.choices.pick(fitting) : this.#newLocal(type);
  }

  #burnFuel(): void {
    this.op(OP.global_get, FUEL);
    this.constant(1);
    this.op(OP.i32_sub);
    this.op(OP.global_set, FUEL);
    this.op(OP.global_get, FUEL);
    this.constant(0);
    this.op(OP.i32_lt_s);
    this.#open(OP.if, [], []);
    if (this.choices.oneIn(5)) this.op(OP.unreachable);
    else {
      for (const type of this.#type.results) this.zero(type);
      this.op(OP.return);
    }
    this.#close();
  }

  zero(type: ValueType): void {
    writeLiteral(this.writer, type, 0n);
  }

  #open(opcode: number, params: readonly ValueType[], results: readonly ValueType[], open = true): void {
    this.writer.u8(opcode);
    if (params.length === 0 && results.length === 0) this.writer.u8(0x40);
    else if (params.length === 0 && results.length === 1) this.writer.u8(results[0] as number);
    else this.writer.i32(typeIndex(this.#program.types, { params: [...params], results: [...results] }));
    this.#labels.push({ types: opcode === OP.loop ? params : results, open });
  }

  #close(): void {
    this.writer.u8(OP.end);
    this.#labels.pop();
  }

  /** Replaces a NaN on top of the stack. */
  #canonical(type: ValueType): void {
    if (type !== F32 && type !== F64) return;
    const local = this.#newLocal(type);
    this.#tainted.add(local);
    this.op(OP.local_tee, local);
    this.zero(type);
    this.op(OP.local_get, local);
    this.op(OP.local_get, local);
    this.op(type === F32 ? OP.f32_eq : OP.f64_eq);
    this.op(OP.select);
  }

  // --- expressions ----------------------------------------------------------------------------------------------------

  expression(type: ValueType): void {
    if (this.#budget <= 0 || this.#depth >= DEEPEST) return this.#leaf(type);
    this.#budget--;
    this.#depth++;
    switch (this.choices.below(20)) {
      case 3:
      case 4:
      case 5:
      case 6:
        this.#numeric(type);
        break;
      case 7:
      case 8:
      case 9:
      case 10:
        this.#load(type);
        break;
      case 11:
        this.#select(type);
        break;
      case 12:
        this.expression(type);
        this.op(OP.local_tee, this.#anyLocal(type));
        break;
      case 13:
        this.#conditional([type]);
        break;
      case 14:
        this.#block([type]);
        break;
      case 15:
        this.#loop([type]);
        break;
      case 16:
      case 17:
        this.#call(type);
        break;
      case 18:
        this.#branchWithValue(type);
        break;
      case 19:
        this.#severalResults(type);
        break;
      default:
        this.#leaf(type);
    }
    this.#depth--;
  }

  #leaf(type: ValueType): void {
    const { choices } = this;
    switch (choices.below(4)) {
      case 0:
        return writeLiteral(this.writer, type, choices.oneIn(3) ? choices.bits64() : BigInt(choices.below(20)));
      case 1: {
        const found = this.#program.globals.flatMap((other, i) => (other === type && i !== FUEL ? [i] : []));
        if (found.length > 0) return this.op(OP.global_get, choices.pick(found));
      }
    }
    const found = this.#locals.flatMap((other, i) => (other === type && !this.#tainted.has(i) ? [i] : []));
    if (found.length > 0) this.op(OP.local_get, choices.pick(found));
    else this.zero(type);
  }

  #numeric(type: ValueType): void {
    const trapping = NUMERIC_TRAPPING.get(type) ?? [];
    const { choices } = this;
    const opcode = choices.pick(trapping.length > 0 && choices.oneIn(60) ? trapping : (NUMERIC.get(type) as Opcode[]));
    opcode.pops?.forEach((pop, i) => {
      this.expression(pop);
      if (i === 1 && opcode.cost === 'divide' && !choices.oneIn(40)) {
        if (pop === I32) this.constant(1);
        else writeLiteral(this.writer, I64, 1n);
        this.op(pop === I32 ? OP.i32_or : OP.i64_or);
      }
    });
    this.op(opcode.code);
    this.#canonical(type);
  }

  #load(type: ValueType): void {
    const opcode = this.choices.pick(LOADS.get(type) as Opcode[]);
    this.#access(opcode);
    this.#canonical(type);
  }

  #access(opcode: Opcode): void {
    const { access, pops } = opcode;
    if (!access) return;
    const offset = emitAddress(this, access.sizeBytes, access.atomic);
    for (const type of pops?.slice(1) ?? []) this.expression(type);
    this.op(opcode.code, access.atomic ? Math.log2(access.sizeBytes) : 0);
    this.writer.u32(offset);
  }

  #select(type: ValueType): void {
    this.expression(type);
    this.expression(type);
    this.expression(I32);
    if (this.choices.oneIn(2)) {
      this.op(OP.select_t, 1);
      this.writer.u8(type);
    } else this.op(OP.select);
  }

  #conditional(results: readonly ValueType[]): void {
    const params = this.#params();
    this.expression(I32);
    this.#open(OP.if, params, results);
    this.#inner(params, results);
    if (results.length > 0 || this.choices.oneIn(2)) {
      this.writer.u8(OP.else);
      this.#inner(params, results);
    } else if (params.length > 0) {
      this.writer.u8(OP.else);
      this.#dropAll(params);
    }
    this.#close();
  }

  /** Pushes what a construct takes as its parameters. */
  #params(): ValueType[] {
    const count = this.choices.oneIn(4) ? this.choices.below(4) : 0;
    const params = Array.from({ length: count }, () => this.choices.pick(NUMBERS));
    for (const type of params) this.expression(type);
    return params;
  }

  #dropAll(types: readonly ValueType[]): void {
    for (const _ of types) this.op(OP.drop);
  }

  /** A construct's contents: its parameters are kept under them or put into locals. */
  #inner(params: readonly ValueType[], results: readonly ValueType[]): void {
    const kept = this.choices.oneIn(2);
    if (!kept) for (const type of [...params].reverse()) this.op(OP.local_set, this.#anyLocal(type));
    this.statements();
    if (kept) this.#dropAll(params);
    for (const type of results) this.expression(type);
  }

  #block(results: readonly ValueType[]): void {
    const params = this.#params();
    this.#open(OP.block, params, results);
    this.#inner(params, results);
    this.#close();
  }

  /** A loop that counts down, or one that ends with the fuel. */
  #loop(results: readonly ValueType[]): void {
    const { choices } = this;
    const counted = !choices.oneIn(3);
    const params = this.#params();
    const counter = this.#newLocal(I32);
    this.constant(1 + choices.below(choices.oneIn(8) ? 40 : 5));
    this.op(OP.local_set, counter);
    this.#open(OP.loop, params, results, !counted);
    if (!counted) this.#burnFuel();
    this.#inner(params, []);
    for (const type of params) this.expression(type);
    if (counted) {
      this.op(OP.local_get, counter);
      this.constant(1);
      this.op(OP.i32_sub);
      this.op(OP.local_tee, counter);
    } else this.expression(I32);
    this.op(OP.br_if, 0);
    this.#dropAll(params);
    for (const type of results) this.expression(type);
    this.#close();
  }

  /** A call that leaves one value of the type; without a function for that, a leaf. */
  #call(type: ValueType): void {
    const { functions } = this.#program;
    const found = functions.flatMap(({ results }, i) => (results[0] === type ? [i] : []));
    if (found.length === 0) return this.#leaf(type);
    const index = this.choices.pick(found);
    this.#emitCall(index);
    const rest = (functions[index] as FunctionType).results.slice(1);
    for (const other of [...rest].reverse()) this.op(OP.local_set, this.#anyLocal(other));
  }

  #emitCall(index: number): void {
    const { functions, table, types } = this.#program;
    const type = functions[index] as FunctionType;
    for (const param of type.params) this.expression(param);
    const places = table.flatMap((other, place) => (other === index ? [place] : []));
    const indirect = this.choices.oneIn(3);
    if (indirect && places.length > 0 && !this.choices.oneIn(40)) this.constant(this.choices.pick(places));
    else if (indirect && this.choices.oneIn(8)) {
      this.expression(I32);
      this.constant(TABLE_ENTRIES - 1);
      this.op(OP.i32_and);
    } else return this.op(OP.call, index);
    this.op(OP.call_indirect, typeIndex(types, type));
    this.writer.u32(0);
  }

  /** Values for a label's types, then a conditional branch there; the values stay if it is not taken. */
  #branchWithValue(type: ValueType): void {
    const depth = this.#target(([first, ...rest]) => first === type && rest.length === 0);
    if (depth === undefined) return this.#leaf(type);
    this.expression(type);
    this.expression(I32);
    this.op(OP.br_if, depth);
  }

  /** Depth of a random label whose types fit. */
  #target(fits: (types: readonly ValueType[]) => boolean): number | undefined {
    const depths = this.#labels
      .map(({ types, open }, i) => (open && fits(types) ? this.#labels.length - 1 - i : -1))
      .filter((depth) => depth >= 0);
    return depths.length > 0 ? this.choices.pick(depths) : undefined;
  }

  /** A construct with several results, of which the deepest stays. */
  #severalResults(type: ValueType): void {
    const results = [type, ...Array.from({ length: this.choices.below(4) }, () => this.choices.pick(NUMBERS))];
    if (this.choices.oneIn(3)) this.#loop(results);
    else if (this.choices.oneIn(2)) this.#conditional(results);
    else this.#block(results);
    for (const other of results.slice(1).reverse()) this.op(OP.local_set, this.#anyLocal(other));
  }

  // --- statements -----------------------------------------------------------------------------------------------------

  statements(): void {
    const count = this.choices.below(6);
    for (let i = 0; i < count && this.#budget > 0; i++) this.#statement();
  }

  #statement(): void {
    const { choices } = this;
    this.#budget--;
    switch (choices.below(16)) {
      case 0:
      case 1: {
        const type = choices.pick(NUMBERS);
        this.expression(type);
        return this.op(OP.local_set, this.#anyLocal(type));
      }
      case 2:
      case 3:
      case 4:
      case 5:
        return this.#access(choices.pick(STORES));
      case 6: {
        const index = choices.below(this.#program.globals.length);
        if (index === FUEL) return;
        this.expression(this.#program.globals[index] as ValueType);
        return this.op(OP.global_set, index);
      }
      case 7:
        return this.#conditional([]);
      case 8:
        return this.#block([]);
      case 9:
      case 10:
        return this.#loop([]);
      case 11: {
        const index = choices.below(this.#program.functions.length);
        this.#emitCall(index);
        return this.#dropAll((this.#program.functions[index] as FunctionType).results);
      }
      case 12:
        return this.#branch();
      case 13:
        return this.#branchTable();
      case 14:
        return emitBulk(this);
      default:
        return emitTable(this, this.#program.functions.length);
    }
  }

  #branch(): void {
    const depth = this.#target(() => true) as number;
    const types = (this.#labels[this.#labels.length - 1 - depth] as Label).types;
    if (this.choices.oneIn(2)) {
      for (const type of types) this.expression(type);
      this.expression(I32);
      this.op(OP.br_if, depth);
      return this.#dropAll(types);
    }
    this.expression(I32);
    this.#open(OP.if, [], []);
    for (const type of types) this.expression(type);
    this.op(OP.br, depth + 1);
    // What follows is unreachable.
    if (this.choices.oneIn(4)) this.statements();
    this.#close();
  }

  #branchTable(): void {
    const depth = this.#target(() => true) as number;
    const types = (this.#labels[this.#labels.length - 1 - depth] as Label).types;
    const same = (other: readonly ValueType[]) => `${other}` === `${types}`;
    const depths = Array.from({ length: 1 + this.choices.below(6) }, () => (this.#target(same) as number) + 1);
    this.#open(OP.block, [], []);
    // Leaving the block is one of the ways, where it takes no values.
    if (types.length === 0 && this.choices.oneIn(2)) depths.push(0);
    for (const type of types) this.expression(type);
    this.expression(I32);
    this.constant(7);
    this.op(OP.i32_and);
    this.op(OP.br_table);
    this.writer.vector(depths.slice(1), (label) => this.writer.u32(label));
    this.writer.u32(depths[0] as number);
    this.#close();
  }
}

export function generateBody(choices: Choices, program: Program, type: FunctionType): Uint8Array {
  return new BodyGenerator(choices, program, type).generate();
}
