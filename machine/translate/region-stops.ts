// The places of a function that are jumped to, in the order of the code: see region-emitter.ts, which lays the code out in the same order.
import { KIND_ACCESS } from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { Label } from './code-writer.ts';
import type { Construct, Flow } from './flow.ts';

/** A place that is jumped to. */
export class Stop {
  /** The construct whose label this is: its end, or the head of a loop. */
  readonly construct: Construct | undefined;
  /** Whether it is the beginning of the construct's `else` instead. */
  readonly isElse: boolean;
  /** Resume points [firstPoint, lastPoint) that are reached through this stop. */
  readonly firstPoint: number;
  readonly lastPoint: number;
  /** Label of the block that ends here. */
  label: Label = 0;
  /** Whether live code goes here. */
  used: boolean;

  constructor(construct: Construct | undefined, isElse: boolean, firstPoint: number, lastPoint: number) {
    this.construct = construct;
    this.isElse = isElse;
    this.firstPoint = firstPoint;
    this.lastPoint = lastPoint;
    this.used = lastPoint > firstPoint;
  }
}

/** Collects the stops of the instructions [from, to); accesses of which `joins` says so have two: one behind their slow path. */
export function collectStops(flow: Flow, from: number, to: number, joins: AccessQuestion): Stop[] {
  const stops: Stop[] = [];
  new StopCollector(flow, joins, stops).collect(from, to);
  return stops;
}

/** Asked of the access at an index, in so many loops that contain loops. */
export type AccessQuestion = (index: number, distantLoops: number) => boolean;

class StopCollector {
  readonly #flow: Flow;
  readonly #joins: AccessQuestion;
  readonly #stops: Stop[];
  #distantLoops = 0;

  constructor(flow: Flow, joins: AccessQuestion, stops: Stop[]) {
    this.#flow = flow;
    this.#joins = joins;
    this.#stops = stops;
  }

  collect(from: number, to: number): void {
    const flow = this.#flow;
    for (let i = from; i < to; i++) {
      const opcode = flow.opcodes[i];
      const construct = flow.constructs[i];
      if (construct && (opcode === OP.block || opcode === OP.if || opcode === OP.loop)) {
        if (opcode === OP.loop) this.#loop(construct);
        else if (opcode === OP.if) this.#if(construct);
        else {
          this.collect(i + 1, construct.end);
          if (construct.targeted) this.#stops.push(new Stop(construct, false, 0, 0));
        }
        i = construct.end;
        continue;
      }
      const point = flow.pointOf[i];
      if (point < 0) continue;
      this.#stops.push(new Stop(undefined, false, point, point + 1));
      if (flow.points[point].kind !== KIND_ACCESS) continue;
      if (this.#joins(i, this.#distantLoops)) this.#stops.push(new Stop(undefined, false, 0, 0));
    }
  }

  #if(construct: Construct): void {
    const hasElse = construct.otherwise >= 0;
    this.collect(construct.start + 1, hasElse ? construct.otherwise : construct.end);
    if (hasElse) {
      this.#stops.push(new Stop(construct, true, 0, 0));
      this.collect(construct.otherwise + 1, construct.end);
    }
    this.#stops.push(new Stop(construct, false, 0, 0));
  }

  #loop(construct: Construct): void {
    const { firstPoint, lastPoint } = construct;
    if (!construct.targeted) {
      this.collect(construct.start + 1, construct.end);
      return;
    }
    // An innermost loop has a table of its own for the points inside.
    this.#stops.push(new Stop(construct, false, firstPoint, construct.innermost ? lastPoint : firstPoint + 1));
    if (construct.innermost) return;
    this.#distantLoops++;
    this.collect(construct.start + 1, construct.end);
    this.#distantLoops--;
  }
}
