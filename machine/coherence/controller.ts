// The coherence controller: what serves the misses, upgrades and evictions of all private caches. Transactions are native
// (machine/native/coherence/transactions.ts); this makes their memory, the tables and the constants that their code is specialised with, tells listeners
// and the audit of them, and reads, saves and restores what they keep.
import { Topology } from '../interconnect/topology.ts';
import * as layout from '../state/coherence-layout.ts';
import { CoherenceMemory } from '../state/coherence-memory.ts';
import type { SparseWords } from '../state/sparse.ts';
import type { TransactionAudit } from './audit.ts';
import { placeCoherence } from './coherence-places.ts';
import { CoherenceCounters, type SavedCoherenceCounters } from './counters.ts';
import { Fabric, type MemoryProfile, type SavedFabric } from './fabric.ts';
import { GroupCaches, type SavedGroupCaches } from './groups.ts';
import type { CoherenceListener, PrivateCaches, TransactionRecord } from './listener.ts';
import { Monitors } from './monitors.ts';
import { type CoherenceHooks, instantiateCoherence, type NativeCoherence } from './native-coherence.ts';
import { PresenceMap } from './presence.ts';
import { type CompiledProtocol, compileProtocol, PROTOCOLS, type ProtocolTable } from './protocols.ts';
import { type CompiledSharedTable, compileSharedTable, SHARED_TABLES, type SharedTable } from './shared-tables.ts';

/** In place of the profile's tables: for checks of the checks. */
export interface Tables {
  readonly protocol?: ProtocolTable;
  readonly shared?: SharedTable;
}

/** All that coherence knows, but for what the private caches hold. `groups`: where there are shared caches. */
export interface SavedCoherence {
  readonly presence: SparseWords;
  readonly fabric: SavedFabric;
  readonly counters: SavedCoherenceCounters;
  readonly monitors: ReturnType<Monitors['save']>;
  readonly groups?: SavedGroupCaches;
}

/** Native functions over the private caches of a machine, as PrivateCaches has them. */
export interface NativePrivateCaches {
  readonly lineState: unknown;
  readonly setLineState: unknown;
}

export class CoherenceController {
  readonly topology: Topology;
  readonly protocol: CompiledProtocol;
  readonly presence: PresenceMap;
  readonly fabric: Fabric;
  readonly counters: CoherenceCounters;
  readonly monitors: Monitors;
  /** The shared caches, where there are any. */
  readonly groups: GroupCaches | undefined;
  /** What native code calls for transactions. */
  readonly native: NativeCoherence;
  #listener: CoherenceListener | undefined = undefined;
  #audit: TransactionAudit | undefined = undefined;
  readonly #calls: WebAssembly.Table;
  readonly #registers: Int32Array;
  readonly #record: TransactionRecord;

  /** RAM is `ramBytes` long, from physical address 0, in equal shares for the nodes. Throws a RangeError when the host has no memory for it. */
  constructor(profile: MemoryProfile, ramBytes: number, caches: PrivateCaches, tables: Tables = {}) {
    this.topology = new Topology(profile.topology);
    const { cores, groups, nodes } = this.topology;
    const lines = Math.ceil(ramBytes / profile.lineBytes);
    const { constants, bytes } = placeCoherence(profile, this.topology, lines);
    const memory = new CoherenceMemory(bytes);
    this.#registers = memory.i32(0, layout.PROTOCOL_NEXT / 4);
    this.#registers[layout.COHERENCE_LEAVING_CORE / 4] = -1;
    memory.f64(layout.COHERENCE_LINES_PER_NODE, 1)[0] = lines / nodes;
    this.protocol = compileProtocol(tables.protocol ?? PROTOCOLS[profile.coherence.protocol]);
    storeProtocol(memory, this.protocol);
    const made = instantiateCoherence(constants, memory, this.#hooks(), {
      state: (core, line) => caches.state(core, line),
      setState: (core, line, state) => caches.setState(core, line, state),
    });
    this.native = made.native;
    this.#calls = made.calls;
    this.disconnect();
    this.fabric = new Fabric(profile, this.topology, memory, constants, this.native);
    this.presence = new PresenceMap(memory, lines, constants.presence, constants.recordBytes, constants.sharedAt);
    this.counters = new CoherenceCounters(memory, cores, constants.coreCounters, constants.rowCounters);
    this.monitors = new Monitors(memory);
    if (profile.shared) {
      const table = compileSharedTable(tables.shared ?? SHARED_TABLES[profile.shared.inclusion]);
      storeShared(memory, table);
      this.groups = new GroupCaches(profile.shared, profile.lineBytes, groups, table, memory, constants, this.native);
    }
    this.#record = { core: 0, line: 0, request: 0, start: 0, end: 0, source: 0, supplier: -1, invalidations: 0 };
  }

  /** Told of what happens. What it listens to is looked up when it is set. */
  get listener(): CoherenceListener | undefined {
    return this.#listener;
  }

  set listener(listener: CoherenceListener | undefined) {
    this.#listener = listener;
    this.#setHooks();
  }

  /** Checks before and after every transaction while it is there. */
  get audit(): TransactionAudit | undefined {
    return this.#audit;
  }

  set audit(audit: TransactionAudit | undefined) {
    this.#audit = audit;
    this.#setHooks();
  }

  /** State granted by the last `fetch`: STATE_*. */
  get granted(): number {
    return this.#registers[layout.COHERENCE_GRANTED / 4]!;
  }

  /** Reaches private caches by native functions from now on, in place of PrivateCaches. */
  connect({ lineState, setLineState }: NativePrivateCaches): void {
    this.#calls.set(layout.CALL_STATE, lineState);
    this.#calls.set(layout.CALL_SET_STATE, setLineState);
  }

  /** Reaches them by PrivateCaches again. */
  disconnect(): void {
    this.#calls.set(layout.CALL_STATE, this.native.hostState);
    this.#calls.set(layout.CALL_SET_STATE, this.native.hostSetState);
  }

  /** State of a core's private hierarchy for a line; one that it gives up in a transaction which is not over counts as there. */
  stateOf(core: number, line: number): number {
    return this.native.privateState(core, line);
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
    return this.native.transactAt(core, line, request, now);
  }

  /** The core's private hierarchy has given up a line, which it had in `state` (STATE_*). Nobody waits for what that causes. */
  evict(core: number, line: number, state: number, now: number): void {
    this.native.evictAt(core, line, state, now);
  }

  /** An access of `bytes` at physical address `pa` that no cache may hold; returns when it is done. Addresses above RAM belong to the last node. */
  uncached(core: number, pa: number, bytes: number, write: boolean, now: number): number {
    return this.native.uncachedAt(core, pa, bytes, write, now);
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

  #setHooks(): void {
    const { lost, taken, transaction, evicted, moved } = this.#listener ?? {};
    this.#registers[layout.COHERENCE_HOOKS / 4] =
      (lost ? layout.HOOK_LOST : 0) |
      (taken ? layout.HOOK_TAKEN : 0) |
      (transaction ? layout.HOOK_TRANSACTION : 0) |
      (evicted ? layout.HOOK_EVICTED : 0) |
      (moved ? layout.HOOK_MOVED : 0) |
      (this.#audit ? layout.HOOK_AUDIT : 0);
  }

  #hooks(): CoherenceHooks {
    return {
      lost: (...told) => this.#listener?.lost?.(...told),
      taken: (...told) => this.#listener?.taken?.(...told),
      evicted: (...told) => this.#listener?.evicted?.(...told),
      moved: (...told) => this.#listener?.moved?.(...told),
      transaction: (...told) => this.#tell(...told),
      before: (...told) => this.#audit?.before(...told),
      after: (core, line, request, now, end) => this.#audit?.after(core, line, request, this.granted, now, end),
      gone: (...told) => this.#audit?.evicted(...told),
    };
  }

  #tell(core: number, line: number, request: number, start: number, end: number): void {
    const record = this.#record;
    record.core = core;
    record.line = line;
    record.request = request;
    record.start = start;
    record.end = end;
    record.source = this.#registers[layout.COHERENCE_SOURCE / 4]!;
    record.supplier = this.#registers[layout.COHERENCE_SUPPLIER / 4]!;
    record.invalidations = this.#registers[layout.COHERENCE_CHANGED / 4]!;
    this.#listener?.transaction?.(record);
  }
}

function storeProtocol(memory: CoherenceMemory, { next, alone, actions }: CompiledProtocol): void {
  memory.u8(layout.PROTOCOL_NEXT, next.length).set(next);
  memory.u8(layout.PROTOCOL_ALONE, alone.length).set(alone);
  memory.u8(layout.PROTOCOL_ACTIONS, actions.length).set(actions);
}

function storeShared(memory: CoherenceMemory, { next, actions }: CompiledSharedTable): void {
  memory.u8(layout.SHARED_NEXT, next.length).set(next);
  memory.u8(layout.SHARED_ACTIONS, actions.length).set(actions);
}
