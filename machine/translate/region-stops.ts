// The places of a function that are jumped to, in the order of the code: see region-emitter.ts, which lays the code out in the same order.
import { OP } from '../wasm/opcodes.ts';
import type { Construct, Flow } from './flow.ts';

export interface Stop {
  /** The construct whose label this is: its end, or the head of a loop. */
  readonly construct?: Construct;
  /** The `if` whose `else` begins here. */
  readonly otherwise?: Construct;
  /** The innermost loop behind which this is. */
  readonly exit?: Construct;
  /** Resume points [firstPoint, lastPoint) that are reached through this stop. */
  readonly firstPoint: number;
  readonly lastPoint: number;
}

/** Collects the stops of the instructions [from, to). */
export function collectStops(flow: Flow, from: number, to: number): Stop[] {
  const stops: Stop[] = [];
  collect(flow, from, to, stops);
  return stops;
}

function collect(flow: Flow, from: number, to: number, stops: Stop[]): void {
  for (let i = from; i < to; i++) {
    const opcode = flow.opcodes[i];
    const construct = flow.constructs[i];
    if (construct && (opcode === OP.block || opcode === OP.if || opcode === OP.loop)) {
      if (opcode === OP.loop) collectLoop(flow, construct, stops);
      else if (opcode === OP.if) collectIf(flow, construct, stops);
      else {
        collect(flow, i + 1, construct.end, stops);
        if (construct.targeted) stops.push({ construct, firstPoint: 0, lastPoint: 0 });
      }
      i = construct.end;
      continue;
    }
    const point = flow.pointOf[i];
    if (point >= 0) stops.push({ firstPoint: point, lastPoint: point + 1 });
  }
}

function collectIf(flow: Flow, construct: Construct, stops: Stop[]): void {
  const hasElse = construct.otherwise >= 0;
  collect(flow, construct.start + 1, hasElse ? construct.otherwise : construct.end, stops);
  if (hasElse) {
    stops.push({ otherwise: construct, firstPoint: 0, lastPoint: 0 });
    collect(flow, construct.otherwise + 1, construct.end, stops);
  }
  stops.push({ construct, firstPoint: 0, lastPoint: 0 });
}

function collectLoop(flow: Flow, construct: Construct, stops: Stop[]): void {
  const { firstPoint, lastPoint } = construct;
  if (!construct.targeted) {
    collect(flow, construct.start + 1, construct.end, stops);
  } else if (!construct.innermost) {
    stops.push({ construct, firstPoint, lastPoint: firstPoint + 1 });
    collect(flow, construct.start + 1, construct.end, stops);
  } else {
    if (lastPoint > firstPoint + 1) collect(flow, construct.start + 1, construct.end, stops);
    stops.push({ construct, firstPoint, lastPoint: firstPoint + 1 });
    if (lastPoint > firstPoint + 1) stops.push({ exit: construct, firstPoint: 0, lastPoint: 0 });
  }
}
