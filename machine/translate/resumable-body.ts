// The body that the dispatcher enters: it can go on at every resume point of the function.
//
// It first brings back what lives at the point, then reaches it, as region-emitter.ts lays the code out. A filter miss goes to the top, where the slow path is called and the point is reached in the same way.
//
// Host signature: (clock, frame) -> clock or LEFT; results are in the frame's value area.
import {
  FRAME_ADDRESS,
  FRAME_OPERAND,
  FRAME_POINT,
  FRAME_VALUES,
  KIND_ACCESS,
  KIND_CALL,
  LEFT,
  REG_CORE,
  REG_OPERAND,
  REG_TOP,
} from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import type { FunctionContext } from './context.ts';
import { loadOpcode } from './instruction-emitter.ts';
import { OPERAND_TYPES } from './instruction-kinds.ts';
import { emitDescriptor, emitLeave, emitRemainder, emitSaveAddress, emitSpills, emitTrap } from './leaving.ts';
import { emitLink } from './references.ts';
import { RegionEmitter } from './region-emitter.ts';
import { callsItself, emitEntered, emitIsEntered, emitReturnToSelf } from './return-to-self.ts';

/** Above this many resume points, what a set loads is there once, and what a point loads beside it is loaded in a second step. */
const MOST_IN_ONE_STEP = 16;

export class ResumableBody extends RegionEmitter {
  #dispatch: Label = 0;
  #common: Label = 0;
  #trap: Label = 0;
  #sets: Label[] = [];
  /** Whether points come back in two steps. */
  readonly #inSteps: boolean;

  constructor(context: FunctionContext, writer: CodeWriter) {
    super(context, writer, 0);
    this.#inSteps = context.flow.resumePoints > MOST_IN_ONE_STEP;
  }

  get trap(): Label {
    return this.#trap;
  }

  protected get dispatch(): Label {
    return this.#dispatch;
  }

  protected restored(point: number): number {
    return point + (this.#inSteps ? 2 : 1) * this.context.flow.resumePoints;
  }

  tail(point: number): Label {
    return this.#sets[this.context.spills.setOf[point]];
  }

  emitReturn(): void {
    const { results } = this.context.type;
    this.settleValues(results.length);
    const first = this.stack.height - results.length;
    this.storeValues(results.map((type, i) => this.stack.slot(first + i, type)));
    if (callsItself(this.context)) {
      emitIsEntered(this);
      this.writer.open(OP.if);
      emitReturnToSelf(this, this.#dispatch);
      this.writer.close();
    }
    this.writer.get(this.locals.clock);
    this.writer.op(OP.return);
  }

  emit(): void {
    const { writer, locals, context } = this;
    const { flow, spills } = context;
    writer.int(0);
    writer.memory(OP.i32_load, REG_CORE);
    writer.set(locals.core);
    emitLink(this);
    writer.get(locals.frame);
    writer.memory(OP.i32_load, FRAME_POINT);
    writer.set(locals.resume);
    this.#trap = writer.open(OP.block);
    this.#common = writer.open(OP.block);
    this.#sets = spills.sets.map(() => 0);
    for (let set = spills.sets.length - 1; set >= 0; set--) this.#sets[set] = writer.open(OP.block);
    this.#dispatch = writer.open(OP.loop);
    this.#emitTable();
    if (this.live) {
      this.emitCharge(flow.body.end);
      this.emitReturn();
    }
    this.cut();
    writer.close();
    writer.op(OP.unreachable);
    spills.sets.forEach((variables) => {
      writer.close();
      emitSpills(this, variables);
      writer.branch(this.#common);
    });
    writer.close();
    emitLeave(this, []);
    this.#emitLeaveAccess();
    writer.close();
    emitTrap(this);
    this.emitLeft([]);
    writer.op(OP.end);
  }

  /** The slow path has left: it is called again when the context comes back. */
  #emitLeaveAccess(): void {
    const { writer, locals } = this;
    writer.get(locals.frame);
    writer.get(locals.point);
    writer.int(this.context.flow.points.length);
    writer.op(OP.i32_sub);
    writer.memory(OP.i32_store, FRAME_POINT);
    emitSaveAddress(this);
    // Whatever type the operand has, its bits are where the slow path was given them.
    writer.get(locals.frame);
    writer.int(0);
    writer.memory(OP.i64_load, REG_OPERAND);
    writer.memory(OP.i64_store, FRAME_OPERAND);
    writer.int(0);
    writer.get(locals.frame);
    writer.memory(OP.i32_store, REG_TOP);
    this.emitLeft([]);
    writer.op(OP.return);
  }

  // --- coming back from the frame -----------------------------------------------------------------------------------------

  /** The function's entry: calls the direct body and is done with that. */
  #emitEnter(): void {
    const { writer, locals, context } = this;
    const { type, host, index } = context;
    type.params.forEach((param, i) => {
      writer.get(locals.frame);
      writer.memory(loadOpcode(param), FRAME_VALUES + 8 * i);
    });
    const recursive = callsItself(context);
    // The direct body calls this one for the same frame, and wants it back.
    if (recursive) emitEntered(this, () => writer.int(0));
    writer.get(locals.clock);
    writer.get(locals.frame);
    writer.call(host.direct(index));
    writer.set(locals.clock);
    const results = type.results.map((result, i) => this.stack.slot(i, result));
    for (const variable of [...results].reverse()) writer.set(locals.of(variable));
    if (results.length > 0 || recursive) {
      writer.get(locals.clock);
      writer.long(BigInt(LEFT));
      writer.op(OP.i64_ne);
      writer.open(OP.if);
      this.storeValues(results);
      if (recursive) {
        emitEntered(this, () => writer.get(locals.frame));
        emitReturnToSelf(this, this.#dispatch);
      }
      writer.close();
    }
    writer.get(locals.clock);
    writer.op(OP.return);
  }

  /** What a point's resumption loads first, as a key: points with equal keys share the code that does. */
  #restoreKey(point: number): string {
    const { kind } = this.context.flow.points[point];
    if (point === 0) return 'entry';
    const set = this.context.spills.setOf[point];
    // Loop heads and calls go on at once, without a second dispatch, unless there are very many.
    if (kind !== KIND_ACCESS && !(kind === KIND_CALL && this.#inSteps)) return `point ${point}`;
    if (this.#inSteps) return `set ${set}`;
    return `access ${set} ${this.context.operandOf[point]}`;
  }

  /** What is loaded behind that, where points share what their sets load; undefined for nothing. */
  #secondKey(point: number): string | undefined {
    const { kind, results } = this.context.flow.points[point];
    if (!this.#restoreKey(point).startsWith('set')) return undefined;
    return kind === KIND_ACCESS ? `access ${this.context.operandOf[point]}` : `results ${results.join()}`;
  }

  #emitRestore(point: number, label: Label | undefined): void {
    if (point === 0) return this.#emitEnter();
    this.#emitRestoreSet(point);
    if (this.#restoreKey(point).startsWith('set')) return this.#emitGoOn(undefined, point);
    this.#emitRestoreOwn(point, label);
  }

  #emitRestoreSet(point: number): void {
    const { writer, locals, context } = this;
    const { flow, spills } = context;
    for (const variable of spills.sets[spills.setOf[point]]) {
      writer.get(locals.frame);
      writer.memory(loadOpcode(flow.variables.types[variable]), spills.offsets.get(variable) as number);
      writer.set(locals.of(variable));
    }
  }

  /** What the point needs beside its set. */
  #emitRestoreOwn(point: number, label: Label | undefined): void {
    const { writer, locals, context } = this;
    const { flow, spills } = context;
    const { kind, results } = flow.points[point];
    if (kind === KIND_ACCESS) return this.#emitRestoreAccess(point);
    results.forEach((variable, i) => {
      writer.get(locals.frame);
      writer.memory(loadOpcode(flow.variables.types[variable]), spills.frameBytes + FRAME_VALUES + 8 * i);
      writer.set(locals.of(variable));
    });
    this.#emitGoOn(label, point);
  }

  /** An access is asked for again. The clock was exact when it left, and its block has been charged. */
  #emitRestoreAccess(point: number): void {
    const { writer, locals, context } = this;
    writer.get(locals.frame);
    writer.memory(OP.i64_load, FRAME_ADDRESS);
    writer.set(locals.address);
    const operand = context.operandOf[point];
    if (operand > 0) {
      writer.get(locals.frame);
      writer.memory(loadOpcode(OPERAND_TYPES[operand - 1]), FRAME_OPERAND);
      writer.set(locals.operands[operand - 1]);
    }
    emitDescriptor(this, () => {
      writer.get(locals.resume);
      if (!this.#inSteps) return;
      // This is the second step.
      writer.int(context.flow.resumePoints);
      writer.op(OP.i32_sub);
    });
    writer.set(locals.entry);
    writer.get(locals.clock);
    emitRemainder(this);
    writer.op(OP.i64_sub);
    writer.set(locals.clock);
    this.#emitGoOn(undefined, point);
  }

  /** Goes to a point that is restored: straight, where the label of its stop is known, else through the table. */
  #emitGoOn(label: Label | undefined, point: number): void {
    const { writer, locals, context } = this;
    if (label === undefined) {
      writer.get(locals.resume);
      writer.int(context.flow.resumePoints);
      writer.op(OP.i32_add);
    } else {
      writer.int(this.restored(point));
    }
    writer.set(locals.resume);
    writer.branch(label ?? this.#dispatch);
  }

  /** One table reaches the code that restores each point, what some need behind that, and each point that is restored. */
  #emitTable(): void {
    const { writer, locals, context } = this;
    const { flow } = context;
    const { resumePoints } = flow;
    const stops = this.openStops(0, flow.body.end);
    const labels: (Label | undefined)[] = new Array(resumePoints);
    for (const stop of stops) {
      for (let point = stop.firstPoint; point < stop.lastPoint; point++) labels[point] = stop.label;
    }
    // A loop that nothing branches back to has a point that no code leaves at.
    const isUsed = (point: number) => point === 0 || labels[point] !== undefined;
    const first = this.#openRestores(isUsed, (point) => this.#restoreKey(point));
    const second = this.#openRestores(isUsed, (point) => (this.#inSteps ? this.#secondKey(point) : undefined));
    const firstOf = (point: number) => first.get(this.#restoreKey(point))?.label;
    const secondOf = (point: number) => second.get(this.#secondKey(point) ?? '')?.label;
    const entry = firstOf(0) as Label;
    const points = Array.from(labels.keys());
    writer.get(locals.resume);
    writer.branchTable([
      ...points.map((point) => firstOf(point) ?? entry),
      ...(this.#inSteps ? points.map((point) => secondOf(point) ?? entry) : []),
      ...labels.map((label) => label ?? entry),
      entry,
    ]);
    for (const { point } of second.values()) {
      writer.close();
      this.#emitRestoreOwn(point, undefined);
    }
    for (const [key, { point }] of first) {
      writer.close();
      this.#emitRestore(point, key.startsWith('point') ? labels[point] : undefined);
    }
    // The function's start is not reached in this body.
    this.emitFromStops();
  }

  /** Opens a block for each key of the points that are used: the first point with it, and the block's label, in the order in which they end. */
  #openRestores(
    isUsed: (point: number) => boolean,
    keyOf: (point: number) => string | undefined,
  ): Map<string, { point: number; label: Label }> {
    const restores = new Map<string, { point: number; label: Label }>();
    for (let point = 0; point < this.context.flow.resumePoints; point++) {
      const key = isUsed(point) ? keyOf(point) : undefined;
      if (key !== undefined && !restores.has(key)) restores.set(key, { point, label: 0 });
    }
    for (const restore of [...restores.values()].reverse()) restore.label = this.writer.open(OP.block);
    return restores;
  }
}
