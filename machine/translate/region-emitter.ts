// Lays a function out so that it can be entered at every resume point.
//
// All places that are jumped to (the ends of the guest's constructs, the heads of loops that contain loops, and the resume points)
// are the ends of blocks that are opened where the body begins, in the order of the code: so a forward branch is a plain one, and
// one br_table at the beginning reaches any of them. A back branch to a loop that contains loops goes through that table. An
// innermost loop is emitted twice: before it "the rest of an iteration", straight code with the resume points, from which control
// goes to the head of the second, a plain loop without any. So the hot loop has no joins.
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import { BodyEmitter } from './body-emitter.ts';
import type { Label } from './code-writer.ts';
import type { Construct } from './flow.ts';
import { collectStops, type Stop } from './region-stops.ts';

export interface OpenStop extends Stop {
  label: Label;
  /** Whether live code goes there. */
  used: boolean;
}

export abstract class RegionEmitter extends BodyEmitter {
  /** Whether code is being laid out in a region, or in the guest's structure (inside a plain loop). */
  #linear = true;
  /** Stops that are still to come, the next one last. */
  #stops: OpenStop[] = [];
  /** Where code began that nothing reaches; it is cut off again when something does. */
  #deadFrom = -1;
  readonly #constructStops = new Map<Construct, OpenStop>();
  readonly #elseStops = new Map<Construct, OpenStop>();
  readonly #exitStops = new Map<Construct, OpenStop>();

  /** Label of the dispatch through the table, to the stop whose number is in the `resume` local. */
  protected abstract readonly dispatch: Label;

  /** Lays out the function, whose stops are open and which nothing reaches but by them. */
  protected emitFromStops(): void {
    this.reachable = true;
    this.#deadFrom = this.writer.length;
    this.emitRange(0, this.context.flow.body.end);
  }

  /** Whether what follows can be reached. */
  protected get live(): boolean {
    return this.reachable && this.#deadFrom < 0;
  }

  /** Opens a block for each place that is jumped to. */
  protected openStops(): OpenStop[] {
    const { flow } = this.context;
    const stops: OpenStop[] = collectStops(flow, 0, flow.body.end).map((stop) => ({
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
    if (this.#isDistant(construct)) return this.dispatch;
    const stop = this.#linear || !this.labels.has(construct) ? this.#constructStops.get(construct) : undefined;
    return stop ? this.#use(stop) : super.labelOf(construct);
  }

  /** Whether branches to the construct go through the table: a loop that contains loops. */
  #isDistant(construct: Construct): boolean {
    return construct.opcode === OP.loop && construct.start >= 0 && !construct.innermost;
  }

  override needsCode(construct: Construct): boolean {
    return this.#isDistant(construct) || super.needsCode(construct);
  }

  override beforeJump(construct: Construct): void {
    if (!this.#isDistant(construct)) return;
    this.writer.int(construct.firstPoint + this.context.flow.resumePoints);
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
    for (const variable of variables) this.stack.pushVariable(variable);
  }

  joinAccess(): void {
    if (!this.#linear) return;
    this.writer.set(this.locals.host);
    this.#reach();
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
    else this.#emitDistantLoop(construct);
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
        this.#emitPlainLoop(construct);
      this.#reach();
    } else {
      this.#reach();
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

  /** A loop that contains loops: its head is a stop, its back branches go through the table. */
  #emitDistantLoop(construct: Construct): void {
    this.#reach();
    this.emitLoopHead(construct);
    this.emitRange(construct.start + 1, construct.end);
    this.endOf(construct);
    this.emitCharge(construct.end);
  }
}
