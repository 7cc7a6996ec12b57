// Broadcast over links, as HyperTransport: the home of a line orders its requests and probes every node; each node answers the
// requester, the one that owns the line with data. Memory at the home is read at the same time, whether or not a cache will supply
// the line. The requester goes on when it has the data and all answers, and until then the home lets no other request for the line go.
import { CONTROL, DATA, Links } from '../interconnect/links.ts';
import { Origin } from '../interconnect/origin.ts';
import { Rounds } from '../interconnect/rounds.ts';
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

/** In place of the node that answers with data. */
const NOBODY = -1;

export class BroadcastFabricModel implements Fabric {
  readonly origin = new Origin();
  readonly links: Links;
  readonly rounds: Rounds;
  readonly blocksReads = true;
  readonly asksTargets = false;
  readonly memory: MemoryControllers;
  readonly #requestTicks: number;
  readonly #probeTicks: number;
  readonly #responseTicks: number;

  constructor(profile: MemoryProfile, fabric: BroadcastFabric) {
    this.links = new Links(profile, this.origin);
    this.memory = new MemoryControllers(profile, this.origin);
    this.#requestTicks = ticks(fabric.requestCycles);
    this.#probeTicks = ticks(fabric.probeCycles);
    this.rounds = new Rounds(this.links, this.#probeTicks);
    this.#responseTicks = ticks(fabric.responseCycles);
  }

  fetch(transaction: Transaction): number {
    const { node, home, needsData, supplier, lineBusy } = transaction;
    const links = this.links;
    let ordered = links.send(node, home, CONTROL, transaction.at + this.#requestTicks);
    if (lineBusy > ordered) ordered = lineBusy;
    const { rounds } = this;
    let done: number;
    if (!needsData || supplier === FROM_MEMORY) {
      done = rounds.all(home, node, ordered, NOBODY);
    } else if (!transaction.writesBack) {
      done = rounds.all(home, node, ordered, supplier);
    } else {
      done = rounds.untilAnswer(home, node, ordered, supplier);
      this.#store(supplier, home, rounds.arrival(supplier) + this.#probeTicks);
      done = rounds.rest(home, node, done, supplier);
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
