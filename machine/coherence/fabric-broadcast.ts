// Broadcast over links, as HyperTransport: the home of a line orders its requests and probes every node; each node answers the
// requester, the one that owns the line with data. Memory at the home is read at the same time, whether or not a cache will supply
// the line. The requester goes on when it has the data and all answers, and until then the home lets no other request for the line go.
import { CONTROL, DATA, Links } from '../interconnect/links.ts';
import { Origin } from '../interconnect/origin.ts';
import type { BroadcastFabric } from '../profile/schema.ts';
import {
  type Fabric,
  FROM_MEMORY,
  MemoryControllers,
  type MemoryProfile,
  restoreFabric,
  type SavedFabric,
  saveFabric,
  type Transaction,
  ticks,
} from './fabric.ts';

export class BroadcastFabricModel implements Fabric {
  readonly origin = new Origin();
  readonly links: Links;
  readonly blocksReads = true;
  readonly memory: MemoryControllers;
  readonly #nodes: number;
  readonly #requestTicks: number;
  readonly #probeTicks: number;
  readonly #responseTicks: number;

  constructor(profile: MemoryProfile, fabric: BroadcastFabric) {
    this.links = new Links(profile, this.origin);
    this.memory = new MemoryControllers(profile, this.origin);
    this.#nodes = profile.topology.nodes;
    this.#requestTicks = ticks(fabric.requestCycles);
    this.#probeTicks = ticks(fabric.probeCycles);
    this.#responseTicks = ticks(fabric.responseCycles);
  }

  fetch(transaction: Transaction): number {
    const { node, home, needsData, supplier, lineBusy } = transaction;
    const links = this.links;
    let ordered = links.send(node, home, CONTROL, transaction.at + this.#requestTicks);
    if (lineBusy > ordered) ordered = lineBusy;
    links.broadcast(home, ordered);
    const { arrivals } = links;
    let done = ordered;
    for (let other = 0; other < this.#nodes; other++) {
      const answered = arrivals[other]! + this.#probeTicks;
      const supplies = needsData && other === supplier;
      const arrival = links.send(other, node, supplies ? DATA : CONTROL, answered);
      if (arrival > done) done = arrival;
      if (supplies && transaction.writesBack) this.#store(other, home, answered);
    }
    if (needsData) {
      const read = this.memory.read(home, ordered);
      if (supplier === FROM_MEMORY) {
        const arrival = links.send(home, node, DATA, read);
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
    const request = this.links.sendBytes(node, home, write ? bytes : 0, at + this.#requestTicks);
    const served = this.memory.access(home, request, bytes);
    return this.links.sendBytes(home, node, write ? 0 : bytes, served) + this.#responseTicks;
  }

  save(): SavedFabric {
    return saveFabric(this);
  }

  restore(saved: SavedFabric): void {
    restoreFabric(this, saved);
  }

  #store(node: number, home: number, at: number): void {
    this.memory.write(home, this.links.send(node, home, DATA, at));
  }
}
