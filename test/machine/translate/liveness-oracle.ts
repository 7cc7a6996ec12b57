// The slow way to say which locals live across a resume point: a graph of single instructions, and from each point a search for a
// path on which a local is read before it is written.
import type { Flow } from '../../../machine/translate/flow.ts';
import { OP } from '../../../machine/wasm/opcodes.ts';

/** Indices of the instructions that can be executed next; the function's end is `flow.opcodes.length`. */
export function successors(flow: Flow): number[][] {
  const label = (construct: Flow['constructs'][number]): number => {
    if (!construct) throw new Error('a branch without a target');
    return construct.opcode === OP.loop ? construct.start : construct.end;
  };
  return flow.opcodes.map((opcode, i) => {
    const construct = flow.constructs[i];
    switch (opcode) {
      case OP.br:
        return [label(construct)];
      case OP.br_if:
        return [i + 1, label(construct)];
      case OP.br_table:
        return (flow.targets[i] ?? []).map(label);
      case OP.return:
      case OP.unreachable:
        return [];
      case OP.if:
        return [i + 1, construct && construct.otherwise >= 0 ? construct.otherwise + 1 : (construct?.end ?? i)];
      case OP.else:
        return [construct?.end ?? i];
      default:
        return [i + 1];
    }
  });
}

/** Whether a path from `start` reads the local before any write. */
function isRead(flow: Flow, next: readonly number[][], start: number, local: number): boolean {
  const seen = new Set<number>();
  const open = [start];
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    if (i >= flow.opcodes.length || seen.has(i)) continue;
    seen.add(i);
    const opcode = flow.opcodes[i];
    const touches = flow.a[i] === local;
    if (opcode === OP.local_get && touches) return true;
    if ((opcode === OP.local_set || opcode === OP.local_tee) && touches) continue;
    open.push(...(next[i] ?? []));
  }
  return false;
}

/** Locals that live behind the instruction of each resume point but the entry, in ascending order. */
export function liveLocals(flow: Flow): number[][] {
  const next = successors(flow);
  return flow.points.slice(0, flow.resumePoints).map(({ instruction }) => {
    const live: number[] = [];
    if (instruction < 0) return live;
    for (let local = 0; local < flow.variables.localCount; local++) {
      if ((next[instruction] ?? []).some((start) => isRead(flow, next, start, local))) live.push(local);
    }
    return live;
  });
}
