// What both translated bodies of a function share, instruction by instruction: plain ones, calls and accesses. Control is
// body-emitter.ts; how a body leaves is the affair of the two bodies, which own the labels that `tail`, `trap` and `miss` name.
import { FRAME_VALUES, LEFT } from '../state/layout.ts';
import { OP, OPCODES } from '../wasm/opcodes.ts';
import { F32, F64, I32, I64, type ValueType } from '../wasm/types.ts';
import { emitChecked, isChecked } from './checked-arithmetic.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import type { FunctionContext } from './context.ts';
import { directType, hostType } from './host-module.ts';
import { serviceType, TALLY } from './instruction-kinds.ts';
import { HostLocals } from './locals.ts';
import { emitAddress, emitFilterCheck, emitHostAddress, emitOperation } from './memory-access.ts';
import { keepsNaN, looksAt, makesNaN } from './nan.ts';
import { emitZero, OperandStack } from './operand-stack.ts';
import { emitCallTarget, emitGlobal, emitReference, emitServiceCall } from './references.ts';
import { emitTally } from './tally.ts';

export abstract class InstructionEmitter {
  readonly context: FunctionContext;
  readonly writer: CodeWriter;
  readonly locals: HostLocals;
  readonly stack: OperandStack;

  constructor(context: FunctionContext, writer: CodeWriter, params: number) {
    this.context = context;
    this.writer = writer;
    this.locals = new HostLocals(context.flow.variables, params);
    this.stack = new OperandStack(writer, context.flow, this.locals, context.localsOfArithmetic);
  }

  /** Label that spills what a resume point needs, then leaves. */
  abstract tail(point: number): Label;
  /** Label that leaves with a trap; nothing is spilled. */
  abstract readonly trap: Label;
  /** Goes to where the access's slow path is; with `conditional`, where the condition on the host's stack holds. */
  abstract emitMiss(index: number, conditional: boolean): void;
  /** Emits the function's return; its results are on top of the operand stack. */
  abstract emitReturn(): void;
  /** Where a call's resumption joins; its results are on the host's stack. */
  abstract joinCall(point: number, results: readonly ValueType[]): void;

  emitCharge(index: number): void {
    const charge = this.context.charges.before[index];
    if (charge === 0n) return;
    const { writer } = this;
    writer.get(this.locals.clock);
    writer.long(charge);
    writer.op(OP.i64_add);
    writer.set(this.locals.clock);
  }

  setPoint(point: number): void {
    this.writer.int(point);
    this.writer.set(this.locals.point);
  }

  /** Traps where the condition on the host's stack holds. */
  trapIf(point: number): void {
    this.setPoint(point);
    this.writer.branchIf(this.trap);
  }

  /** How the `point` local says that an access missed at a point, or that a callee left there; a point alone is a yield. */
  missed(point: number): number {
    return point + this.context.flow.points.length;
  }

  /** The direct body ends at a point; the resumable one goes on there. */
  goesOn(point: number): number {
    return point + 2 * this.context.flow.points.length;
  }

  calleeLeft(point: number): number {
    return point + 3 * this.context.flow.points.length;
  }

  emitPlain(index: number, opcode: number): void {
    const { flow } = this.context;
    const { stack, writer } = this;
    const a = flow.a[index];
    switch (opcode) {
      case OP.i32_const:
        return stack.pushConstant(index, I32);
      case OP.i64_const:
        return stack.pushConstant(index, I64);
      case OP.f32_const:
        return stack.pushConstant(index, F32);
      case OP.f64_const:
        return stack.pushConstant(index, F64);
      case OP.ref_null:
        return stack.pushConstant(index, a as ValueType);
      case OP.local_get:
        return stack.pushVariable(a);
      case OP.local_set:
      case OP.local_tee:
        if (this.context.localsOfArithmetic[a] === 0) stack.makeCanonical(1);
        stack.load(1);
        stack.beforeSet(a);
        writer.set(this.locals.of(a));
        stack.pop(1);
        if (opcode === OP.local_tee) stack.pushVariable(a);
        return;
      case OP.drop:
        return stack.drop();
      case OP.select:
      case OP.select_t: {
        const type = stack.typeAt(stack.height - 2);
        const anyNaN = stack.anyNaN(3);
        stack.load(3);
        writer.op(OP.select);
        stack.pop(3);
        return stack.pushHost(type, anyNaN);
      }
      case OP.global_get:
      case OP.global_set:
        return emitGlobal(this, index);
      case OP.call:
      case OP.call_indirect:
        return this.#emitCall(index);
      case OP.ref_is_null:
        stack.load(1);
        writer.op(OP.i32_eqz);
        stack.pop(1);
        return stack.pushHost(I32);
      case OP.ref_func:
        return emitReference(this, index);
      case OP.atomic_fence:
        return;
      case TALLY:
        return emitTally(this);
    }
    if (serviceType(this.context.module, opcode, a)) return this.#emitCall(index);
    const description = OPCODES[opcode];
    if (description?.access) return this.emitAccess(index);
    const pops = description?.pops ?? [];
    const pushes = description?.pushes ?? [];
    const anyNaN = makesNaN(opcode) || (keepsNaN(opcode) && stack.anyNaN(1));
    stack.makeCanonical(looksAt(opcode));
    if (isChecked(opcode)) emitChecked(this, index);
    else {
      stack.load(pops.length);
      writer.op(opcode);
    }
    stack.pop(pops.length);
    for (const type of pushes) stack.pushHost(type, anyNaN);
  }

  // --- leaving points -------------------------------------------------------------------------------------------------

  #emitCall(index: number): void {
    const { flow, module, spills } = this.context;
    const { stack, writer } = this;
    const { clock, frame } = this.locals;
    const opcode = flow.opcodes[index];
    const point = flow.pointOf[index];
    let results: readonly ValueType[];
    const pushFrame = () => {
      writer.get(clock);
      writer.get(frame);
      writer.int(spills.frameBytes);
      writer.op(OP.i32_add);
    };
    if (opcode === OP.call) {
      const type = module.types[module.functions[flow.a[index]]];
      this.#loadArguments(type.params.length);
      pushFrame();
      writer.call(this.context.host.direct(flow.a[index]));
      stack.pop(type.params.length);
      results = type.results;
    } else if (opcode === OP.call_indirect) {
      const type = module.types[flow.a[index]];
      emitCallTarget(this, index);
      this.#loadArguments(type.params.length);
      pushFrame();
      writer.get(this.locals.entry);
      writer.memory(OP.i32_load, 0);
      writer.op(OP.call_indirect);
      writer.u32(this.context.host.type(directType(type)));
      writer.u32(0);
      stack.pop(type.params.length);
      results = type.results;
    } else {
      results = emitServiceCall(this, index, (count) => this.#loadArguments(count), pushFrame);
    }
    writer.tee(clock);
    writer.long(BigInt(LEFT));
    writer.op(OP.i64_eq);
    this.setPoint(this.calleeLeft(point));
    writer.branchIf(this.tail(point));
    this.joinCall(point, results);
  }

  #loadArguments(count: number): void {
    this.stack.makeCanonical(count);
    this.stack.settleBelow(count);
    this.stack.load(count);
  }

  emitAccess(index: number): void {
    emitAddress(this, index);
    if (this.context.options.mode === 'checked') {
      // Nothing falls through; the host's types take what follows for code that cannot be reached.
      this.emitMiss(index, false);
    } else {
      emitFilterCheck(this, index);
      this.emitMiss(index, true);
      emitHostAddress(this, index);
    }
    emitOperation(this, index);
  }

  /** Stores variables of the given types at the frame's value area. */
  storeValues(variables: readonly number[]): void {
    variables.forEach((variable, i) => {
      this.writer.get(this.locals.frame);
      this.writer.get(this.locals.of(variable));
      this.writer.memory(storeOpcode(this.context.flow.variables.types[variable]), FRAME_VALUES + 8 * i);
    });
  }

  /** Zeros in place of the results of a body that left, then LEFT. */
  emitLeft(results: readonly ValueType[]): void {
    for (const type of results) emitZero(this.writer, hostType(type));
    this.writer.long(BigInt(LEFT));
  }
}

/** The plain store of a variable's whole value. */
export function storeOpcode(type: ValueType): number {
  const host = hostType(type);
  if (host === I32) return OP.i32_store;
  if (host === I64) return OP.i64_store;
  return host === F32 ? OP.f32_store : OP.f64_store;
}

/** The plain load of a variable's whole value. */
export function loadOpcode(type: ValueType): number {
  const host = hostType(type);
  if (host === I32) return OP.i32_load;
  if (host === I64) return OP.i64_load;
  return host === F32 ? OP.f32_load : OP.f64_load;
}
