// The body that callers call: the guest's structure, entered only at its start. It runs until the function is done, or until an
// access misses its filter, the window ends or a callee has left; then it spills what lives and either goes on in the resumable
// body (a miss) or leaves.
//
// Host signature: (parameters..., clock, frame) -> (results..., clock or LEFT). When it answers LEFT the results mean nothing, its
// frame is complete but for FRAME_LINK, which the caller writes.
import {
  CLOCK_SHIFT,
  FRAME_ADDRESS,
  FRAME_OPERAND,
  FRAME_VALUES,
  KIND_ACCESS,
  LEAVE_NESTING,
  POINT_BYTES,
  POINT_OPERAND,
  POINT_REMAINDER,
  REG_CAUSE,
  REG_CORE,
  REG_LIMIT,
} from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import { BodyEmitter, loadOpcode, storeOpcode } from './body-emitter.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import type { FunctionContext } from './context.ts';
import { OPERAND_TYPES } from './flow.ts';

export class DirectBody extends BodyEmitter {
  #common: Label = 0;
  #sets: Label[] = [];

  constructor(context: FunctionContext, writer: CodeWriter) {
    super(context, writer, context.type.params.length);
  }

  get common(): Label {
    return this.#common;
  }

  tail(point: number): Label {
    return this.#sets[this.context.spills.setOf[point]];
  }

  miss(point: number): Label {
    return this.tail(point);
  }

  emitReturn(): void {
    this.stack.load(this.context.type.results.length);
    this.writer.get(this.locals.clock);
    this.writer.op(OP.return);
  }

  joinCall(_point: number, results: readonly ValueType[]): void {
    for (const type of results) this.stack.pushHost(type);
  }

  joinAccess(): void {}

  emit(): void {
    const { writer, locals, context } = this;
    const { flow, spills } = context;
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
    this.emitRange(0, flow.body.end);
    if (this.reachable) {
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

  /** Completes the frame; a miss goes on in the resumable body, everything else leaves. */
  #emitCommon(): void {
    const { writer, locals, context } = this;
    const { host, type, index } = context;
    emitLeave(this);
    if (context.flow.points.some((point) => point.kind === KIND_ACCESS)) {
      writer.int(KIND_ACCESS);
      writer.op(OP.i32_eq);
      writer.open(OP.if);
      emitSaveAccess(this);
      writer.get(locals.clock);
      writer.get(locals.entry);
      writer.memory(OP.i64_load32_u, POINT_REMAINDER);
      writer.long(BigInt(CLOCK_SHIFT));
      writer.op(OP.i64_shl);
      writer.op(OP.i64_add);
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
      writer.close();
    } else {
      writer.op(OP.drop);
    }
    this.emitLeft(type.results);
  }
}

/** Stores the variables of a spill set in the frame. */
export function emitSpills(emitter: BodyEmitter, variables: readonly number[]): void {
  const { writer, locals, context } = emitter;
  for (const variable of variables) {
    writer.get(locals.frame);
    writer.get(locals.of(variable));
    writer.memory(storeOpcode(context.flow.variables.types[variable]), context.spills.offsets.get(variable) as number);
  }
}

/** Writes the frame's head for the point in the `point` local; leaves the point's kind on the host's stack, its descriptor in `entry`. */
export function emitLeave(emitter: BodyEmitter): void {
  const { writer, locals, context } = emitter;
  const { host, index, module, spills, firstPoint } = context;
  writer.get(locals.point);
  writer.int(POINT_BYTES);
  writer.op(OP.i32_mul);
  writer.global(host.global('points'));
  writer.int(firstPoint * POINT_BYTES);
  writer.op(OP.i32_add);
  writer.op(OP.i32_add);
  writer.tee(locals.entry);
  writer.get(locals.frame);
  writer.global(host.global('code'));
  writer.int(2 * (index - module.importedFunctions) + 1);
  writer.op(OP.i32_add);
  writer.get(locals.point);
  writer.int(spills.frameBytes);
  writer.get(locals.clock);
  writer.call(host.imported('leave'));
}

/** Saves an access's address and operand in the frame; the descriptor is in `entry`. */
export function emitSaveAccess(emitter: BodyEmitter): void {
  const { writer, locals, context } = emitter;
  writer.get(locals.frame);
  writer.get(locals.address);
  writer.memory(OP.i64_store, FRAME_ADDRESS);
  const codes = [...new Set(context.operandOf)].filter((code) => code > 0);
  for (const code of codes) {
    const type = OPERAND_TYPES[code - 1];
    if (codes.length > 1) {
      writer.get(locals.entry);
      writer.memory(OP.i32_load8_u, POINT_OPERAND);
      writer.int(code);
      writer.op(OP.i32_eq);
      writer.open(OP.if);
    }
    writer.get(locals.frame);
    writer.get(locals.operands[code - 1]);
    writer.memory(storeOpcode(type), FRAME_OPERAND);
    if (codes.length > 1) writer.close();
  }
}
