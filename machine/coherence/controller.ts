// The coherence controller: serves the misses, upgrades and evictions of all private caches.
//
// A transaction is atomic: when `fetch` returns, every other cache is in the state that the protocol's table says, and the presence map
// is exact. Who supplies, who is invalidated and what is granted come from the tables alone; the fabric adds the time. A group with a
// shared cache serves its cores alone when it can: reads of what any of its caches has, writes of what the group owns exclusively.
//
// The requester's own state is the caller's to set: `fetch` says in `granted` what it may install. `fetch` may take other lines from the
// requester's private caches (an inclusive shared cache makes room), so the caller chooses the place for the line afterwards.
import { HomeNodes } from '../interconnect/homes.ts';
import type { Topology } from '../interconnect/topology.ts';
import type { SparseWords } from '../state/sparse.ts';
import type { TransactionAudit } from './audit.ts';
import { Copies } from './copies.ts';
import * as count from './counters.ts';
import type { Fabric, MemoryProfile, SavedFabric } from './fabric.ts';
import { FabricRequests } from './fabric-requests.ts';
import { createFabric } from './fabrics.ts';
import { GroupRequests } from './group-requests.ts';
import { GroupCaches, type SavedGroupCaches } from './groups.ts';
import { type CoherenceListener, MEMORY_PLACE, type PrivateCaches, type TransactionRecord } from './listener.ts';
import { Monitors } from './monitors.ts';
import { Outcome } from './outcome.ts';
import { OWNER_CORE_MASK, OWNER_UNIT_MASK, OWNER_UNIT_SHIFT, OWNERS, PresenceMap } from './presence.ts';
import { compileProtocol, PROTOCOLS, type ProtocolTable } from './protocols.ts';
import { compileSharedTable, SHARED_TABLES, type SharedTable } from './shared-tables.ts';
import * as states from './states.ts';

/** In place of the profile's tables: for checks of the checks. */
export interface Tables {
  readonly protocol?: ProtocolTable;
  readonly shared?: SharedTable;
}

/** All that coherence knows, but for what the private caches hold. `groups`: where there are shared caches. */
export interface SavedCoherence {
  readonly presence: SparseWords;
  readonly fabric: SavedFabric;
  readonly counters: count.SavedCoherenceCounters;
  readonly monitors: ReturnType<Monitors['save']>;
  readonly groups?: SavedGroupCaches;
}

export class CoherenceController {
  readonly topology: Topology;
  readonly homes: HomeNodes;
  readonly presence: PresenceMap;
  readonly fabric: Fabric;
  readonly counters: count.CoherenceCounters;
  readonly copies: Copies;
  readonly monitors = new Monitors();
  /** The shared caches, where there are any. */
  readonly groups: GroupCaches | undefined;
  /** Checks before and after every transaction while it is there. */
  audit: TransactionAudit | undefined = undefined;
  readonly #outcome = new Outcome();
  readonly #inGroup: GroupRequests | undefined;
  readonly #outside: FabricRequests;
  readonly #lineBytes: number;
  readonly #record: TransactionRecord;

  /** RAM is `ramBytes` long, from physical address 0, in equal shares for the nodes. */
  constructor(profile: MemoryProfile, ramBytes: number, caches: PrivateCaches, tables: Tables = {}) {
    this.fabric = createFabric(profile);
    this.topology = this.fabric.links.topology;
    const { cores, groups, nodes } = this.topology;
    this.#lineBytes = profile.lineBytes;
    const lines = Math.ceil(ramBytes / profile.lineBytes);
    this.homes = new HomeNodes(lines, nodes);
    this.presence = new PresenceMap(lines, cores, profile.shared ? groups : 0);
    this.counters = new count.CoherenceCounters(cores);
    const protocol = compileProtocol(tables.protocol ?? PROTOCOLS[profile.coherence.protocol]);
    this.copies = new Copies(protocol, this.presence, caches, this.counters, this.fabric.origin);
    if (profile.shared) {
      const table = compileSharedTable(tables.shared ?? SHARED_TABLES[profile.shared.inclusion]);
      this.groups = new GroupCaches(profile, profile.shared, table, this.copies, this.fabric, this.homes);
      this.#inGroup = new GroupRequests(this.groups, this.copies, this.monitors, this.#outcome);
    }
    this.#outside = new FabricRequests(
      this.fabric,
      this.copies,
      this.#inGroup,
      this.homes,
      this.monitors,
      this.#outcome,
    );
    this.#record = { core: 0, line: 0, request: 0, start: 0, end: 0, source: 0, supplier: -1, invalidations: 0 };
  }

  get listener(): CoherenceListener | undefined {
    return this.copies.listener;
  }

  set listener(listener: CoherenceListener | undefined) {
    this.copies.listener = listener;
  }

  /** State granted by the last `fetch`: STATE_*. */
  get granted(): number {
    return this.#outcome.granted;
  }

  /**
   * While a line is monitored no private cache gets it in E, so every store to it by a core that has not already the right is seen
   * (`listener.taken`). Who begins to monitor reads the line afterwards, which takes the right from others.
   */
  monitor(line: number): void {
    this.monitors.add(line);
  }

  unmonitor(line: number): void {
    this.monitors.remove(line);
  }

  /**
   * A core's private hierarchy needs a line: REQUEST_*, at `now`, in ticks. Returns when the core may go on; `granted` is the state it
   * gets. An Upgrade of a copy that the core has lost is served as GetM.
   */
  fetch(core: number, line: number, request: number, now: number): number {
    const { presence, audit } = this;
    const { words } = presence;
    const base = line * presence.stride;
    const has = ((words[base + presence.coresAt + (core >>> 5)]! >>> (core & 31)) & 1) === 1;
    let wanted = request;
    if (request === states.REQUEST_UPGRADE && !has) wanted = states.REQUEST_GET_M;
    else if (request === states.REQUEST_GET_M && has) wanted = states.REQUEST_UPGRADE;
    else if (request === states.REQUEST_GET_S && has) differs(core, line, has);
    if (audit !== undefined) audit.before(core, line, wanted, now);
    const row = (has ? this.#stateOf(core, base) : states.STATE_I) * states.EVENTS;
    this.counters.rows[row + (wanted === states.REQUEST_GET_S ? states.EVENT_LOAD : states.EVENT_STORE)]!++;
    this.copies.changed = 0;
    this.#outcome.source = states.SOURCE_NONE;
    this.#outcome.supplier = -1;
    this.fabric.origin.time = now;
    const end = now + this.#serve(core, line, base, wanted, has);
    words[base + presence.coresAt + (core >>> 5)]! |= 1 << (core & 31);
    this.#account(core, line, wanted, now, end);
    if (audit !== undefined) audit.after(core, line, wanted, this.granted, now, end);
    return end;
  }

  /** The core's private hierarchy has given up a line, which it had in `state` (STATE_*). Nobody waits for what that causes. */
  evict(core: number, line: number, state: number, now: number): void {
    const { presence, copies } = this;
    const { words } = presence;
    const base = line * presence.stride;
    const at = base + presence.coresAt + (core >>> 5);
    if (((words[at]! >>> (core & 31)) & 1) === 0) differs(core, line, false);
    this.fabric.origin.time = now;
    const row = copies.row(state, states.EVENT_REPLACE);
    const writesBack = (copies.protocol.actions[row]! & states.ACTION_WRITE_BACK) !== 0;
    this.counters.rows[row]!++;
    if (writesBack) this.counters.cores[core * count.COUNTERS + count.COUNT_WRITE_BACKS]!++;
    words[at]! &= ~(1 << (core & 31));
    if ((words[base + OWNERS]! & OWNER_CORE_MASK) === core + 1) words[base + OWNERS]! &= ~OWNER_CORE_MASK;
    if (this.#inGroup !== undefined) {
      this.#inGroup.put(core, line, this.#outside.unitOf(core), writesBack);
    } else {
      if ((words[base + OWNERS]! & OWNER_UNIT_MASK) === (core + 1) << OWNER_UNIT_SHIFT) words[base + OWNERS] = 0;
      if (writesBack) {
        copies.listener?.moved?.(line, core, MEMORY_PLACE);
        this.fabric.writeBack(this.#outside.nodeOf(core), this.homes.of(line), 0);
      } else {
        this.fabric.put(this.#outside.nodeOf(core), this.homes.of(line), 0);
      }
    }
    if (this.audit !== undefined) this.audit.evicted(core, line, state, now);
    copies.listener?.evicted?.(core, line, state, now);
  }

  /** An access of `bytes` at physical address `pa` that no cache may hold; returns when it is done. Addresses above RAM belong to the last node. */
  uncached(core: number, pa: number, bytes: number, write: boolean, now: number): number {
    this.counters.cores[core * count.COUNTERS + count.COUNT_UNCACHED]!++;
    this.fabric.origin.time = now;
    const line = Math.floor(pa / this.#lineBytes);
    const home = this.homes.of(line);
    const end = now + this.fabric.uncached(this.#outside.nodeOf(core), home, bytes, write, 0);
    const request = write ? states.REQUEST_UNCACHED_WRITE : states.REQUEST_UNCACHED_READ;
    this.#tell(core, line, request, now, end, states.SOURCE_MEMORY, home, 0);
    return end;
  }

  /** Between transactions. */
  save(): SavedCoherence {
    return {
      presence: this.presence.save(),
      fabric: this.fabric.save(),
      counters: this.counters.save(),
      monitors: this.monitors.save(),
      ...(this.groups ? { groups: this.groups.save() } : {}),
    };
  }

  /** Becomes what a controller of the same profile and RAM has saved. Listener and audit stay. */
  restore({ presence, fabric, counters, monitors, groups }: SavedCoherence): void {
    this.presence.restore(presence);
    this.fabric.restore(fabric);
    this.counters.restore(counters);
    this.monitors.restore(monitors);
    if (groups) this.groups?.restore(groups);
  }

  #serve(core: number, line: number, base: number, request: number, has: boolean): number {
    const inGroup = this.#inGroup;
    if (inGroup !== undefined) {
      const group = this.#outside.unitOf(core);
      if (inGroup.serves(line, base, group, request)) {
        return request === states.REQUEST_GET_S
          ? inGroup.read(core, line, base, group)
          : inGroup.own(core, line, base, group, request, has);
      }
    }
    return request === states.REQUEST_GET_S
      ? this.#outside.read(core, line, base)
      : this.#outside.own(core, line, base, request, has);
  }

  /** State of a copy that asks for more: the owner's is O, all others are S. */
  #stateOf(core: number, base: number): number {
    return (this.presence.words[base + OWNERS]! & OWNER_CORE_MASK) === core + 1 ? states.STATE_O : states.STATE_S;
  }

  /** Counts a transaction and tells the listener of it. */
  #account(core: number, line: number, request: number, start: number, end: number): void {
    const { source, supplier } = this.#outcome;
    const counts = this.counters.cores;
    const own = core * count.COUNTERS;
    if (request === states.REQUEST_UPGRADE) counts[own + count.COUNT_UPGRADES]!++;
    if (source !== states.SOURCE_NONE) {
      const here = source === states.SOURCE_SHARED && supplier === this.#outside.unitOf(core);
      if (this.groups !== undefined) counts[own + (here ? count.COUNT_SHARED_HITS : count.COUNT_SHARED_MISSES)]!++;
      if (source === states.SOURCE_MEMORY) counts[own + count.COUNT_MEMORY]!++;
      else if (!here) counts[own + count.COUNT_COHERENCE_MISSES]!++;
    }
    const { listener } = this.copies;
    if (listener === undefined) return;
    if (listener.taken !== undefined && request !== states.REQUEST_GET_S && this.monitors.has(line))
      listener.taken(line, core, end);
    if (listener.transaction !== undefined) {
      this.#tell(core, line, request, start, end, source, supplier, this.copies.changed);
    }
  }

  #tell(
    core: number,
    line: number,
    request: number,
    start: number,
    end: number,
    source: number,
    supplier: number,
    invalidations: number,
  ): void {
    const record = this.#record;
    record.core = core;
    record.line = line;
    record.request = request;
    record.start = start;
    record.end = end;
    record.source = source;
    record.supplier = supplier;
    record.invalidations = invalidations;
    this.copies.listener?.transaction?.(record);
  }
}

/** A core asks to read a line of which it has a copy, or gives one up of which it has none. */
function differs(core: number, line: number, has: boolean): never {
  const what = has
    ? `asks to read line ${line}, of which it has a copy`
    : `gives up line ${line}, of which it has no copy`;
  throw new Error(`core ${core} ${what}: its caches and the presence map differ`);
}
