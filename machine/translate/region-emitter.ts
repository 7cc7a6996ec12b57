// Lays code out in regions, so that it can be entered at resume points: the function is one, and each loop that contains loops.
//
// Inside a region all control goes forward, so every place that is jumped to (the ends of the guest's constructs, and the resume
// points) can be the end of a block that is opened where the region begins, and one dispatch there reaches any of them. A loop
// inside a region is a region of its own, with its own dispatch at its head. An innermost loop is emitted twice: before it "the
// rest of an iteration", straight code with the resume points, from which control goes to the head of the second, a plain loop
// without any. So the hot loop has no joins.
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import { BodyEmitter } from './body-emitter.ts';
import type { Label } from './code-writer.ts';
import type { Construct } from './flow.ts';
import { collectStops, type Stop } from './region-stops.ts';

/** Up to this many targets, a loop's head compares; beyond, it uses a table. */
const MOST_COMPARISONS = 4;

export interface OpenStop extends Stop {
  label: Label;
  /** Whether live code goes there. */
  used: boolean;
}

export abstract class RegionEmitter extends BodyEmitter {
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

  /** Lays out [from, to), whose stops are open and which nothing reaches but by them. */
  protected emitFromStops(from: number, to: number): void {
    this.reachable = true;
    this.#deadFrom = this.writer.length;
    this.emitRange(from, to);
    this.#stops = [];
  }

  /** Whether what follows can be reached. */
  protected get live(): boolean {
    return this.reachable && this.#deadFrom < 0;
  }

  /** Opens a block for each place in [from, to) that is jumped to. */
  protected openStops(from: number, to: number): OpenStop[] {
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
    const stops = this.openStops(construct.start + 1, construct.end);
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
  protected cut(): void {
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
