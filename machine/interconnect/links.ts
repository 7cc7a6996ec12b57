// The links between nodes and the traffic on them: their tables in coherence's memory, by which native code sends messages
// (machine/native/coherence/links.ts), and what it counts there.
//
// Times are ticks since the transaction's Origin.
import type { MachineProfile } from '../profile/schema.ts';
import { CONTROL, DATA, KINDS } from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import type { InterconnectPlaces, NativeInterconnect } from './native-interconnect.ts';
import { Resources, type SavedResources } from './resources.ts';
import type { Topology } from './topology.ts';

export { CONTROL, DATA } from '../state/coherence-layout.ts';

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
  readonly #kindBytes: readonly number[];
  /** Directions of all routes, one after the other; that from a to b begins at place a * nodes + b and ends where the next begins. */
  readonly #routes: Uint16Array;
  readonly #routeAt: Int32Array;
  readonly #native: NativeInterconnect;

  constructor(
    { topology: profile, lineBytes, coherence: { controlBytes } }: LinksProfile,
    topology: Topology,
    memory: CoherenceMemory,
    places: InterconnectPlaces,
    native: NativeInterconnect,
  ) {
    this.topology = topology;
    this.#native = native;
    this.#nodes = profile.nodes;
    const pairs = profile.nodes * profile.nodes;
    const directions = 2 * profile.links.length;
    this.directions = directions;
    this.queues = new Resources(memory, places, native, 0, directions);
    this.#kindBytes = [controlBytes, controlBytes + lineBytes];
    this.#latency = memory.i32(places.linkLatency, directions);
    this.#lengths = memory.i32(places.linkLengths, directions * KINDS);
    this.#sent = memory.f64(places.linkSent, pairs * KINDS);
    this.#rounds = memory.f64(places.linkRounds, pairs);
    this.#odd = memory.f64(places.linkOdd, directions);
    this.#oddBytes = memory.f64(places.linkOddBytes, directions);
    const byteTicks = memory.f64(places.linkByteTicks, directions);
    for (let direction = 0; direction < directions; direction++) {
      const { latencyCycles, bytesPerCycle } = profile.links[direction >>> 1]!;
      this.#latency[direction] = Math.round(latencyCycles * TICKS_PER_CYCLE);
      byteTicks[direction] = TICKS_PER_CYCLE / bytesPerCycle;
      this.#kindBytes.forEach((bytes, kind) => {
        this.#lengths[direction * KINDS + kind] = Math.ceil((bytes * TICKS_PER_CYCLE) / bytesPerCycle);
      });
    }
    this.#routes = memory.u16(places.routes, topology.hops);
    this.#routeAt = memory.i32(places.routeAt, pairs + 1);
    let hop = 0;
    for (let from = 0; from < profile.nodes; from++) {
      for (let to = 0; to < profile.nodes; to++) {
        const [, ...way] = topology.route(from, to);
        for (const node of way) this.#routes[hop++] = topology.trees[from]!.through[node]!;
        this.#routeAt[from * profile.nodes + to + 1] = hop;
      }
    }
  }

  /** Sends one message; returns when all of it has arrived. */
  send(from: number, to: number, kind: number, at: number): number {
    return this.#native.send(from, to, kind, at);
  }

  /** As `send`, with `bytes` of data. */
  sendBytes(from: number, to: number, bytes: number, at: number): number {
    return this.#native.sendBytes(from, to, bytes, at);
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
