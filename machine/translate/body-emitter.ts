// What both translated bodies of a function share: plain instructions, calls, accesses, and control flow in the guest's own
// structure. How a body leaves is the subclasses' affair: they own the labels that `tail`, `common` and `miss` name.
import { FRAME_VALUES, LEFT } from '../state/layout.ts';
import { OP, OPCODES } from '../wasm/opcodes.ts';
import { I32, I64, type ValueType } from '../wasm/types.ts';
import { emitChecked, isChecked } from './checked-arithmetic.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import type { FunctionContext } from './context.ts';
import type { Construct } from './flow.ts';
import { serviceType } from './flow.ts';
import { directType, hostType } from './host-module.ts';
import { HostLocals } from './locals.ts';
import { emitAddress, emitFilterCheck, emitHostAddress, emitOperation } from './memory-access.ts';
import { emitZero, OperandStack } from './operand-stack.ts';
import { emitCallTarget, emitGlobal, emitReference, emitServiceCall } from './references.ts';

export abstract class BodyEmitter {
  readonly context: FunctionContext;
  readonly writer: CodeWriter;
  readonly locals: HostLocals;
  readonly stack: OperandStack;
  /** Label of each construct that can be branched to now. */
  readonly labels = new Map<Construct, Label>();
  /** Whether the emitted code can fall through to what comes next. */
  reachable = true;

  constructor(context: FunctionContext, writer: CodeWriter, params: number) {
    this.context = context;
    this.writer = writer;
    this.locals = new HostLocals(context.flow.variables, params);
    this.stack = new OperandStack(writer, context.flow, this.locals);
  }

  /** Label that spills what a resume point needs, then leaves. */
  abstract tail(point: number): Label;
  /** Label that leaves with a trap; nothing is spilled. */
  abstract readonly trap: Label;
  /** Label that an access takes when the filters do not know its line. */
  abstract miss(point: number): Label;
  /** Emits the function's return; its results are on top of the operand stack. */
  abstract emitReturn(): void;
  /** Where a call's or an access's resumption joins; its results are on the host's stack. */
  abstract joinCall(point: number, results: readonly ValueType[]): void;
  abstract joinAccess(point: number): void;

  /** Emits the instructions [from, to). */
  emitRange(from: number, to: number): void {
    for (let i = from; i < to; ) i = this.emitInstruction(i);
  }

  /** Emits one instruction, or a whole construct; returns the index behind it. */
  emitInstruction(index: number): number {
    const { flow } = this.context;
    const opcode = flow.opcodes[index];
    // A loop's head charges for itself, after it has looked at the clock.
    if (opcode !== OP.loop || !flow.constructs[index]?.targeted) this.emitCharge(index);
    switch (opcode) {
      case OP.block:
        return this.emitBlock(flow.constructs[index] as Construct);
      case OP.loop:
        return this.emitLoop(flow.constructs[index] as Construct);
      case OP.if:
        return this.emitIf(flow.constructs[index] as Construct);
      case OP.br:
        this.emitBranch(flow.constructs[index] as Construct);
        return index + 1;
      case OP.br_if:
        this.emitBranchIf(flow.constructs[index] as Construct);
        return index + 1;
      case OP.br_table:
        this.emitBranchTable(flow.targets[index] as Construct[]);
        return index + 1;
      case OP.return:
        this.emitReturn();
        this.reachable = false;
        return index + 1;
      case OP.unreachable:
        this.setPoint(flow.trapOf[index]);
        this.writer.branch(this.trap);
        this.reachable = false;
        return index + 1;
    }
    this.#emitPlain(index, opcode);
    return index + 1;
  }

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

  calleeLeft(point: number): number {
    return point + 2 * this.context.flow.points.length;
  }

  #emitPlain(index: number, opcode: number): void {
    const { flow } = this.context;
    const { stack, writer } = this;
    const a = flow.a[index];
    switch (opcode) {
      case OP.i32_const:
        return stack.pushConstant(index, I32);
      case OP.i64_const:
        return stack.pushConstant(index, I64);
      case OP.f32_const:
      case OP.f64_const:
        return stack.pushConstant(index, (OPCODES[opcode]?.pushes as ValueType[])[0]);
      case OP.ref_null:
        return stack.pushConstant(index, a as ValueType);
      case OP.local_get:
        return stack.pushVariable(a);
      case OP.local_set:
      case OP.local_tee:
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
        stack.load(3);
        writer.op(OP.select);
        stack.pop(3);
        return stack.pushHost(type);
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
    }
    if (serviceType(this.context.module, opcode, a)) return this.#emitCall(index);
    const description = OPCODES[opcode];
    if (description?.access) return this.#emitAccess(index);
    const pops = description?.pops ?? [];
    const pushes = description?.pushes ?? [];
    if (isChecked(opcode)) emitChecked(this, index);
    else {
      stack.load(pops.length);
      writer.op(opcode);
    }
    stack.pop(pops.length);
    for (const type of pushes) stack.pushHost(type);
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
    this.stack.settleBelow(count);
    this.stack.load(count);
  }

  #emitAccess(index: number): void {
    const { flow, options } = this.context;
    const point = flow.pointOf[index];
    emitAddress(this, index);
    if (options.mode === 'checked') {
      this.setPoint(this.missed(point));
      this.writer.branch(this.miss(point));
      // Nothing falls through, but the host's types want the address that the joining code takes from its local.
    } else {
      emitFilterCheck(this, index);
      this.setPoint(this.missed(point));
      this.writer.branchIf(this.miss(point));
      emitHostAddress(this, index);
    }
    this.joinAccess(point);
    emitOperation(this, index);
  }

  // --- control in the guest's structure -------------------------------------------------------------------------------

  /** Types that a branch to the construct carries. */
  labelTypes(construct: Construct): readonly ValueType[] {
    return construct.opcode === OP.loop ? construct.params : construct.results;
  }

  /** Before a construct: everything is in variables, so that its inside can leave and be resumed. */
  settleAll(): void {
    this.stack.settleBelow(0);
  }

  /** Falls through the end of a construct: its results go where its branches put them. */
  endOf(construct: Construct): void {
    if (this.reachable) this.stack.settleTop(construct.results.length);
  }

  /** Behind the end of a construct. */
  behind(construct: Construct): void {
    this.reachable = construct.endReachable;
    this.stack.reset(construct.height, construct.results);
  }

  emitBlock(construct: Construct): number {
    this.stack.settleTop(construct.params.length);
    this.settleAll();
    if (construct.targeted) this.labels.set(construct, this.writer.open(OP.block));
    this.emitRange(construct.start + 1, construct.end);
    this.endOf(construct);
    this.emitCharge(construct.end);
    if (construct.targeted) this.writer.close();
    this.behind(construct);
    return construct.end + 1;
  }

  emitLoop(construct: Construct): number {
    this.stack.settleTop(construct.params.length);
    this.settleAll();
    if (construct.targeted) {
      this.labels.set(construct, this.writer.open(OP.loop));
      this.emitLoopHead(construct);
    }
    this.emitRange(construct.start + 1, construct.end);
    this.endOf(construct);
    this.emitCharge(construct.end);
    if (construct.targeted) this.writer.close();
    this.behind(construct);
    return construct.end + 1;
  }

  /** A loop's head looks at the clock, then charges its first segment: it can be entered again as if for the first time. */
  emitLoopHead(construct: Construct): void {
    const { writer } = this;
    const point = this.context.flow.pointOf[construct.start];
    writer.get(this.locals.clock);
    writer.long(0n);
    writer.op(OP.i64_lt_s);
    this.setPoint(point);
    writer.branchIf(this.tail(point));
    this.emitCharge(construct.start);
  }

  emitIf(construct: Construct): number {
    const { stack, writer } = this;
    // The condition is on top; what lies below must not stay on the host's stack.
    stack.settleBelow(1);
    stack.load(1);
    stack.pop(1);
    stack.settleTop(construct.params.length);
    this.labels.set(construct, writer.open(OP.if));
    const otherwise = construct.otherwise < 0 ? construct.end : construct.otherwise;
    this.emitRange(construct.start + 1, otherwise);
    this.endOf(construct);
    if (construct.otherwise >= 0) {
      writer.op(OP.else);
      stack.reset(construct.height, construct.params);
      this.reachable = true;
      this.emitRange(construct.otherwise + 1, construct.end);
      this.endOf(construct);
    }
    writer.close();
    this.behind(construct);
    return construct.end + 1;
  }

  /** Moves the branch's values from their positions to the label's. */
  #copyToLabel(construct: Construct): void {
    const { stack, writer } = this;
    const types = this.labelTypes(construct);
    const from = stack.height - types.length;
    if (from === construct.height) return;
    types.forEach((type, i) => {
      writer.get(this.locals.of(stack.slot(from + i, type)));
      writer.set(this.locals.of(stack.slot(construct.height + i, type)));
    });
  }

  needsCopy(construct: Construct): boolean {
    const count = this.labelTypes(construct).length;
    return count > 0 && this.stack.height - count !== construct.height;
  }

  /** Goes to a construct's label, whose values are in the variables of their positions. */
  #jump(construct: Construct): void {
    if (construct.start < 0) {
      const { results } = construct;
      this.emitReturn();
      // Where the jump is not taken the results are still in their variables.
      this.stack.reset(this.stack.height - results.length, results);
      return;
    }
    this.#copyToLabel(construct);
    this.writer.branch(this.labelOf(construct));
  }

  /** The host label of a construct; a subclass may note that it is used. */
  labelOf(construct: Construct): Label {
    return this.labels.get(construct) as Label;
  }

  emitBranch(construct: Construct): void {
    if (construct.start < 0) {
      this.emitReturn();
    } else {
      this.stack.settleTop(this.labelTypes(construct).length);
      this.#jump(construct);
    }
    this.reachable = false;
  }

  emitBranchIf(construct: Construct): void {
    const { stack, writer } = this;
    const count = this.labelTypes(construct).length;
    stack.load(1);
    stack.pop(1);
    if (count === 0 && construct.start >= 0) {
      writer.branchIf(this.labelOf(construct));
      return;
    }
    const condition = this.locals.operands[0];
    writer.set(condition);
    stack.settleTop(count);
    this.settleAll();
    writer.get(condition);
    if (construct.start >= 0 && !this.needsCopy(construct)) {
      writer.branchIf(this.labelOf(construct));
      return;
    }
    writer.open(OP.if);
    this.#jump(construct);
    writer.close();
  }

  emitBranchTable(targets: readonly Construct[]): void {
    const { stack, writer } = this;
    const count = this.labelTypes(targets[0]).length;
    const selector = this.locals.operands[0];
    stack.load(1);
    stack.pop(1);
    writer.set(selector);
    stack.settleTop(count);
    this.settleAll();
    // Targets that need more than a jump get a block of their own, behind which that is done.
    const special = [...new Set(targets)].filter((target) => target.start < 0 || this.needsCopy(target));
    const stops = new Map<Construct, Label>();
    for (const target of [...special].reverse()) stops.set(target, writer.open(OP.block));
    writer.get(selector);
    writer.branchTable(targets.map((target) => stops.get(target) ?? this.labelOf(target)));
    for (const target of special) {
      writer.close();
      this.#jump(target);
    }
    this.reachable = false;
  }

  // --- results in frames ----------------------------------------------------------------------------------------------

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
  return host === 0x7d ? OP.f32_store : OP.f64_store;
}

/** The plain load of a variable's whole value. */
export function loadOpcode(type: ValueType): number {
  const host = hostType(type);
  if (host === I32) return OP.i32_load;
  if (host === I64) return OP.i64_load;
  return host === 0x7d ? OP.f32_load : OP.f64_load;
}
