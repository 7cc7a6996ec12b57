// Messages between nodes, hop by hop over links with latency and bandwidth, and the traffic that they are.
//
// A link has two directions, each a resource of its own. The head of a message waits at each link until its direction is free, then
// takes the link's latency; the link stays busy for the message's length. The rest of the message follows the head (cut-through), so
// its length counts once, on the slowest link of the way. A message inside a node takes no time and is no traffic.
import type { MachineProfile } from '../profile/schema.ts';
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import { Resources } from './resources.ts';
import { Topology } from './topology.ts';

export class Links {
  readonly topology: Topology;
  /** One resource for each direction: 2 * link from the first node of `between` to the second, + 1 back. */
  readonly directions: Resources;
  /** By direction: bytes and messages sent. */
  readonly bytes: Float64Array;
  readonly messages: Float64Array;
  /** By direction: head latency in ticks, and length of a byte in ticks. */
  readonly #latency: Float64Array;
  readonly #byteTicks: Float64Array;
  readonly #trees: Topology['trees'];
  /** By node: when the last broadcast's head arrived, and the length it has gathered, in ticks. */
  readonly arrivals: Float64Array;
  readonly #lengths: Float64Array;
  /** The links of the route being walked, last first. */
  readonly #route: Int16Array;

  constructor(profile: MachineProfile['topology']) {
    this.topology = new Topology(profile);
    this.#trees = this.topology.trees;
    const count = 2 * profile.links.length;
    this.directions = new Resources(count);
    this.bytes = new Float64Array(count);
    this.messages = new Float64Array(count);
    this.#latency = new Float64Array(count);
    this.#byteTicks = new Float64Array(count);
    this.arrivals = new Float64Array(profile.nodes);
    this.#lengths = new Float64Array(profile.nodes);
    this.#route = new Int16Array(profile.nodes);
    profile.links.forEach(({ latencyCycles, bytesPerCycle }, link) => {
      this.#latency.fill(Math.round(latencyCycles * TICKS_PER_CYCLE), 2 * link, 2 * link + 2);
      this.#byteTicks.fill(TICKS_PER_CYCLE / bytesPerCycle, 2 * link, 2 * link + 2);
    });
  }

  /** Sends one message at `at` (ticks); returns when all of it has arrived. */
  send(from: number, to: number, bytes: number, at: number): number {
    if (from === to) return at;
    const { previous, through } = this.#trees[from]!;
    const route = this.#route;
    let hops = 0;
    for (let node = to; node !== from; node = previous[node]!) route[hops++] = through[node]!;
    let head = at;
    let length = 0;
    while (hops > 0) {
      const direction = route[--hops]!;
      const ticks = Math.ceil(bytes * this.#byteTicks[direction]!);
      head = this.#pass(direction, head, ticks, bytes);
      if (ticks > length) length = ticks;
    }
    return head + length;
  }

  /** Sends one message from `from` to every node, one over each link of its tree; `arrivals` then says when each node has it. */
  broadcast(from: number, bytes: number, at: number): void {
    const { order, previous, through } = this.#trees[from]!;
    const arrivals = this.arrivals;
    const lengths = this.#lengths;
    arrivals[from] = at;
    lengths[from] = 0;
    for (let i = 0; i < order.length; i++) {
      const node = order[i]!;
      const before = previous[node]!;
      const direction = through[node]!;
      const ticks = Math.ceil(bytes * this.#byteTicks[direction]!);
      const length = lengths[before]! > ticks ? lengths[before]! : ticks;
      const head = this.#pass(direction, arrivals[before]! - lengths[before]!, ticks, bytes);
      lengths[node] = length;
      arrivals[node] = head + length;
    }
  }

  #pass(direction: number, head: number, ticks: number, bytes: number): number {
    this.bytes[direction]! += bytes;
    this.messages[direction]!++;
    return this.directions.reserve(direction, head, ticks) + this.#latency[direction]!;
  }
}
