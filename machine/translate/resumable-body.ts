// The body that the dispatcher enters: it can go on at every resume point of the function.
//
// It first brings back what lives at the point, then reaches it. Code is laid out in regions: the function, and
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
  FRAME_ADDRESS,
  FRAME_OPERAND,
  FRAME_POINT,
  FRAME_VALUES,
  KIND_ACCESS,
  LEFT,
  POINT_SET,
  REG_CORE,
  REG_HOST_ADDRESS,
} from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import { BodyEmitter, loadOpcode } from './body-emitter.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import type { FunctionContext } from './context.ts';
import { emitDescriptor, emitLeave, emitRemainder, emitSaveAccess, emitSpills, emitTrap } from './direct-body.ts';
import type { Construct } from './flow.ts';
import { OPERAND_TYPES } from './flow.ts';
import { collectStops, type Stop } from './region.ts';

/** Above this many resume points, those of loop heads and calls share their restoring code too. */
const MOST_OWN_RESTORES = 64;
const MOST_COMPARISONS = 4;

interface OpenStop extends Stop {
  label: Label;
  /** Whether live code goes there. */
  used: boolean;
}

export class ResumableBody extends BodyEmitter {
  #again: Label = 0;
  #common: Label = 0;
  #trap: Label = 0;
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

  get trap(): Label {
    return this.#trap;
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
    writer.set(locals.resume);
    this.#trap = writer.open(OP.block);
    this.#common = writer.open(OP.block);
    this.#sets = spills.sets.map(() => 0);
    for (let set = spills.sets.length - 1; set >= 0; set--) this.#sets[set] = writer.open(OP.block);
    this.#slowLeft = writer.open(OP.block);
    this.#again = writer.open(OP.loop);
    this.#emitSlowPath();
    this.#emitFunctionRegion();
    if (this.reachable && this.#deadFrom < 0) {
      this.emitCharge(flow.body.end);
      this.emitReturn();
    }
    this.#cut();
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
    emitLeave(this, []);
    writer.op(OP.unreachable);
    writer.close();
    emitTrap(this);
    this.emitLeft([]);
    writer.op(OP.end);
  }

  get #hasAccesses(): boolean {
    return this.context.flow.points.some((point) => point.kind === KIND_ACCESS);
  }

  // --- the slow path ----------------------------------------------------------------------------------------------------

  /** At the top of the body: an access that missed goes through the slow path before its point is reached. */
  #emitSlowPath(): void {
    const { writer, locals, context } = this;
    const { points, resumePoints } = context.flow;
    if (!this.#hasAccesses) return;
    writer.get(locals.point);
    writer.int(points.length);
    writer.op(OP.i32_ge_u);
    writer.open(OP.if);
    emitDescriptor(this, () => {
      writer.get(locals.point);
      writer.int(points.length);
      writer.op(OP.i32_sub);
      writer.tee(locals.resume);
    });
    writer.set(locals.entry);
    emitSaveAccess(this);
    writer.get(locals.resume);
    writer.set(locals.point);
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
    writer.int(resumePoints);
    writer.set(locals.joining);
    writer.close();
  }

  /** The slow path has left: the clock is made exact, and what lives is spilled. */
  #emitSlowLeft(): void {
    const { writer, locals } = this;
    if (!this.#hasAccesses) {
      writer.op(OP.unreachable);
      return;
    }
    writer.get(locals.clock);
    emitRemainder(this);
    writer.op(OP.i64_add);
    writer.set(locals.clock);
    writer.get(locals.entry);
    writer.memory(OP.i32_load8_u, POINT_SET);
    writer.branchTable([...this.#sets, this.#sets[0]]);
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

  /** What a point's resumption loads, as a key: points with equal keys share the code that does. */
  #restoreKey(point: number): string {
    const { kind, results } = this.context.flow.points[point];
    if (point === 0) return 'entry';
    const set = this.context.spills.setOf[point];
    if (kind === KIND_ACCESS) return `access ${set} ${this.context.operandOf[point]}`;
    // Loop heads and calls go on at once, without a second dispatch, unless there are very many.
    return this.context.flow.resumePoints > MOST_OWN_RESTORES ? `${kind} ${set} ${results.join()}` : `point ${point}`;
  }

  #emitRestore(point: number, label: Label | undefined): void {
    const { writer, locals, context } = this;
    const { flow, spills } = context;
    const { kind, results } = flow.points[point];
    if (point === 0) return this.#emitEnter();
    for (const variable of spills.sets[spills.setOf[point]]) {
      writer.get(locals.frame);
      writer.memory(loadOpcode(flow.variables.types[variable]), spills.offsets.get(variable) as number);
      writer.set(locals.of(variable));
    }
    if (kind === KIND_ACCESS) return this.#emitRestoreAccess(point);
    results.forEach((variable, i) => {
      writer.get(locals.frame);
      writer.memory(loadOpcode(flow.variables.types[variable]), spills.frameBytes + FRAME_VALUES + 8 * i);
      writer.set(locals.of(variable));
    });
    if (label !== undefined) {
      writer.branch(label);
      return;
    }
    writer.int(flow.resumePoints);
    writer.set(locals.joining);
    writer.branch(this.#again);
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
    emitDescriptor(this, () => writer.get(locals.resume));
    writer.set(locals.entry);
    writer.get(locals.clock);
    emitRemainder(this);
    writer.op(OP.i64_sub);
    writer.set(locals.clock);
    writer.get(locals.resume);
    writer.int(context.flow.points.length);
    writer.op(OP.i32_add);
    writer.set(locals.point);
    writer.branch(this.#again);
  }

  /** The function's region: one table reaches the code that restores each point, and each point that is restored. */
  #emitFunctionRegion(): void {
    const { writer, locals, context } = this;
    const { flow } = context;
    const { resumePoints } = flow;
    const stops = this.#openStops(0, flow.body.end);
    const labels: (Label | undefined)[] = new Array(resumePoints);
    for (const stop of stops) {
      for (let point = stop.firstPoint; point < stop.lastPoint; point++) labels[point] = stop.label;
    }
    const keys = Array.from({ length: resumePoints }, (_, point) => this.#restoreKey(point));
    const restores = new Map<string, { point: number; label: Label }>();
    // A loop that nothing branches back to has a point that no code leaves at.
    keys.forEach((key, point) => {
      if ((point === 0 || labels[point] !== undefined) && !restores.has(key)) restores.set(key, { point, label: 0 });
    });
    const inOrder = [...restores.values()];
    for (const restore of [...inOrder].reverse()) restore.label = writer.open(OP.block);
    const entry = inOrder[0].label;
    writer.get(locals.resume);
    writer.get(locals.joining);
    writer.op(OP.i32_add);
    const direct = keys.map((key) => restores.get(key)?.label ?? entry);
    writer.branchTable([...direct, ...labels.map((label) => label ?? entry), entry]);
    for (const { point } of inOrder) {
      writer.close();
      const own = keys[point].startsWith('point') ? labels[point] : undefined;
      this.#emitRestore(point, own);
    }
    // The function's start is not reached in this body.
    this.reachable = true;
    this.#deadFrom = writer.length;
    this.emitRange(0, flow.body.end);
    this.#stops = [];
  }

  // --- regions ----------------------------------------------------------------------------------------------------------

  /** Opens a block for each place in [from, to) that is jumped to. */
  #openStops(from: number, to: number): OpenStop[] {
    const stops: OpenStop[] = collectStops(this.context.flow, from, to).map((stop) => ({
      ...stop,
      label: 0,
      used: stop.lastPoint > stop.firstPoint,
    }));
    this.#stops = [...stops].reverse();
    for (const stop of this.#stops) {
      stop.label = this.writer.open(OP.block);
      if (stop.construct) this.#constructStops.set(stop.construct, stop);
      if (stop.otherwise) this.#elseStops.set(stop.otherwise, stop);
      if (stop.exit) this.#exitStops.set(stop.exit, stop);
    }
    return stops;
  }

  /** A loop's body as a region: at its head a point that is still to be reached is gone to. */
  #emitLoopBody(construct: Construct): void {
    const { writer } = this;
    const outer = this.#stops;
    const stops = this.#openStops(construct.start + 1, construct.end);
    const start = writer.open(OP.block);
    this.#emitLoopDispatch(stops, start, construct);
    writer.close();
    this.reachable = true;
    this.#landed();
    this.emitLoopHead(construct);
    this.emitRange(construct.start + 1, construct.end);
    this.#stops = outer;
  }

  /** Few runs of points with one target are compared with, because hosts predict that better than a table. */
  #emitLoopDispatch(stops: readonly OpenStop[], start: Label, construct: Construct): void {
    const { writer, locals } = this;
    const { firstPoint, lastPoint } = construct;
    const targets = stops.filter((stop) => stop.lastPoint > stop.firstPoint);
    if (targets.length <= MOST_COMPARISONS) {
      for (const { firstPoint: first, lastPoint: last, label } of targets) {
        writer.get(locals.resume);
        writer.int(first);
        if (last - first === 1) {
          writer.op(OP.i32_eq);
        } else {
          writer.op(OP.i32_sub);
          writer.int(last - first);
          writer.op(OP.i32_lt_u);
        }
        writer.branchIf(label);
      }
      return;
    }
    const table: Label[] = new Array(lastPoint - firstPoint).fill(start);
    for (const stop of targets) table.fill(stop.label, stop.firstPoint - firstPoint, stop.lastPoint - firstPoint);
    writer.get(locals.resume);
    writer.int(firstPoint);
    writer.op(OP.i32_sub);
    writer.branchTable([...table, start]);
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
    this.#emitLoopBody(construct);
    this.endOf(construct);
    this.emitCharge(construct.end);
    this.#loopRegions--;
    writer.close();
  }
}
