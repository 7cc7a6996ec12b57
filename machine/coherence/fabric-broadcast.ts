// Broadcast over links, as HyperTransport: the home of a line orders its requests and probes every node; each node answers the
// requester, the one that owns the line with data. Memory at the home is read at the same time, whether or not a cache will supply
// the line. The requester goes on when it has the data and all answers, and until then the home lets no other request for the line go.
import { Links } from '../interconnect/links.ts';
import type { BroadcastFabric } from '../profile/schema.ts';
import { type Fabric, FROM_MEMORY, MemoryControllers, type MemoryProfile, type Transaction, ticks } from './fabric.ts';

export class BroadcastFabricModel implements Fabric {
  readonly links: Links;
  readonly blocksReads = true;
  readonly #memory: MemoryControllers;
  readonly #nodes: number;
  readonly #controlBytes: number;
  readonly #lineBytes: number;
  readonly #requestTicks: number;
  readonly #probeTicks: number;
  readonly #responseTicks: number;

  constructor(profile: MemoryProfile, fabric: BroadcastFabric) {
    this.links = new Links(profile.topology);
    this.#memory = new MemoryControllers(profile);
    this.#nodes = profile.topology.nodes;
    this.#controlBytes = profile.coherence.controlBytes;
    this.#lineBytes = profile.lineBytes;
    this.#requestTicks = ticks(fabric.requestCycles);
    this.#probeTicks = ticks(fabric.probeCycles);
    this.#responseTicks = ticks(fabric.responseCycles);
  }

  fetch(transaction: Transaction): number {
    const { node, home, needsData, supplier, lineBusy } = transaction;
    const links = this.links;
    const control = this.#controlBytes;
    const dataBytes = control + this.#lineBytes;
    let ordered = links.send(node, home, control, transaction.at + this.#requestTicks);
    if (lineBusy > ordered) ordered = lineBusy;
    links.broadcast(home, control, ordered);
    const { arrivals } = links;
    let done = ordered;
    for (let other = 0; other < this.#nodes; other++) {
      const answered = arrivals[other]! + this.#probeTicks;
      const supplies = needsData && other === supplier;
      const arrival = links.send(other, node, supplies ? dataBytes : control, answered);
      if (arrival > done) done = arrival;
      if (supplies && transaction.writesBack) this.#store(other, home, answered);
    }
    if (needsData) {
      const read = this.#memory.read(home, ordered);
      if (supplier === FROM_MEMORY) {
        const arrival = links.send(home, node, dataBytes, read);
        if (arrival > done) done = arrival;
      }
    }
    return done + this.#responseTicks;
  }

  writeBack(node: number, home: number, at: number): void {
    this.#store(node, home, at + this.#requestTicks);
  }

  put(): void {
    // The home keeps no list of who has a line.
  }

  uncached(node: number, home: number, bytes: number, write: boolean, at: number): number {
    const control = this.#controlBytes;
    const request = this.links.send(node, home, write ? control + bytes : control, at + this.#requestTicks);
    const served = this.#memory.access(home, request, bytes);
    return this.links.send(home, node, write ? control : control + bytes, served) + this.#responseTicks;
  }

  #store(node: number, home: number, at: number): void {
    this.#memory.write(home, this.links.send(node, home, this.#controlBytes + this.#lineBytes, at));
  }
}
