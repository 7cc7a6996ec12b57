// A directory at each home: it knows who has a line, asks nobody else, and lets reads that change nothing overlap. A request goes to
// the home, which reads its directory and then memory, or forwards the request to the owner, or has the sharers invalidated; data and
// acknowledgements go to the requester. Units tell the home when they give up a line.
import { CONTROL, DATA, Links } from '../interconnect/links.ts';
import { Origin } from '../interconnect/origin.ts';
import { Resources } from '../interconnect/resources.ts';
import type { DirectoryFabric } from '../profile/schema.ts';
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

export class DirectoryFabricModel implements Fabric {
  readonly origin = new Origin();
  readonly links: Links;
  readonly blocksReads = false;
  readonly asksTargets = true;
  readonly directories: Resources;
  readonly memory: MemoryControllers;
  readonly #requestTicks: number;
  readonly #lookupTicks: number;
  readonly #occupancyTicks: number;
  readonly #probeTicks: number;
  readonly #responseTicks: number;

  constructor(profile: MemoryProfile, fabric: DirectoryFabric) {
    this.links = new Links(profile, this.origin);
    this.directories = new Resources(profile.topology.nodes, this.origin);
    this.memory = new MemoryControllers(profile, this.origin);
    this.#requestTicks = ticks(fabric.requestCycles);
    this.#lookupTicks = ticks(fabric.lookupCycles);
    this.#occupancyTicks = ticks(fabric.occupancyCycles ?? fabric.lookupCycles);
    this.#probeTicks = ticks(fabric.probeCycles);
    this.#responseTicks = ticks(fabric.responseCycles);
  }

  fetch(transaction: Transaction): number {
    const { node, home, needsData, supplier, lineBusy, targets, targetCount } = transaction;
    const links = this.links;
    let ordered = links.send(node, home, CONTROL, transaction.at + this.#requestTicks);
    if (lineBusy > ordered) ordered = lineBusy;
    const looked = this.#lookup(home, ordered);
    let done: number;
    if (!needsData) {
      // The home's leave to write.
      done = links.send(home, node, CONTROL, looked);
    } else if (supplier === FROM_MEMORY) {
      done = links.send(home, node, DATA, this.memory.read(home, looked));
    } else {
      const answered = links.send(home, supplier, CONTROL, looked) + this.#probeTicks;
      done = links.send(supplier, node, DATA, answered);
      if (transaction.writesBack) this.#store(supplier, home, answered);
    }
    for (let i = 0; i < targetCount; i++) {
      const target = targets[i]!;
      const answered = links.send(home, target, CONTROL, looked) + this.#probeTicks;
      const acknowledged = links.send(target, node, CONTROL, answered);
      if (acknowledged > done) done = acknowledged;
    }
    return done + this.#responseTicks;
  }

  writeBack(node: number, home: number, at: number): void {
    this.#store(node, home, at + this.#requestTicks);
  }

  put(node: number, home: number, at: number): void {
    this.#lookup(home, this.links.send(node, home, CONTROL, at + this.#requestTicks));
  }

  uncached(node: number, home: number, bytes: number, write: boolean, at: number): number {
    const request = this.links.sendBytes(node, home, write ? bytes : 0, at + this.#requestTicks);
    const served = this.memory.access(home, request, bytes);
    return this.links.sendBytes(home, node, write ? 0 : bytes, served) + this.#responseTicks;
  }

  save(): SavedFabric {
    return { ...saveFabric(this), directories: this.directories.save() };
  }

  restore(saved: SavedFabric): void {
    restoreFabric(this, saved);
    this.directories.restore(saved.directories!);
  }

  #lookup(home: number, at: number): number {
    return this.directories.reserve(home, at, this.#occupancyTicks) + this.#lookupTicks;
  }

  /** A line's data reaches the home: the directory notes it while memory is written. */
  #store(node: number, home: number, at: number): void {
    const arrived = this.links.send(node, home, DATA, at);
    this.#lookup(home, arrived);
    this.memory.write(home, arrived);
  }
}
