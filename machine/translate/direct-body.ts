// The body that callers call: the guest's structure, entered only at its start. It runs until the function is done, or until an
// access misses its filter, the window ends or a callee has left; then it spills what lives and either goes on in the resumable
// body (a miss) or leaves.
//
// Host signature: (parameters..., clock, frame) -> (results..., clock or LEFT). When it answers LEFT the results mean nothing, its
// frame is complete but for FRAME_LINK, which the caller writes.
import {
  CLOCK_SHIFT,
  FRAME_ADDRESS,
  FRAME_CODE,
  FRAME_LINK,
  FRAME_OPERAND,
  FRAME_POINT,
  FRAME_VALUES,
  KIND_ACCESS,
  KIND_CALL,
  LEAVE_NESTING,
  POINT_BYTES,
  POINT_OPERAND,
  POINT_REMAINDER,
  REG_CAUSE,
  REG_CLOCK,
  REG_CORE,
  REG_LIMIT,
  REG_TOP,
} from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import { BodyEmitter, loadOpcode, storeOpcode } from './body-emitter.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import type { FunctionContext } from './context.ts';
import { OPERAND_TYPES } from './flow.ts';

export class DirectBody extends BodyEmitter {
  #common: Label = 0;
  #trap: Label = 0;
  #sets: Label[] = [];

  constructor(context: FunctionContext, writer: CodeWriter) {
    super(context, writer, context.type.params.length);
  }

  get trap(): Label {
    return this.#trap;
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

  /** Completes the frame; a miss goes on in the resumable body, everything else leaves. */
  #emitCommon(): void {
    const { writer, locals, context } = this;
    const { host, type, index, flow } = context;
    const miss = flow.points.some((point) => point.kind === KIND_ACCESS);
    emitLeave(this, type.results);
    if (!miss) return;
    emitDescriptor(this, () => {
      writer.get(locals.point);
      writer.int(flow.points.length);
      writer.op(OP.i32_sub);
      writer.tee(locals.point);
    });
    writer.set(locals.entry);
    writer.get(locals.frame);
    writer.get(locals.point);
    writer.memory(OP.i32_store, FRAME_POINT);
    emitSaveAccess(this);
    // The resumable body expects the exact clock, as if the dispatcher had entered it.
    writer.get(locals.clock);
    emitRemainder(this);
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

/** Pushes the address of a point's descriptor; `push` pushes the point. */
export function emitDescriptor(emitter: BodyEmitter, push: () => void): void {
  const { writer, context } = emitter;
  push();
  writer.int(POINT_BYTES);
  writer.op(OP.i32_mul);
  writer.global(context.host.global('points'));
  writer.op(OP.i32_add);
  writer.int(context.firstPoint * POINT_BYTES);
  writer.op(OP.i32_add);
}

/** Pushes, as clock, what the block was charged from the point of the descriptor in `entry` on. */
export function emitRemainder(emitter: BodyEmitter): void {
  const { writer, locals } = emitter;
  writer.get(locals.entry);
  writer.memory(OP.i64_load32_u, POINT_REMAINDER);
  writer.long(BigInt(CLOCK_SHIFT));
  writer.op(OP.i64_shl);
}

function emitCode(emitter: BodyEmitter): void {
  const { writer, context } = emitter;
  writer.global(context.host.global('code'));
  writer.int(2 * (context.index - context.module.importedFunctions) + 1);
  writer.op(OP.i32_add);
}

/**
 * Leaves, after the spills. A function that leaves by itself says where the context's frames end and what time it is; one whose
 * callee left links the callee's frame to its own. Falls through where an access missed.
 */
export function emitLeave(emitter: BodyEmitter, results: readonly ValueType[]): void {
  const { writer, locals, context } = emitter;
  const { points } = context.flow;
  const store = (offset: number, push: () => void) => {
    writer.get(locals.frame);
    push();
    writer.memory(OP.i32_store, offset);
  };
  const register = (opcode: number, address: number, local: number) => {
    writer.int(0);
    writer.get(local);
    writer.memory(opcode, address);
  };
  store(FRAME_CODE, () => emitCode(emitter));
  writer.get(locals.point);
  writer.int(points.length);
  writer.op(OP.i32_lt_u);
  writer.open(OP.if);
  store(FRAME_POINT, () => writer.get(locals.point));
  register(OP.i32_store, REG_TOP, locals.frame);
  register(OP.i64_store, REG_CLOCK, locals.clock);
  emitter.emitLeft(results);
  writer.op(OP.return);
  writer.close();
  if (points.every((point) => point.kind !== KIND_CALL)) return;
  writer.get(locals.point);
  writer.int(2 * points.length);
  writer.op(OP.i32_ge_u);
  writer.open(OP.if);
  store(FRAME_POINT, () => {
    writer.get(locals.point);
    writer.int(2 * points.length);
    writer.op(OP.i32_sub);
  });
  store(context.spills.frameBytes + FRAME_LINK, () => writer.int(context.spills.frameBytes));
  emitter.emitLeft(results);
  writer.op(OP.return);
  writer.close();
}

/** Leaves with the trap in the `point` local. */
export function emitTrap(emitter: BodyEmitter): void {
  const { writer, locals, context } = emitter;
  emitDescriptor(emitter, () => writer.get(locals.point));
  writer.get(locals.frame);
  emitCode(emitter);
  writer.get(locals.point);
  writer.get(locals.clock);
  writer.call(context.host.imported('trap'));
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
