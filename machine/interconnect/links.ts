// Messages between nodes, hop by hop over links with latency and bandwidth, and the traffic that they are.
//
// A link has two directions, each a resource of its own. The head of a message waits at each link until its direction is free, then
// takes the link's latency; the link stays busy for the message's length. The rest of the message follows the head (cut-through), so
// its length counts once, on the slowest link of the way. A message inside a node takes no time and is no traffic.
//
// Times are ticks since the transaction's Origin.
import type { MachineProfile } from '../profile/schema.ts';
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import type { Origin } from './origin.ts';
import { Resources, type SavedResources } from './resources.ts';
import { Topology } from './topology.ts';

/** Kinds of messages: without data, and with a line. */
export const CONTROL = 0;
export const DATA = 1;
const KINDS = 2;

export type LinksProfile = Pick<MachineProfile, 'topology' | 'lineBytes'> & {
  readonly coherence: Pick<MachineProfile['coherence'], 'controlBytes'>;
};

export interface SavedLinks {
  readonly directions: SavedResources;
  readonly sent: Float64Array;
  readonly rounds: Float64Array;
  readonly odd: Float64Array;
  readonly oddBytes: Float64Array;
}

export class Links {
  readonly topology: Topology;
  /** Directions of links: 2 * link from the first node of `between` to the second, + 1 back. */
  readonly directions: number;
  /** Of directions. */
  readonly queues: Resources;
  readonly #nodes: number;
  /** By direction: latency of the head. */
  readonly #latency: Int32Array;
  /** By direction * KINDS + kind: length of a message. */
  readonly #lengths: Int32Array;
  /** By route (from * nodes + to) * KINDS + kind: messages sent; by home * nodes + requester: rounds. What passed a link is found from these. */
  readonly #sent: Float64Array;
  readonly #rounds: Float64Array;
  /** By direction: messages of other lengths, and the bytes they had. */
  readonly #odd: Float64Array;
  readonly #oddBytes: Float64Array;
  readonly #byteTicks: Float64Array;
  readonly #kindBytes: readonly number[];
  /** Directions of all routes, one after the other; that from a to b begins at place a * nodes + b and ends where the next begins. */
  readonly #routes: Int16Array;
  readonly #routeAt: Int32Array;

  constructor({ topology: profile, lineBytes, coherence: { controlBytes } }: LinksProfile, origin: Origin) {
    this.topology = new Topology(profile);
    this.#nodes = profile.nodes;
    const directions = 2 * profile.links.length;
    this.directions = directions;
    this.queues = new Resources(directions, origin);
    this.#kindBytes = [controlBytes, controlBytes + lineBytes];
    this.#latency = new Int32Array(directions);
    this.#byteTicks = new Float64Array(directions);
    this.#lengths = new Int32Array(directions * KINDS);
    this.#sent = new Float64Array(profile.nodes * profile.nodes * KINDS);
    this.#rounds = new Float64Array(profile.nodes * profile.nodes);
    this.#odd = new Float64Array(directions);
    this.#oddBytes = new Float64Array(directions);
    for (let direction = 0; direction < directions; direction++) {
      const { latencyCycles, bytesPerCycle } = profile.links[direction >>> 1]!;
      this.#latency[direction] = Math.round(latencyCycles * TICKS_PER_CYCLE);
      this.#byteTicks[direction] = TICKS_PER_CYCLE / bytesPerCycle;
      this.#kindBytes.forEach((bytes, kind) => {
        this.#lengths[direction * KINDS + kind] = Math.ceil((bytes * TICKS_PER_CYCLE) / bytesPerCycle);
      });
    }
    const routes: number[] = [];
    const starts = [0];
    for (let from = 0; from < profile.nodes; from++) {
      for (let to = 0; to < profile.nodes; to++) {
        const way = this.topology.route(from, to);
        routes.push(...way.slice(1).map((node) => this.topology.trees[from]!.through[node]!));
        starts.push(routes.length);
      }
    }
    this.#routes = Int16Array.from(routes);
    this.#routeAt = Int32Array.from(starts);
  }

  /** Sends one message; returns when all of it has arrived. */
  send(from: number, to: number, kind: number, at: number): number {
    if (from === to) return at;
    const routes = this.#routes;
    const lengths = this.#lengths;
    const latencies = this.#latency;
    const { queues } = this;
    const pair = from * this.#nodes + to;
    this.#sent[pair * KINDS + kind]!++;
    const end = this.#routeAt[pair + 1]!;
    let head = at;
    let longest = 0;
    for (let hop = this.#routeAt[pair]!; hop < end; hop++) {
      const direction = routes[hop]!;
      const length = lengths[direction * KINDS + kind]!;
      head = (queues.book(direction, head, length) + latencies[direction]!) | 0;
      if (length > longest) longest = length;
    }
    return head + longest;
  }

  /** As `send`, with `bytes` of data. */
  sendBytes(from: number, to: number, bytes: number, at: number): number {
    if (from === to) return at;
    const pair = from * this.#nodes + to;
    const end = this.#routeAt[pair + 1]!;
    let head = at;
    let longest = 0;
    for (let hop = this.#routeAt[pair]!; hop < end; hop++) {
      const direction = this.#routes[hop]!;
      const length = Math.ceil((this.#kindBytes[CONTROL]! + bytes) * this.#byteTicks[direction]!);
      this.#odd[direction]!++;
      this.#oddBytes[direction]! += this.#kindBytes[CONTROL]! + bytes;
      head = this.queues.reserve(direction, head, length) + this.#latency[direction]!;
      if (length > longest) longest = length;
    }
    return head + longest;
  }

  /** Counts the messages of a round (rounds.ts): probes from `home`, answers to `node`, that of `supplier` with data if it is not negative. */
  countRound(home: number, node: number, supplier: number): void {
    this.#rounds[home * this.#nodes + node]!++;
    if (supplier < 0 || supplier === node) return;
    const answer = (supplier * this.#nodes + node) * KINDS;
    this.#sent[answer + CONTROL]!--;
    this.#sent[answer + DATA]!++;
  }

  /** Time that the head of a message takes over a direction, in ticks. */
  latency(direction: number): number {
    return this.#latency[direction]!;
  }

  /** Time for which a message of a kind keeps a direction busy, in ticks. */
  length(direction: number, kind: number): number {
    return this.#lengths[direction * KINDS + kind]!;
  }

  /** Directions of the route between two nodes, in order. */
  directionsOf(from: number, to: number): number[] {
    const pair = from * this.#nodes + to;
    return [...this.#routes.subarray(this.#routeAt[pair]!, this.#routeAt[pair + 1]!)];
  }

  /** Bytes sent over a direction of a link. */
  bytes(direction: number): number {
    return (
      this.#passed(direction, CONTROL) * this.#kindBytes[CONTROL]! +
      this.#passed(direction, DATA) * this.#kindBytes[DATA]! +
      this.#oddBytes[direction]!
    );
  }

  /** Messages sent over a direction of a link. */
  messages(direction: number): number {
    return this.#passed(direction, CONTROL) + this.#passed(direction, DATA) + this.#odd[direction]!;
  }

  /** Time for which a direction of a link was busy, in ticks. */
  work(direction: number): number {
    let work = this.queues.work[direction]!;
    for (let kind = 0; kind < KINDS; kind++)
      work += this.#passed(direction, kind) * this.#lengths[direction * KINDS + kind]!;
    return work;
  }

  save(): SavedLinks {
    return {
      directions: this.queues.save(),
      sent: this.#sent.slice(),
      rounds: this.#rounds.slice(),
      odd: this.#odd.slice(),
      oddBytes: this.#oddBytes.slice(),
    };
  }

  restore({ directions, sent, rounds, odd, oddBytes }: SavedLinks): void {
    this.queues.restore(directions);
    this.#sent.set(sent);
    this.#rounds.set(rounds);
    this.#odd.set(odd);
    this.#oddBytes.set(oddBytes);
  }

  /** Messages of a kind that passed a direction: those of all routes over it, and rounds whose tree has it. */
  #passed(direction: number, kind: number): number {
    const nodes = this.#nodes;
    let passed = 0;
    for (let pair = 0; pair < nodes * nodes; pair++) {
      let sent = this.#sent[pair * KINDS + kind]!;
      // Each node answers in a round.
      if (kind === CONTROL)
        for (let home = 0; home < nodes; home++) sent += this.#rounds[home * nodes + (pair % nodes)]!;
      for (let hop = this.#routeAt[pair]!; hop < this.#routeAt[pair + 1]!; hop++)
        if (this.#routes[hop] === direction) passed += sent;
      if (kind === CONTROL && this.topology.trees[Math.floor(pair / nodes)]!.through.includes(direction))
        passed += this.#rounds[pair]!;
    }
    return passed;
  }
}
