// Control flow in the guest's own structure: what the direct body is made of, and the plain innermost loops of the resumable one.
//
// Values that cross a label (parameters and results of constructs) are in the variables of their positions, so host constructs have
// neither.
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import type { Label } from './code-writer.ts';
import type { Construct } from './flow.ts';
import { InstructionEmitter } from './instruction-emitter.ts';

export abstract class BodyEmitter extends InstructionEmitter {
  /** Label of each construct that can be branched to now. */
  readonly labels = new Map<Construct, Label>();
  /** Whether the emitted code can fall through to what comes next. */
  reachable = true;
  /** Whether this body ends before what comes next in the construct, which the other body of the function has. */
  ended = false;

  /** Emits the instructions [from, to). */
  emitRange(from: number, to: number): void {
    for (let i = from; i < to && !this.ended; ) i = this.emitInstruction(i);
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
    this.emitPlain(index, opcode);
    return index + 1;
  }

  /** Types that a branch to the construct carries. */
  labelTypes(construct: Construct): readonly ValueType[] {
    return construct.opcode === OP.loop ? construct.params : construct.results;
  }

  /** Before a construct: everything is in variables, so that its inside can leave and be resumed. */
  settleAll(): void {
    this.stack.settleBelow(0);
  }

  /** Moves values that cross a label into the variables of their positions; what comes out there is canonical. */
  settleValues(count: number): void {
    this.stack.settleTop(count);
    this.stack.makeCanonical(count);
  }

  /** Falls through the end of a construct: its results go where its branches put them. */
  endOf(construct: Construct): void {
    if (this.reachable && !this.ended) this.settleValues(construct.results.length);
  }

  /** Behind the end of a construct. */
  behind(construct: Construct): void {
    if (construct.targeted) this.ended = false;
    this.reachable = construct.endReachable && !this.ended;
    this.stack.reset(construct.height, construct.results);
  }

  emitBlock(construct: Construct): number {
    this.settleValues(construct.params.length);
    this.settleAll();
    if (construct.targeted) this.labels.set(construct, this.writer.open(OP.block));
    this.emitRange(construct.start + 1, construct.end);
    this.endOf(construct);
    if (!this.ended) this.emitCharge(construct.end);
    if (construct.targeted) this.writer.close();
    this.behind(construct);
    return construct.end + 1;
  }

  emitLoop(construct: Construct): number {
    this.settleValues(construct.params.length);
    this.settleAll();
    if (construct.targeted) {
      this.labels.set(construct, this.writer.open(OP.loop));
      this.emitLoopHead(construct);
    }
    this.emitRange(construct.start + 1, construct.end);
    this.endOf(construct);
    if (!this.ended) this.emitCharge(construct.end);
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
    this.settleValues(construct.params.length);
    this.labels.set(construct, writer.open(OP.if));
    const otherwise = construct.otherwise < 0 ? construct.end : construct.otherwise;
    this.emitRange(construct.start + 1, otherwise);
    this.endOf(construct);
    let ended = this.ended;
    this.ended = false;
    if (construct.otherwise >= 0) {
      writer.op(OP.else);
      stack.reset(construct.height, construct.params);
      this.reachable = true;
      this.emitRange(construct.otherwise + 1, construct.end);
      this.endOf(construct);
      ended &&= this.ended;
    } else {
      ended = false;
    }
    this.ended = ended;
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

  /** Whether a branch to the construct takes more than a jump. */
  needsCode(construct: Construct): boolean {
    return construct.start < 0 || this.needsCopy(construct);
  }

  /** What a jump to the construct's label needs before it. */
  beforeJump(_construct: Construct): void {}

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
    this.beforeJump(construct);
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
      this.settleValues(this.labelTypes(construct).length);
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
      this.beforeJump(construct);
      writer.branchIf(this.labelOf(construct));
      return;
    }
    const condition = this.locals.operands[0];
    writer.set(condition);
    this.settleValues(count);
    this.settleAll();
    writer.get(condition);
    if (construct.start >= 0 && !this.needsCopy(construct)) {
      this.beforeJump(construct);
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
    this.settleValues(count);
    this.settleAll();
    // Targets that need more than a jump get a block of their own, behind which that is done.
    const special = [...new Set(targets)].filter((target) => this.needsCode(target));
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
}
