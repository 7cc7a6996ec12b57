// What a fabric is to the controller: it says how long a transaction takes that the protocol has already decided, and charges the
// links, buses and memory controllers that it passes. One class for each kind; docs/coherence.md lists their steps.
import type { Links, SavedLinks } from '../interconnect/links.ts';
import type { Origin } from '../interconnect/origin.ts';
import { Resources, type SavedResources } from '../interconnect/resources.ts';
import type { MachineProfile } from '../profile/schema.ts';
import { TICKS_PER_CYCLE } from '../state/layout.ts';

/** What the memory system reads of a profile. */
export type MemoryProfile = Pick<MachineProfile, 'lineBytes' | 'topology' | 'shared' | 'coherence' | 'memory'>;

/** `Transaction.supplier` when memory at the home supplies. */
export const FROM_MEMORY = -1;

/** A transaction that leaves its unit. There is one, filled anew for each. Times are ticks since its Origin. */
export class Transaction {
  /** Node of the requester, and the line's home node. */
  node = 0;
  home = 0;
  /** When the request leaves the requester's caches, and when the line's last transaction is done (0: before this one). */
  at = 0;
  lineBusy = 0;
  /** Whether the requester needs the line's data from outside of its unit. */
  needsData = false;
  /** Node of the cache that supplies it, or FROM_MEMORY. */
  supplier = FROM_MEMORY;
  /** Whether the supplier updates memory as well. */
  writesBack = false;
  /** Nodes of the other units that are invalidated, one entry for each unit; the supplier is not among them. Only for a fabric that asks them. */
  readonly targets: Int16Array;
  targetCount = 0;

  constructor(units: number) {
    this.targets = new Int16Array(units);
  }
}

/** What a fabric has booked and counted, as a snapshot keeps it. Buses and their bytes, and directories, where there are any. */
export interface SavedFabric {
  /** The epoch of booked times, in ticks. */
  readonly epoch: number;
  readonly links: SavedLinks;
  readonly memory: SavedResources;
  readonly buses?: SavedResources;
  readonly busBytes?: number;
  readonly directories?: SavedResources;
}

/** Times are ticks since the Origin. */
export interface Fabric {
  readonly origin: Origin;
  readonly links: Links;
  readonly memory: MemoryControllers;
  /** Whether the order of requests at the home (or bus) makes a line wait for reads that change nothing. */
  readonly blocksReads: boolean;
  /** Whether it asks only those who have copies: `Transaction.targets`. */
  readonly asksTargets: boolean;
  /** When the requester has data and all answers. */
  fetch(transaction: Transaction): number;
  /** A modified line goes from a node to memory at its home; nobody waits. */
  writeBack(node: number, home: number, at: number): void;
  /** A unit tells the home that it gives up an unmodified line. */
  put(node: number, home: number, at: number): void;
  /** `bytes` between a core and memory, past all caches; returns when it is done. */
  uncached(node: number, home: number, bytes: number, write: boolean, at: number): number;
  save(): SavedFabric;
  /** Becomes what a fabric of the same profile has saved. */
  restore(saved: SavedFabric): void;
}

export function saveFabric({ origin, links, memory }: Fabric): SavedFabric {
  return { epoch: origin.save(), links: links.save(), memory: memory.resources.save() };
}

export function restoreFabric({ origin, links, memory }: Fabric, saved: SavedFabric): void {
  origin.restore(saved.epoch);
  links.restore(saved.links);
  memory.resources.restore(saved.memory);
}

export function ticks(cycles: number): number {
  return Math.round(cycles * TICKS_PER_CYCLE);
}

/** Time that `bytes` take at a bandwidth, in whole ticks. */
export function lengthTicks(bytes: number, bytesPerCycle: number): number {
  return Math.ceil((bytes * TICKS_PER_CYCLE) / bytesPerCycle);
}

/** The memory controller of each node. */
export class MemoryControllers {
  readonly resources: Resources;
  readonly #latency: number;
  readonly #lineTicks: number;
  readonly #bytesPerCycle: number;

  constructor({ topology, memory, lineBytes }: MemoryProfile, origin: Origin) {
    this.resources = new Resources(topology.nodes, origin);
    this.#latency = ticks(memory.latencyCycles);
    this.#lineTicks = lengthTicks(lineBytes, memory.bytesPerCycle);
    this.#bytesPerCycle = memory.bytesPerCycle;
  }

  /** Reads a line at `at`; returns when its data is there. */
  read(node: number, at: number): number {
    return this.resources.reserve(node, at, this.#lineTicks) + this.#latency;
  }

  write(node: number, at: number): void {
    this.resources.reserve(node, at, this.#lineTicks);
  }

  /** Reads or writes less than a line; returns when the data is there, or written. */
  access(node: number, at: number, bytes: number): number {
    return this.resources.reserve(node, at, lengthTicks(bytes, this.#bytesPerCycle)) + this.#latency;
  }
}
