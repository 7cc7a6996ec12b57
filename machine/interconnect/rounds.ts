// Rounds of a broadcast: what a round of each home and requester books, listed beforehand in coherence's memory. What a round is, and how it is done:
// machine/native/coherence/rounds.ts.
//
// Times are ticks since the transaction's Origin.
import {
  CONTROL,
  DATA,
  NO_END,
  PLAN_ANSWERS,
  PLAN_BYTES,
  PLAN_FIRST,
  PLAN_LAST,
  PLAN_OWN_ANSWER,
  STEP_BYTES,
} from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import type { Links } from './links.ts';
import type { InterconnectPlaces, NativeInterconnect } from './native-interconnect.ts';
import type { Topology } from './topology.ts';

/** What a round of a home for a requester books, in order. */
interface Plan {
  /** STEP_* words of the bookings; the way of data differs. */
  readonly steps: readonly number[];
  /** Answer of node n: words from answers[n] up to answers[n + 1]. */
  readonly answers: readonly number[];
  /** From the start to the answer of the home itself, if it is the requester's node; else 0. */
  readonly ownAnswer: number;
}

/** Bytes of all plans' steps and lists of answers. */
export function planStepsBytes(topology: Topology): number {
  const { nodes, hops } = topology;
  const steps = nodes * nodes * (nodes - 1) + nodes * hops;
  return steps * STEP_BYTES + nodes * nodes * (nodes + 1) * 4;
}

export class Rounds {
  readonly #native: NativeInterconnect;

  /** A node answers `probeTicks` after its probe has arrived. */
  constructor(
    links: Links,
    probeTicks: number,
    memory: CoherenceMemory,
    places: InterconnectPlaces,
    native: NativeInterconnect,
  ) {
    this.#native = native;
    const { nodes } = links.topology;
    let at = places.planSteps;
    for (let pair = 0; pair < nodes * nodes; pair++) {
      const { steps, answers, ownAnswer } = planRound(links, Math.floor(pair / nodes), pair % nodes, probeTicks);
      const plan = memory.i32(places.plans + pair * PLAN_BYTES, PLAN_BYTES / 4);
      const last = at + 4 * steps.length;
      plan[PLAN_FIRST / 4] = at;
      plan[PLAN_LAST / 4] = last;
      plan[PLAN_ANSWERS / 4] = last;
      plan[PLAN_OWN_ANSWER / 4] = ownAnswer;
      memory.i32(at, steps.length).set(steps);
      memory.i32(last, answers.length).set(answers.map((word) => at + 4 * word));
      at = last + 4 * answers.length;
    }
  }

  /** A round that starts at `at`; the answer of node `supplier` has data, if that is not negative. Returns when the last answer has arrived. */
  all(home: number, node: number, at: number, supplier: number): number {
    return this.#native.roundAll(home, node, at, supplier);
  }

  /** As `all`, up to the supplier's answer: what the supplier does next can be booked before `rest`. */
  untilAnswer(home: number, node: number, at: number, supplier: number): number {
    return this.#native.roundUntilAnswer(home, node, at, supplier);
  }

  /** The answers after the supplier's; `done` is what `untilAnswer` returned. */
  rest(home: number, node: number, done: number, supplier: number): number {
    return this.#native.roundRest(home, node, done, supplier);
  }

  /** When a node had the probe of the last round. */
  arrival(node: number): number {
    return this.#native.roundArrival(node);
  }
}

function planRound(links: Links, home: number, node: number, probeTicks: number): Plan {
  const { nodes, trees } = links.topology;
  const { order, previous, through } = trees[home]!;
  const steps: number[] = [];
  /** By node: length that the probe has gathered on its way. The head goes on before the rest has arrived. */
  const gathered = new Int32Array(nodes);
  for (const other of order) {
    const direction = through[other]!;
    const carried = gathered[previous[other]!]!;
    const length = links.length(direction, CONTROL);
    const longest = Math.max(carried, length);
    gathered[other] = longest;
    const way = links.latency(direction) + longest;
    const answer = other === node ? probeTicks : NO_END;
    steps.push(4 * previous[other]!, -carried, direction, length, way, length, way, 4 * other, answer);
  }
  const answers = [steps.length];
  for (let other = 0; other < nodes; other++) {
    const directions = links.directionsOf(other, node);
    const longest = [CONTROL, DATA].map((kind) => Math.max(0, ...directions.map((hop) => links.length(hop, kind))));
    directions.forEach((direction, hop) => {
      const last = hop === directions.length - 1;
      const [way, dataWay] = longest.map((length) => links.latency(direction) + (last ? length : 0));
      steps.push(
        ...(hop === 0 ? [4 * other, probeTicks] : [4 * nodes, 0]),
        ...[direction, links.length(direction, CONTROL), way!, links.length(direction, DATA), dataWay!, 4 * nodes],
        last ? 0 : NO_END,
      );
    });
    answers.push(steps.length);
  }
  const ownAnswer = home === node ? probeTicks : 0;
  return { steps, answers, ownAnswer };
}
