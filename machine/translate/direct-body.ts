// The body that callers call: the guest's structure, entered only at its start. It runs until the function is done, or until an
// access misses its filter, the window ends or a callee has left; then it spills what lives and either goes on in the resumable
// body (a miss) or leaves.
//
// Host signature: (parameters..., clock, frame) -> (results..., clock or LEFT). When it answers LEFT the results mean nothing, its
// frame is complete but for FRAME_LINK, which the caller writes.
import {
  FRAME_POINT,
  FRAME_VALUES,
  KIND_ACCESS,
  LEAVE_NESTING,
  REG_CAUSE,
  REG_CORE,
  REG_LIMIT,
} from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import { BodyEmitter } from './body-emitter.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import type { FunctionContext } from './context.ts';
import type { Construct } from './flow.ts';
import { loadOpcode } from './instruction-emitter.ts';
import {
  emitDescriptor,
  emitLeave,
  emitRemainder,
  emitSaveAddress,
  emitSaveOperand,
  emitSpills,
  emitTrap,
} from './leaving.ts';
import { emitAddress } from './memory-access.ts';
import { emitLink } from './references.ts';

/** Guest code of functions whose direct body has their loops. */
const MOST_BYTES_WITH_LOOPS = 192;
/** Modules with more guest code are mostly libraries, of which little runs: of their functions a direct body has about as much, up to an access. */
const LARGE_MODULE_BYTES = 256 * 1024;
const MOST_BYTES_IN_LARGE_MODULES = 224;

export class DirectBody extends BodyEmitter {
  #common: Label = 0;
  #trap: Label = 0;
  #sets: Label[] = [];
  readonly #endsAtLoops: boolean;
  /** Accesses behind this place are the resumable body's. */
  readonly #lastOffset: number;

  constructor(context: FunctionContext, writer: CodeWriter) {
    super(context, writer, context.type.params.length);
    const { start, end } = context.module.code[context.index - context.module.importedFunctions];
    this.#endsAtLoops = end - start > MOST_BYTES_WITH_LOOPS;
    this.#lastOffset = context.host.guestCodeBytes > LARGE_MODULE_BYTES ? start + MOST_BYTES_IN_LARGE_MODULES : end;
  }

  get trap(): Label {
    return this.#trap;
  }

  tail(point: number): Label {
    return this.#sets[this.context.spills.setOf[point]];
  }

  emitMiss(index: number, conditional: boolean): void {
    const point = this.context.flow.pointOf[index];
    this.setPoint(this.missed(point));
    if (conditional) this.writer.branchIf(this.tail(point));
    else this.writer.branch(this.tail(point));
  }

  /** Where this body is to end it goes on as after a miss: the slow path finds the line, which takes no time on the emulated machine. */
  override emitAccess(index: number): void {
    if (this.context.flow.offsets[index] <= this.#lastOffset) return super.emitAccess(index);
    emitAddress(this, index);
    this.emitMiss(index, false);
    this.reachable = false;
    this.ended = true;
  }

  emitReturn(): void {
    this.stack.makeCanonical(this.context.type.results.length);
    this.stack.load(this.context.type.results.length);
    this.writer.get(this.locals.clock);
    this.writer.op(OP.return);
  }

  /** In a large function this body ends at the first loop: the resumable one has it, and is where a first miss would lead anyway. */
  override emitLoop(construct: Construct): number {
    if (!construct.targeted || !this.#endsAtLoops) return super.emitLoop(construct);
    const point = this.context.flow.pointOf[construct.start];
    this.settleValues(construct.params.length);
    this.settleAll();
    this.setPoint(this.goesOn(point));
    this.writer.branch(this.tail(point));
    this.reachable = false;
    this.ended = true;
    return construct.end + 1;
  }

  joinCall(_point: number, results: readonly ValueType[]): void {
    for (const type of results) this.stack.pushHost(type);
  }

  emit(): void {
    const { writer, locals, context } = this;
    const { flow, spills } = context;
    this.#trap = writer.open(OP.block);
    this.#common = writer.open(OP.block);
    this.#sets = spills.sets.map(() => 0);
    for (let set = spills.sets.length - 1; set >= 0; set--) this.#sets[set] = writer.open(OP.block);
    const entry = writer.open(OP.block);
    this.#emitEntryCheck(entry);
    if (flow.points.some((point) => point.kind === KIND_ACCESS)) {
      writer.int(0);
      writer.memory(OP.i32_load, REG_CORE);
      writer.set(locals.core);
    }
    emitLink(this);
    this.emitRange(0, flow.body.end);
    if (this.reachable && !this.ended) {
      this.emitCharge(flow.body.end);
      this.emitReturn();
    } else {
      writer.op(OP.unreachable);
    }
    writer.close();
    this.#emitEntryTail();
    spills.sets.forEach((variables) => {
      writer.close();
      emitSpills(this, variables);
      writer.branch(this.#common);
    });
    writer.close();
    this.#emitCommon();
    writer.close();
    emitTrap(this);
    this.emitLeft(context.type.results);
    writer.op(OP.end);
  }

  /** Leaves when the window is over or when the frame would reach beyond the limit. */
  #emitEntryCheck(entry: Label): void {
    const { writer, locals } = this;
    writer.get(locals.clock);
    writer.long(0n);
    writer.op(OP.i64_lt_s);
    writer.get(locals.frame);
    writer.int(this.context.spills.frameBytes);
    writer.op(OP.i32_add);
    writer.int(0);
    writer.memory(OP.i32_load, REG_LIMIT);
    writer.op(OP.i32_gt_u);
    writer.op(OP.i32_or);
    writer.branchIf(entry);
  }

  /** A function that is not entered leaves its parameters in its frame; point 0 (the local's initial value) enters it again. */
  #emitEntryTail(): void {
    const { writer, locals } = this;
    this.storeValues(this.context.type.params.map((_, i) => i));
    writer.get(locals.clock);
    writer.long(0n);
    writer.op(OP.i64_ge_s);
    writer.open(OP.if);
    writer.int(0);
    writer.int(LEAVE_NESTING);
    writer.memory(OP.i32_store, REG_CAUSE);
    writer.close();
    writer.branch(this.#common);
  }

  /** Completes the frame; a miss and an end of this body go on in the resumable body, everything else leaves. */
  #emitCommon(): void {
    const { writer, locals, context } = this;
    const { host, type, index, flow } = context;
    emitLeave(this, type.results);
    const misses = flow.points.some((point) => point.kind === KIND_ACCESS);
    if (misses) {
      writer.get(locals.point);
      writer.int(this.goesOn(0));
      writer.op(OP.i32_lt_u);
      writer.open(OP.if);
      this.#emitMissed();
      writer.op(OP.else);
    }
    this.#emitPoint(this.goesOn(0));
    if (misses) writer.close();
    writer.get(locals.clock);
    writer.get(locals.frame);
    writer.call(host.resumable(index));
    writer.set(locals.clock);
    // Whether it is done or has left, its results are where they belong or mean nothing.
    type.results.forEach((result, i) => {
      writer.get(locals.frame);
      writer.memory(loadOpcode(result), FRAME_VALUES + 8 * i);
    });
    writer.get(locals.clock);
    writer.op(OP.return);
  }

  #emitPoint(base: number): void {
    const { writer, locals } = this;
    writer.get(locals.frame);
    writer.get(locals.point);
    writer.int(base);
    writer.op(OP.i32_sub);
    writer.memory(OP.i32_store, FRAME_POINT);
  }

  /** Saves an access; the resumable body expects the exact clock, as if the dispatcher had entered it. */
  #emitMissed(): void {
    const { writer, locals } = this;
    this.#emitPoint(this.missed(0));
    emitDescriptor(this, () => {
      writer.get(locals.point);
      writer.int(this.missed(0));
      writer.op(OP.i32_sub);
    });
    writer.set(locals.entry);
    emitSaveAddress(this);
    emitSaveOperand(this);
    writer.get(locals.clock);
    emitRemainder(this);
    writer.op(OP.i64_add);
    writer.set(locals.clock);
  }
}
