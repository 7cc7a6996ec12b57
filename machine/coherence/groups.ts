// The shared caches of all groups, their ports, and the tables applied to them. It keeps the presence map's bits of shared caches.
import { ENTRY_DIRTY, ENTRY_NOT_PRESENT, SharedCache } from '../cache/shared-cache.ts';
import type { HomeNodes } from '../interconnect/homes.ts';
import { Resources, type SavedResources } from '../interconnect/resources.ts';
import type { Topology } from '../interconnect/topology.ts';
import type { SparseWords } from '../state/sparse.ts';
import type { Copies } from './copies.ts';
import { type Fabric, type MemoryProfile, ticks } from './fabric.ts';
import { MEMORY_PLACE, SHARED_PLACE } from './listener.ts';
import { EXCLUSIVE, OWNER_CORE_MASK, OWNER_UNIT_MASK, OWNER_UNIT_SHIFT, OWNERS } from './presence.ts';
import {
  type CompiledSharedTable,
  ENTRY_NAMES,
  NO_SHARED_ROW,
  SHARED_ACTION_ALLOCATE,
  SHARED_ACTION_RECALL,
  SHARED_ACTION_WRITE_BACK,
  SHARED_EVENT_NAMES,
  SHARED_EVENTS,
  SHARED_REPLACE,
} from './shared-tables.ts';
import { ACTION_WRITE_BACK, EVENT_RECALL, STATE_O } from './states.ts';

export interface SavedGroupCaches {
  /** By group: the entries of its shared cache. */
  readonly caches: readonly SparseWords[];
  readonly ports: SavedResources;
}

export class GroupCaches {
  readonly table: CompiledSharedTable;
  readonly copies: Copies;
  readonly fabric: Fabric;
  readonly homes: HomeNodes;
  readonly caches: readonly SharedCache[];
  readonly ports: Resources;
  readonly latencyTicks: number;
  readonly transferTicks: number;
  readonly #occupancyTicks: number;
  readonly #coresPerGroup: number;
  readonly #groupOf: Int16Array;
  readonly #topology: Topology;

  constructor(
    profile: MemoryProfile,
    shared: NonNullable<MemoryProfile['shared']>,
    table: CompiledSharedTable,
    copies: Copies,
    fabric: Fabric,
    homes: HomeNodes,
  ) {
    this.table = table;
    this.copies = copies;
    this.fabric = fabric;
    this.homes = homes;
    this.#topology = fabric.links.topology;
    this.#coresPerGroup = this.#topology.coresPerGroup;
    this.#groupOf = Int16Array.from({ length: this.#topology.cores }, (_, core) => this.#topology.groupOf(core));
    this.caches = Array.from({ length: this.#topology.groups }, () => new SharedCache(shared, profile.lineBytes));
    this.ports = new Resources(this.#topology.groups, fabric.origin);
    this.latencyTicks = ticks(shared.latencyCycles);
    this.transferTicks = ticks(shared.transferCycles);
    this.#occupancyTicks = ticks(shared.occupancyCycles);
  }

  groupOf(core: number): number {
    return this.#groupOf[core]!;
  }

  /** Takes the group's port; returns when the lookup begins. */
  enter(group: number, at: number): number {
    return this.ports.reserve(group, at, this.#occupancyTicks);
  }

  /** ENTRY_* of a line, and it counts as used. */
  look(group: number, line: number): number {
    return this.copies.presence.hasShared(line, group) ? this.caches[group]!.touch(line) : ENTRY_NOT_PRESENT;
  }

  /** SHARED_ACTION_* of an event in a state. */
  actions(entry: number, event: number): number {
    return this.table.actions[this.#row(entry, event)]!;
  }

  /** Executes an event on a line's entry, for core `by` at `time`. Returns the actions. */
  execute(group: number, line: number, entry: number, event: number, by: number, time: number): number {
    const row = this.#row(entry, event);
    const next = this.table.next[row]!;
    const actions = this.table.actions[row]!;
    if (next === entry) return actions;
    const { presence } = this.copies;
    const word = line * presence.stride + presence.sharedAt + (group >>> 5);
    if ((actions & SHARED_ACTION_ALLOCATE) !== 0) {
      const cache = this.caches[group]!;
      cache.insert(line, next);
      presence.words[word]! |= 1 << (group & 31);
      if (cache.victim >= 0) this.#replace(group, cache.victim, cache.victimState, by, time);
    } else {
      this.caches[group]!.setState(line, next);
      if (next === ENTRY_NOT_PRESENT) presence.words[word]! &= ~(1 << (group & 31));
    }
    return actions;
  }

  /** A line has been put out by another one. */
  #replace(group: number, line: number, entry: number, by: number, time: number): void {
    const { copies } = this;
    const { presence } = copies;
    const { words } = presence;
    const base = line * presence.stride;
    const actions = this.actions(entry, SHARED_REPLACE);
    words[base + presence.sharedAt + (group >>> 5)]! &= ~(1 << (group & 31));
    let from = (actions & SHARED_ACTION_WRITE_BACK) !== 0 ? SHARED_PLACE + group : MEMORY_PLACE;
    if ((actions & SHARED_ACTION_RECALL) !== 0) {
      const owner = this.#recall(group, line, base, by, time);
      if (owner >= 0) from = owner;
    }
    const node = this.#topology.nodeOfGroup(group);
    const empty = this.firstCopy(line, group) < 0;
    if (from !== MEMORY_PLACE) {
      copies.listener?.moved?.(line, from, MEMORY_PLACE);
      this.fabric.writeBack(node, this.homes.of(line), time);
    } else if (empty) {
      this.fabric.put(node, this.homes.of(line), time);
    }
    const owners = words[base + OWNERS]!;
    if ((owners & OWNER_UNIT_MASK) !== (group + 1) << OWNER_UNIT_SHIFT) return;
    if (empty) {
      words[base + OWNERS] = 0;
    } else if (entry === ENTRY_DIRTY && (owners & (EXCLUSIVE | OWNER_CORE_MASK)) === 0) {
      // The duty for modified data was the entry's, and memory is up to date now: other copies are as good as any.
      words[base + OWNERS]! &= ~OWNER_UNIT_MASK;
    }
  }

  /** Invalidates the group's private copies. Returns the core whose data must reach memory, or -1. */
  #recall(group: number, line: number, base: number, by: number, time: number): number {
    const { copies } = this;
    let owner = -1;
    for (let core = this.firstCopy(line, group); core >= 0; core = this.firstCopy(line, group, core + 1)) {
      const state = copies.stateOf(core, line, base);
      if ((copies.probe(core, line, base, state, EVENT_RECALL, by, time) & ACTION_WRITE_BACK) !== 0) owner = core;
    }
    return owner;
  }

  /** Lowest core of the group, from `first` on, whose private cache has the line; -1 for none. */
  firstCopy(line: number, group: number, first = group * this.#coresPerGroup): number {
    const { words, stride, coresAt } = this.copies.presence;
    const bitmap = line * stride + coresAt;
    const end = (group + 1) * this.#coresPerGroup;
    for (let core = first; core < end; core = (core | 31) + 1) {
      const bits = words[bitmap + (core >>> 5)]! >>> (core & 31);
      if (bits === 0) continue;
      const found = core + 31 - Math.clz32(bits & -bits);
      return found < end ? found : -1;
    }
    return -1;
  }

  /** Whether the group's only valid data may be newer than memory. */
  isDirty(group: number, line: number, base: number): boolean {
    const { presence, caches } = this.copies;
    const owner = (presence.words[base + OWNERS]! & OWNER_CORE_MASK) - 1;
    if (owner >= 0 && this.groupOf(owner) === group && caches.state(owner, line) >= STATE_O) return true;
    return presence.hasShared(line, group) && this.caches[group]!.state(line) === ENTRY_DIRTY;
  }

  save(): SavedGroupCaches {
    return { caches: this.caches.map((cache) => cache.save()), ports: this.ports.save() };
  }

  restore({ caches, ports }: SavedGroupCaches): void {
    this.caches.forEach((cache, group) => {
      cache.restore(caches[group]!);
    });
    this.ports.restore(ports);
  }

  #row(entry: number, event: number): number {
    const row = entry * SHARED_EVENTS + event;
    if (this.table.next[row] === NO_SHARED_ROW) this.#noRow(entry, event);
    return row;
  }

  #noRow(entry: number, event: number): never {
    throw new Error(
      `the table of ${this.table.name} shared caches has no row for ${SHARED_EVENT_NAMES[event]} in state ${ENTRY_NAMES[entry]}`,
    );
  }
}
