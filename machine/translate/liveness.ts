// Which locals live across each resume point: a backward pass over the structured code, repeated until the loop heads are stable.
import { OP } from '../wasm/opcodes.ts';
import type { Construct, Flow } from './flow.ts';
import { VariableSet } from './variables.ts';

class Liveness {
  readonly #flow: Flow;
  readonly #words: number;
  /** What lives at a construct's label: behind its end, or at a loop's head. */
  readonly #atLabel = new Map<Construct, VariableSet>();
  #changed = false;

  constructor(flow: Flow) {
    this.#flow = flow;
    this.#words = (flow.variables.localCount + 31) >>> 5;
  }

  solve(): void {
    do {
      this.#changed = false;
      this.#pass();
    } while (this.#changed);
    for (const point of this.#flow.points) {
      for (const slot of point.slots) point.live.add(slot);
    }
  }

  #label(construct: Construct): VariableSet {
    let set = this.#atLabel.get(construct);
    if (!set) {
      set = new VariableSet(this.#words);
      this.#atLabel.set(construct, set);
    }
    return set;
  }

  #pass(): void {
    const flow = this.#flow;
    let live = new VariableSet(this.#words);
    /** What lives behind the `if`s that are open, and at the start of their `else`. */
    const elseStart = new Map<Construct, VariableSet>();
    for (let i = flow.opcodes.length - 1; i >= 0; i--) {
      const opcode = flow.opcodes[i];
      const construct = flow.constructs[i];
      switch (opcode) {
        case OP.end:
          if (construct && construct.opcode !== OP.loop) this.#atLabel.set(construct, live.clone());
          break;
        case OP.else:
          elseStart.set(construct as Construct, live);
          live = this.#label(construct as Construct).clone();
          break;
        case OP.if: {
          const other = elseStart.get(construct as Construct) ?? this.#label(construct as Construct);
          live = live.clone();
          live.unite(other);
          break;
        }
        case OP.loop: {
          flow.points[flow.pointOf[i]].live = live.clone();
          if (this.#label(construct as Construct).unite(live) && construct?.targeted) this.#changed = true;
          break;
        }
        case OP.br:
          live = this.#label(construct as Construct).clone();
          break;
        case OP.br_if:
          live.unite(this.#label(construct as Construct));
          break;
        case OP.br_table:
          live = new VariableSet(this.#words);
          for (const target of flow.targets[i] ?? []) live.unite(this.#label(target));
          break;
        case OP.return:
        case OP.unreachable:
          live = new VariableSet(this.#words);
          break;
        case OP.local_get:
          live.add(flow.a[i]);
          break;
        case OP.local_set:
        case OP.local_tee:
          live.remove(flow.a[i]);
          break;
        default:
          if (flow.pointOf[i] >= 0) flow.points[flow.pointOf[i]].live = live.clone();
      }
    }
  }
}

/** Fills in what lives across each resume point of a flow. */
export function solveLiveness(flow: Flow): void {
  new Liveness(flow).solve();
}
