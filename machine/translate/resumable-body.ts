// The body that the dispatcher enters: it can go on at every resume point of the function.
//
// It first brings back what the point's restore class names, then reaches the point. Code is laid out in regions: the function, and
// each loop that contains loops. Inside a region all control goes forward, so every place that is jumped to (the ends of the
// guest's constructs, and the resume points) can be the end of a block that is opened where the region begins, and one br_table
// there reaches any of them. A loop inside a region is a region of its own, with its own table at its head. An innermost loop
// is emitted twice: as a plain loop without resume points, and before it as "the rest of an iteration", straight code with the
// resume points, from which control goes to the plain loop's head. So the hot loop has no joins.
//
// A filter miss goes to the top, where the slow path is called and the point is reached through the tables.
//
// Host signature: (clock, frame) -> clock or LEFT; results are in the frame's value area.
import {
  CLOCK_SHIFT,
  FRAME_ADDRESS,
  FRAME_OPERAND,
  FRAME_POINT,
  FRAME_VALUES,
  KIND_ACCESS,
  LEFT,
  POINT_BYTES,
  POINT_CLASS,
  POINT_KIND,
  POINT_REMAINDER,
  POINT_SET,
  REG_CORE,
  REG_HOST_ADDRESS,
} from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import { BodyEmitter, loadOpcode } from './body-emitter.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import type { FunctionContext, RestoreClass } from './context.ts';
import { emitLeave, emitSaveAccess, emitSpills } from './direct-body.ts';
import type { Construct } from './flow.ts';
import { OPERAND_TYPES } from './flow.ts';
import { collectStops, type Stop } from './region.ts';

interface OpenStop extends Stop {
  label: Label;
  /** Whether live code goes there. */
  used: boolean;
}

export class ResumableBody extends BodyEmitter {
  #again: Label = 0;
  #common: Label = 0;
  #slowLeft: Label = 0;
  #sets: Label[] = [];
  /** Whether code is being laid out in a region, or in the guest's structure (inside a plain loop). */
  #linear = true;
  /** Regions that are loops, around the code being emitted. */
  #loopRegions = 0;
  /** Stops of the region that are still to come, the next one last. */
  #stops: OpenStop[] = [];
  /** Where code began that nothing reaches; it is cut off again when something does. */
  #deadFrom = -1;
  readonly #constructStops = new Map<Construct, OpenStop>();
  readonly #elseStops = new Map<Construct, OpenStop>();
  readonly #exitStops = new Map<Construct, OpenStop>();

  constructor(context: FunctionContext, writer: CodeWriter) {
    super(context, writer, 0);
  }

  get common(): Label {
    return this.#common;
  }

  tail(point: number): Label {
    return this.#sets[this.context.spills.setOf[point]];
  }

  miss(): Label {
    return this.#again;
  }

  emitReturn(): void {
    const { results } = this.context.type;
    this.stack.settleTop(results.length);
    const first = this.stack.height - results.length;
    this.storeValues(results.map((type, i) => this.stack.slot(first + i, type)));
    this.writer.get(this.locals.clock);
    this.writer.op(OP.return);
  }

  emit(): void {
    const { writer, locals, context } = this;
    const { flow, spills } = context;
    writer.int(0);
    writer.memory(OP.i32_load, REG_CORE);
    writer.set(locals.core);
    writer.get(locals.frame);
    writer.memory(OP.i32_load, FRAME_POINT);
    writer.set(locals.point);
    this.#common = writer.open(OP.block);
    this.#sets = spills.sets.map(() => 0);
    for (let set = spills.sets.length - 1; set >= 0; set--) this.#sets[set] = writer.open(OP.block);
    this.#slowLeft = writer.open(OP.block);
    this.#emitRestore();
    this.#again = writer.open(OP.loop);
    this.#emitSlowPath();
    if (flow.resumePoints > 1) {
      this.#emitRegion(-1, 0, flow.body.end, 1, flow.resumePoints);
      if (this.reachable && this.#deadFrom < 0) {
        this.emitCharge(flow.body.end);
        this.emitReturn();
      }
      this.#cut();
    }
    writer.close();
    writer.op(OP.unreachable);
    writer.close();
    this.#emitSlowLeft();
    spills.sets.forEach((variables) => {
      writer.close();
      emitSpills(this, variables);
      writer.branch(this.#common);
    });
    writer.close();
    this.#emitCommon();
    writer.op(OP.end);
  }

  // --- entering and leaving ---------------------------------------------------------------------------------------------

  #emitDescriptor(): void {
    const { writer, locals, context } = this;
    writer.get(locals.point);
    writer.int(POINT_BYTES);
    writer.op(OP.i32_mul);
    writer.global(context.host.global('points'));
    writer.int(context.firstPoint * POINT_BYTES);
    writer.op(OP.i32_add);
    writer.op(OP.i32_add);
    writer.tee(locals.entry);
  }

  /** Dispatches on the point's restore class; the function's entry calls the direct body and is done with that. */
  #emitRestore(): void {
    const { writer, context } = this;
    const { classes } = context;
    const restored = writer.open(OP.block);
    const labels: Label[] = classes.map(() => 0);
    for (let i = classes.length - 1; i >= 0; i--) labels[i] = writer.open(OP.block);
    this.#emitDescriptor();
    writer.memory(OP.i32_load16_u, POINT_CLASS);
    writer.branchTable([...labels, labels[0]]);
    classes.forEach((restore, i) => {
      writer.close();
      if (i === 0) this.#emitEnter();
      else if (i === 1) writer.branch(this.#common);
      else this.#emitRestoreClass(restore, restored);
    });
    writer.close();
  }

  #emitEnter(): void {
    const { writer, locals, context } = this;
    const { type, host, index } = context;
    type.params.forEach((param, i) => {
      writer.get(locals.frame);
      writer.memory(loadOpcode(param), FRAME_VALUES + 8 * i);
    });
    writer.get(locals.clock);
    writer.get(locals.frame);
    writer.call(host.direct(index));
    writer.set(locals.clock);
    const results = type.results.map((result, i) => this.stack.slot(i, result));
    for (const variable of [...results].reverse()) writer.set(locals.of(variable));
    if (results.length > 0) {
      writer.get(locals.clock);
      writer.long(BigInt(LEFT));
      writer.op(OP.i64_ne);
      writer.open(OP.if);
      this.storeValues(results);
      writer.close();
    }
    writer.get(locals.clock);
    writer.op(OP.return);
  }

  #emitRestoreClass(restore: RestoreClass, restored: Label): void {
    const { writer, locals, context } = this;
    const { flow, spills } = context;
    for (const variable of spills.sets[restore.set]) {
      writer.get(locals.frame);
      writer.memory(loadOpcode(flow.variables.types[variable]), spills.offsets.get(variable) as number);
      writer.set(locals.of(variable));
    }
    restore.results.forEach((variable, i) => {
      writer.get(locals.frame);
      writer.memory(loadOpcode(flow.variables.types[variable]), spills.frameBytes + FRAME_VALUES + 8 * i);
      writer.set(locals.of(variable));
    });
    if (restore.access) {
      writer.get(locals.frame);
      writer.memory(OP.i64_load, FRAME_ADDRESS);
      writer.set(locals.address);
      // The clock was exact when the access left; its block has been charged.
      writer.get(locals.clock);
      writer.get(locals.entry);
      writer.memory(OP.i64_load32_u, POINT_REMAINDER);
      writer.long(BigInt(CLOCK_SHIFT));
      writer.op(OP.i64_shl);
      writer.op(OP.i64_sub);
      writer.set(locals.clock);
    }
    if (restore.operand > 0) {
      writer.get(locals.frame);
      writer.memory(loadOpcode(OPERAND_TYPES[restore.operand - 1]), FRAME_OPERAND);
      writer.set(locals.operands[restore.operand - 1]);
    }
    writer.branch(restored);
  }

  /** At the top of the body: an access goes through the slow path before its point is reached. */
  #emitSlowPath(): void {
    const { writer, locals, context } = this;
    if (context.flow.points.some((point) => point.kind === KIND_ACCESS)) {
      this.#emitDescriptor();
      writer.memory(OP.i32_load8_u, POINT_KIND);
      writer.int(KIND_ACCESS);
      writer.op(OP.i32_eq);
      writer.open(OP.if);
      emitSaveAccess(this);
      writer.get(locals.entry);
      writer.get(locals.frame);
      writer.get(locals.clock);
      writer.call(context.host.imported('access'));
      writer.tee(locals.next);
      writer.long(BigInt(LEFT));
      writer.op(OP.i64_eq);
      writer.branchIf(this.#slowLeft);
      writer.get(locals.next);
      writer.set(locals.clock);
      writer.int(0);
      writer.memory(OP.i32_load, REG_HOST_ADDRESS);
      writer.set(locals.host);
      writer.close();
    }
    writer.get(locals.point);
    writer.set(locals.resume);
  }

  /** The slow path has left: the clock is made exact, and what lives is spilled. */
  #emitSlowLeft(): void {
    const { writer, locals } = this;
    if (this.#sets.length === 0) return writer.op(OP.unreachable);
    writer.get(locals.clock);
    writer.get(locals.entry);
    writer.memory(OP.i64_load32_u, POINT_REMAINDER);
    writer.long(BigInt(CLOCK_SHIFT));
    writer.op(OP.i64_shl);
    writer.op(OP.i64_add);
    writer.set(locals.clock);
    writer.get(locals.entry);
    writer.memory(OP.i32_load8_u, POINT_SET);
    writer.branchTable([...this.#sets, this.#sets[0]]);
  }

  #emitCommon(): void {
    emitLeave(this);
    this.writer.op(OP.drop);
    this.emitLeft([]);
  }

  // --- regions ----------------------------------------------------------------------------------------------------------

  /** Opens a block for each place in [from, to) that is jumped to, dispatches to the points [first, last), and lays the code out. */
  #emitRegion(head: number, from: number, to: number, first: number, last: number): void {
    const { writer, locals } = this;
    const outer = this.#stops;
    const stops: OpenStop[] = collectStops(this.context.flow, from, to).map((stop) => ({
      ...stop,
      label: 0,
      used: false,
    }));
    this.#stops = [...stops].reverse();
    for (const stop of this.#stops) {
      stop.label = writer.open(OP.block);
      if (stop.construct) this.#constructStops.set(stop.construct, stop);
      if (stop.otherwise) this.#elseStops.set(stop.otherwise, stop);
      if (stop.exit) this.#exitStops.set(stop.exit, stop);
    }
    const start = writer.open(OP.block);
    writer.get(locals.resume);
    if (first !== 0) {
      writer.int(first);
      writer.op(OP.i32_sub);
    }
    const table: Label[] = new Array(last - first).fill(start);
    for (const stop of stops) {
      for (let point = stop.firstPoint; point < stop.lastPoint; point++) table[point - first] = stop.label;
      if (stop.lastPoint > stop.firstPoint) stop.used = true;
    }
    writer.branchTable([...table, start]);
    writer.close();
    this.reachable = true;
    if (head < 0) {
      // The function's start is not reached in this body.
      this.#deadFrom = writer.length;
    } else {
      this.#landed();
      this.emitLoopHead(this.context.flow.constructs[head] as Construct);
    }
    this.emitRange(from, to);
    this.#stops = outer;
  }

  /** Forgets code that nothing reaches. */
  #cut(): void {
    if (this.#deadFrom >= 0) {
      this.writer.truncate(this.#deadFrom);
      this.writer.op(OP.unreachable);
      this.#deadFrom = -1;
    }
  }

  /** The place that the next stop of the region stands for. */
  #reach(): void {
    const stop = this.#stops.pop() as OpenStop;
    const { writer } = this;
    if (this.#deadFrom >= 0) {
      writer.truncate(this.#deadFrom);
      writer.close();
      this.#deadFrom = stop.used ? -1 : writer.length;
      return;
    }
    writer.close();
  }

  #use(stop: OpenStop): Label {
    if (this.#deadFrom < 0) stop.used = true;
    return stop.label;
  }

  override labelOf(construct: Construct): Label {
    const stop = this.#linear || !this.labels.has(construct) ? this.#constructStops.get(construct) : undefined;
    return stop ? this.#use(stop) : super.labelOf(construct);
  }

  /** A point is reached: a region that is a loop starts its next iteration from its head again. */
  #landed(): void {
    if (this.#loopRegions === 0) return;
    this.writer.int(-1);
    this.writer.set(this.locals.resume);
  }

  joinCall(_point: number, results: readonly ValueType[]): void {
    if (!this.#linear) {
      for (const type of results) this.stack.pushHost(type);
      return;
    }
    const variables = results.map((type, i) => this.stack.slot(this.stack.height + i, type));
    for (const variable of [...variables].reverse()) this.writer.set(this.locals.of(variable));
    this.#reach();
    this.#landed();
    for (const variable of variables) this.stack.pushVariable(variable);
  }

  joinAccess(): void {
    if (!this.#linear) return;
    this.writer.set(this.locals.host);
    this.#reach();
    this.#landed();
    this.writer.get(this.locals.host);
  }

  override emitBlock(construct: Construct): number {
    if (!this.#linear) return super.emitBlock(construct);
    this.stack.settleTop(construct.params.length);
    this.settleAll();
    this.emitRange(construct.start + 1, construct.end);
    this.endOf(construct);
    this.emitCharge(construct.end);
    if (construct.targeted) this.#reach();
    this.behind(construct);
    return construct.end + 1;
  }

  override emitIf(construct: Construct): number {
    if (!this.#linear) return super.emitIf(construct);
    const { stack, writer } = this;
    stack.settleBelow(1);
    stack.load(1);
    stack.pop(1);
    stack.settleTop(construct.params.length);
    writer.op(OP.i32_eqz);
    const hasElse = construct.otherwise >= 0;
    const end = this.#constructStops.get(construct) as OpenStop;
    const other = hasElse ? (this.#elseStops.get(construct) as OpenStop) : end;
    writer.branchIf(this.#use(other));
    this.emitRange(construct.start + 1, hasElse ? construct.otherwise : construct.end);
    this.endOf(construct);
    if (hasElse) {
      if (this.reachable) writer.branch(this.#use(end));
      this.#reach();
      stack.reset(construct.height, construct.params);
      this.reachable = true;
      this.emitRange(construct.otherwise + 1, construct.end);
      this.endOf(construct);
    }
    this.#reach();
    this.behind(construct);
    return construct.end + 1;
  }

  override emitLoop(construct: Construct): number {
    if (!this.#linear) return super.emitLoop(construct);
    this.stack.settleTop(construct.params.length);
    this.settleAll();
    if (!construct.targeted) {
      this.emitRange(construct.start + 1, construct.end);
      this.endOf(construct);
      this.emitCharge(construct.end);
      this.behind(construct);
      return construct.end + 1;
    }
    if (construct.innermost) this.#emitInnermost(construct);
    else this.#emitLoopRegion(construct);
    this.behind(construct);
    return construct.end + 1;
  }

  /** The rest of an iteration with its resume points, then the plain loop. */
  #emitInnermost(construct: Construct): void {
    const { writer, stack } = this;
    if (construct.lastPoint > construct.firstPoint + 1) {
      const head = this.#constructStops.get(construct) as OpenStop;
      const exit = this.#exitStops.get(construct) as OpenStop;
      if (this.#deadFrom < 0) {
        writer.branch(this.#use(head));
        this.#deadFrom = writer.length;
      }
      this.emitRange(construct.start + 1, construct.end);
      this.endOf(construct);
      this.emitCharge(construct.end);
      if (this.reachable) writer.branch(this.#use(exit));
      this.#reach();
      this.#landed();
      this.#emitPlainLoop(construct);
      this.#reach();
    } else {
      this.#reach();
      this.#landed();
      this.#emitPlainLoop(construct);
    }
    stack.reset(construct.height, construct.results);
  }

  #emitPlainLoop(construct: Construct): void {
    this.stack.reset(construct.height, construct.params);
    this.reachable = true;
    this.#linear = false;
    super.emitLoop(construct);
    this.#linear = true;
  }

  #emitLoopRegion(construct: Construct): void {
    const { writer } = this;
    this.#reach();
    this.#constructStops.delete(construct);
    this.labels.set(construct, writer.open(OP.loop));
    this.#loopRegions++;
    this.#emitRegion(construct.start, construct.start + 1, construct.end, construct.firstPoint, construct.lastPoint);
    this.endOf(construct);
    this.emitCharge(construct.end);
    this.#loopRegions--;
    writer.close();
  }
}
