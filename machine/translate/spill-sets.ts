// Clusters what lives across the resume points of a function into few sets, and gives each variable its place in the frame.
//
// One set a point would make the code several times larger; any superset of what lives is correct, because a host local always
// holds something. Sets are merged where that adds the fewest spills.
import { FRAME_SPILLS, FRAME_VALUES, KIND_TRAP, MOST_FRAME_BYTES } from '../state/layout.ts';
import type { Flow } from './flow.ts';
import { VariableSet } from './variables.ts';

const MOST_SETS = 6;
/** With more distinct sets than this, a new one joins the nearest at once: keeps the merging quadratic in a constant. */
const MOST_CANDIDATES = 24;

export interface SpillSets {
  /** Variables of each set, ascending. */
  readonly sets: readonly (readonly number[])[];
  /** Set of each point; the function's entry and traps have none (-1). */
  readonly setOf: Int32Array;
  /** Frame offset of each variable that is spilled anywhere. */
  readonly offsets: ReadonlyMap<number, number>;
  /** Size of the guest's frame in bytes. */
  readonly frameBytes: number;
}

interface Candidate {
  variables: VariableSet;
  size: number;
  weight: number;
  members: number[];
}

/** Spills that merging two sets would add, over all their points. */
function growth(one: Candidate, other: Candidate): number {
  const union = one.variables.sizeWith(other.variables);
  return union * (one.weight + other.weight) - one.size * one.weight - other.size * other.weight;
}

function merge(into: Candidate, from: Candidate): void {
  into.variables.unite(from.variables);
  into.size = into.variables.size;
  into.weight += from.weight;
  into.members.push(...from.members);
}

function nearest(candidate: Candidate, others: readonly Candidate[]): Candidate {
  let best = others[0];
  let least = Number.POSITIVE_INFINITY;
  for (const other of others) {
    const added = growth(candidate, other);
    if (added < least) {
      least = added;
      best = other;
    }
  }
  return best;
}

function cluster(flow: Flow): Candidate[] {
  const byKey = new Map<string, Candidate>();
  const candidates: Candidate[] = [];
  for (let index = 1; index < flow.resumePoints; index++) {
    const { live } = flow.points[index];
    const key = live.key;
    const known = byKey.get(key);
    if (known) {
      known.weight++;
      known.members.push(index);
      continue;
    }
    const candidate = { variables: live.clone(), size: live.size, weight: 1, members: [index] };
    if (candidates.length < MOST_CANDIDATES) {
      candidates.push(candidate);
      byKey.set(key, candidate);
    } else {
      merge(nearest(candidate, candidates), candidate);
    }
  }
  while (candidates.length > MOST_SETS) {
    let least = Number.POSITIVE_INFINITY;
    let pair = [0, 1];
    for (let i = 0; i < candidates.length; i++) {
      for (let j = i + 1; j < candidates.length; j++) {
        const added = growth(candidates[i], candidates[j]);
        if (added < least) {
          least = added;
          pair = [i, j];
        }
      }
    }
    const [from] = candidates.splice(pair[1], 1);
    merge(candidates[pair[0]], from);
  }
  return candidates;
}

/** Chooses the spill sets of a flow whose liveness is known. */
export function chooseSpillSets(flow: Flow): SpillSets {
  const candidates = cluster(flow);
  const setOf = new Int32Array(flow.points.length).fill(-1);
  const spilled = new VariableSet();
  candidates.forEach((candidate, set) => {
    for (const point of candidate.members) if (flow.points[point].kind !== KIND_TRAP) setOf[point] = set;
    spilled.unite(candidate.variables);
  });
  const offsets = new Map<number, number>();
  for (const variable of spilled.toArray()) offsets.set(variable, FRAME_SPILLS + 8 * offsets.size);
  const values = FRAME_VALUES + 8 * Math.max(flow.type.params.length, flow.type.results.length, 2);
  // The nesting of host calls is bounded by guest bytes (HOST_NESTING_BYTES), so a guest's frame stands for what the host may need
  // for both bodies of the function: a slot for each variable in baseline code, and in optimised code, whose spill slots grow with
  // the code, up to nine times the guest's bytes (measured on generated functions): so 27 host bytes a guest byte, 440 KB in all.
  const slots = Math.ceil(((flow.variables.count + flow.maxHeight + 16) * 8) / 6);
  const codeBytes = (flow.offsets.at(-1) ?? 0) - (flow.offsets[0] ?? 0);
  const hostShare = Math.max(slots, Math.min(MOST_FRAME_BYTES, Math.ceil(codeBytes / 3)));
  const frameBytes = (Math.max(FRAME_SPILLS + 8 * offsets.size, values, hostShare) + 15) & ~15;
  return { sets: candidates.map((candidate) => candidate.variables.toArray()), setOf, offsets, frameBytes };
}
