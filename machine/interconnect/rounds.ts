// A round of a broadcast: probes spread from a home along its tree of routes, one over each link, and every node answers a requester
// over its route. It is the same as sending the messages one by one, but what a round of each home and requester books is listed
// beforehand, and done in one loop: a far transfer on 4 nodes takes the host an eighth less time.
//
// Times are ticks since the transaction's Origin.
import { CONTROL, DATA, type Links } from './links.ts';
import { NO_END } from './resources.ts';

/** What a round of a home for a requester books, in order. */
interface Plan {
  /** Steps of Resources, the queues of the links' directions; the way of data differs. */
  readonly steps: Int32Array;
  /** Answer of node n: steps from answers[n] up to answers[n + 1]. */
  readonly answers: Int32Array;
  /** From the start to the answer of the home itself, if it is the requester's node; else 0. */
  readonly ownAnswer: number;
}

export class Rounds {
  readonly #links: Links;
  readonly #nodes: number;
  readonly #plans: readonly Plan[];
  /** By node: when the probe arrived there, since the epoch. Behind them the place for messages that are on their way. */
  readonly #times: Int32Array;

  /** A node answers `probeTicks` after its probe has arrived. */
  constructor(links: Links, probeTicks: number) {
    this.#links = links;
    const { nodes } = links.topology;
    this.#nodes = nodes;
    this.#times = new Int32Array(nodes + 1);
    this.#plans = Array.from({ length: nodes * nodes }, (_, pair) =>
      planRound(links, Math.floor(pair / nodes), pair % nodes, probeTicks),
    );
  }

  /** A round that starts at `at`; the answer of node `supplier` has data, if that is not negative. Returns when the last answer has arrived. */
  all(home: number, node: number, at: number, supplier: number): number {
    const { steps } = this.#plans[home * this.#nodes + node]!;
    return this.#run(home, node, 0, steps.length, this.#start(home, node, at, supplier), supplier);
  }

  /** As `all`, up to the supplier's answer: what the supplier does next can be booked before `rest`. */
  untilAnswer(home: number, node: number, at: number, supplier: number): number {
    const { answers } = this.#plans[home * this.#nodes + node]!;
    return this.#run(home, node, 0, answers[supplier + 1]!, this.#start(home, node, at, supplier), supplier);
  }

  /** The answers after the supplier's; `done` is what `untilAnswer` returned. */
  rest(home: number, node: number, done: number, supplier: number): number {
    const { answers, steps } = this.#plans[home * this.#nodes + node]!;
    return this.#run(home, node, answers[supplier + 1]!, steps.length, done, supplier);
  }

  /** When a node had the probe of the last round. */
  arrival(node: number): number {
    return this.#times[node]! - this.#links.queues.toEpoch(0);
  }

  #start(home: number, node: number, at: number, supplier: number): number {
    this.#links.countRound(home, node, supplier);
    this.#times[home] = this.#links.queues.toEpoch(at);
    return at + this.#plans[home * this.#nodes + node]!.ownAnswer;
  }

  #run(home: number, node: number, first: number, last: number, start: number, supplier: number): number {
    const { steps, answers } = this.#plans[home * this.#nodes + node]!;
    const dataFrom = supplier < 0 ? last : answers[supplier]!;
    const dataTo = supplier < 0 ? last : answers[supplier + 1]!;
    return this.#links.queues.bookAll(steps, first, last, dataFrom, dataTo, this.#times, start);
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
    steps.push(previous[other]!, -carried, direction, length, way, length, way, other, answer);
  }
  const answers = [steps.length];
  for (let other = 0; other < nodes; other++) {
    const directions = links.directionsOf(other, node);
    const longest = [CONTROL, DATA].map((kind) => Math.max(0, ...directions.map((hop) => links.length(hop, kind))));
    directions.forEach((direction, hop) => {
      const last = hop === directions.length - 1;
      const [way, dataWay] = longest.map((length) => links.latency(direction) + (last ? length : 0));
      steps.push(
        ...(hop === 0 ? [other, probeTicks] : [nodes, 0]),
        ...[direction, links.length(direction, CONTROL), way!, links.length(direction, DATA), dataWay!, nodes],
        last ? 0 : NO_END,
      );
    });
    answers.push(steps.length);
  }
  const ownAnswer = home === node ? probeTicks : 0;
  return { steps: Int32Array.from(steps), answers: Int32Array.from(answers), ownAnswer };
}
