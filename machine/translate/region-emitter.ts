// Lays a function out so that it can be entered at every resume point.
//
// All places that are jumped to (the ends of the guest's constructs, the heads of loops that contain loops, and the resume points)
// are the ends of blocks that are opened where the body begins, in the order of the code: so a forward branch is a plain one, and
// one br_table at the beginning reaches any of them. A back branch to a loop that contains loops goes through that table.
//
// An innermost loop is emitted twice: as a plain loop without resume points and, behind it, as "the rest of an iteration": straight
// code with the resume points inside, which ends by entering the plain loop anew. Misses leave the plain loop for the place of their
// slow path there, so the hot loop has no joins and no calls but the guest's.
//
// Outside of loops an access is one call, which looks into the filter and takes the slow path, with the resume point before it.
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import { BodyEmitter } from './body-emitter.ts';
import type { CodeWriter, Label } from './code-writer.ts';
import type { FunctionContext } from './context.ts';
import type { Construct } from './flow.ts';
import { emitSlowCall } from './leaving.ts';
import {
  canReach,
  emitAddress,
  emitFilterCheck,
  emitFind,
  emitHostAddress,
  emitOperation,
  emitReach,
} from './memory-access.ts';
import { collectStops, type Stop } from './region-stops.ts';

export abstract class RegionEmitter extends BodyEmitter {
  /** Whether code is being laid out in a region, or in the guest's structure (inside a plain loop). */
  #linear = true;
  /** Stops that are still to come, the next one last. */
  #stops: Stop[] = [];
  /** Where code began that nothing reaches; it is cut off again when something does. */
  #deadFrom = -1;
  readonly #constructStops = new Map<Construct, Stop>();
  readonly #elseStops = new Map<Construct, Stop>();
  readonly #pointStops = new Map<number, Stop>();
  /** The innermost loop of which the rest of an iteration is being emitted, and where it goes on. */
  #copied: { construct: Construct; again: Label } | undefined;
  /** Loops that contain loops, around the code being emitted: it is hot enough to look into the filters without a call. */
  #distantLoops = 0;
  /** Whether accesses look into their filter, or go through their slow path at once. */
  readonly #filtered: boolean;

  constructor(context: FunctionContext, writer: CodeWriter, params: number) {
    super(context, writer, params);
    this.#filtered = context.options.mode === 'fast';
  }

  /** Label of the dispatch through the table, to the stop whose number is in the `resume` local. */
  protected abstract readonly dispatch: Label;

  /** What the `resume` local says of a point whose variables have been restored. */
  protected abstract restored(point: number): number;

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

  /** Opens a block for each place in [from, to) that is jumped to; `copied`: of the rest of an innermost loop's iteration. */
  protected openStops(from: number, to: number, copied = false): Stop[] {
    const stops = collectStops(
      this.context.flow,
      from,
      to,
      (index, loops) => this.#filtered && !this.#reaches(index, loops, copied),
    );
    this.#stops = [...stops].reverse();
    for (const stop of this.#stops) {
      stop.label = this.writer.open(OP.block);
      if (stop.construct) (stop.isElse ? this.#elseStops : this.#constructStops).set(stop.construct, stop);
      if (stop.lastPoint === stop.firstPoint + 1) this.#pointStops.set(stop.firstPoint, stop);
    }
    return stops;
  }

  /** Whether an access has its look and its slow path in one call: nothing comes from hotter code to its slow path, and it is not hot itself. */
  #reaches(index: number, distantLoops: number, copied: boolean): boolean {
    return this.#filtered && !copied && distantLoops === 0 && canReach(this.context.flow.opcodes[index]);
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
    const stop = this.#stops.pop() as Stop;
    const { writer } = this;
    if (this.#deadFrom >= 0) {
      writer.truncate(this.#deadFrom);
      writer.close();
      this.#deadFrom = stop.used ? -1 : writer.length;
      return;
    }
    writer.close();
  }

  #use(stop: Stop): Label {
    if (this.#deadFrom < 0) stop.used = true;
    return stop.label;
  }

  override labelOf(construct: Construct): Label {
    if (this.#isDistant(construct)) return this.dispatch;
    if (this.#linear && this.#copied?.construct === construct) return this.#copied.again;
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
    this.writer.int(this.restored(construct.firstPoint));
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

  /** A point inside an innermost loop is reached: the loop's own dispatch must not find it again. */
  #landed(): void {
    if (!this.#copied) return;
    this.writer.int(-1);
    this.writer.set(this.locals.resume);
  }

  emitMiss(index: number, conditional: boolean): void {
    const stop = this.#pointStops.get(this.context.flow.pointOf[index]) as Stop;
    if (conditional) this.writer.branchIf(stop.label);
    else this.writer.branch(stop.label);
  }

  override emitAccess(index: number): void {
    if (!this.#linear) {
      super.emitAccess(index);
      return;
    }
    const { writer, locals } = this;
    emitAddress(this, index);
    if (this.#reaches(index, this.#distantLoops, this.#copied !== undefined)) {
      this.#reach();
      emitReach(this, index);
      emitOperation(this, index);
      return;
    }
    if (this.#filtered) {
      const join = this.#use(this.#stops[this.#stops.length - 2]);
      if (this.#distantLoops > 0 && !this.#copied) {
        emitFilterCheck(this, index);
        emitHostAddress(this, index);
        writer.set(locals.host);
        writer.op(OP.i32_eqz);
      } else {
        emitFind(this, index);
        writer.tee(locals.host);
      }
      writer.branchIf(join);
    }
    this.#reach();
    this.#landed();
    emitSlowCall(this, this.context.flow.pointOf[index]);
    if (this.#filtered) this.#reach();
    writer.get(locals.host);
    emitOperation(this, index);
  }

  override emitBlock(construct: Construct): number {
    if (!this.#linear) return super.emitBlock(construct);
    this.settleValues(construct.params.length);
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
    this.settleValues(construct.params.length);
    writer.op(OP.i32_eqz);
    const hasElse = construct.otherwise >= 0;
    const end = this.#constructStops.get(construct) as Stop;
    const other = hasElse ? (this.#elseStops.get(construct) as Stop) : end;
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
    this.settleValues(construct.params.length);
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

  /** The plain loop, then the rest of an iteration with its resume points. */
  #emitInnermost(construct: Construct): void {
    const { writer, stack } = this;
    this.#reach();
    if (construct.lastPoint === construct.firstPoint + 1) {
      this.#emitPlainLoop(construct);
      return;
    }
    const exit = writer.open(OP.block);
    const again = writer.open(OP.loop);
    const outer = this.#stops;
    const stops = this.openStops(construct.start + 1, construct.end, true);
    this.#emitLoopDispatch(construct, stops);
    this.#emitPlainLoop(construct);
    if (this.reachable) writer.branch(exit);
    this.#copied = { construct, again };
    this.#deadFrom = writer.length;
    this.reachable = true;
    stack.reset(construct.height, construct.params);
    this.emitRange(construct.start + 1, construct.end);
    this.endOf(construct);
    this.emitCharge(construct.end);
    if (this.live) writer.branch(exit);
    else if (this.#deadFrom >= 0) writer.truncate(this.#deadFrom);
    this.#deadFrom = -1;
    this.#copied = undefined;
    this.#stops = outer;
    writer.op(OP.unreachable);
    writer.close();
    writer.op(OP.unreachable);
    writer.close();
    stack.reset(construct.height, construct.results);
  }

  /** At the head of an innermost loop: a point inside that is still to be reached is gone to. */
  #emitLoopDispatch({ firstPoint, lastPoint }: Construct, stops: readonly Stop[]): void {
    const { writer, locals } = this;
    const first = firstPoint + 1;
    const plain = writer.open(OP.block);
    const table: Label[] = new Array(lastPoint - first).fill(plain);
    for (const stop of stops) if (stop.lastPoint > stop.firstPoint) table[stop.firstPoint - first] = stop.label;
    // Nearly always there is none, which a comparison tells sooner than a table.
    writer.get(locals.resume);
    writer.int(this.restored(first));
    writer.op(OP.i32_sub);
    writer.tee(locals.entry);
    writer.int(table.length);
    writer.op(OP.i32_ge_u);
    writer.branchIf(plain);
    writer.get(locals.entry);
    writer.branchTable([...table, plain]);
    writer.close();
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
    this.#distantLoops++;
    this.emitLoopHead(construct);
    this.emitRange(construct.start + 1, construct.end);
    this.#distantLoops--;
    this.endOf(construct);
    this.emitCharge(construct.end);
  }
}
