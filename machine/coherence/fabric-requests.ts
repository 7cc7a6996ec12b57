// Requests that leave their unit (a group with its shared cache, or a core): the fabric finds who has the line, and says how long.
import { ENTRY_NOT_PRESENT } from '../cache/shared-cache.ts';
import type { HomeNodes } from '../interconnect/homes.ts';
import type { Copies } from './copies.ts';
import { type Fabric, FROM_MEMORY, Transaction } from './fabric.ts';
import type { GroupRequests } from './group-requests.ts';
import { MEMORY_PLACE, SHARED_PLACE } from './listener.ts';
import type { Monitors } from './monitors.ts';
import type { Outcome } from './outcome.ts';
import { EXCLUSIVE, OWNER_CORE_MASK, OWNER_UNIT_MASK, OWNER_UNIT_SHIFT, OWNERS, type PresenceMap } from './presence.ts';
import * as shared from './shared-tables.ts';
import * as states from './states.ts';

export class FabricRequests {
  readonly fabric: Fabric;
  readonly copies: Copies;
  readonly inGroup: GroupRequests | undefined;
  readonly homes: HomeNodes;
  readonly monitors: Monitors;
  readonly outcome: Outcome;
  readonly #presence: PresenceMap;
  readonly #words: Int32Array;
  readonly #transaction: Transaction;
  readonly #nodeOfUnit: Int16Array;
  readonly #unitOf: Int16Array;
  /** Number of the collection of targets that a unit was last part of. */
  readonly #collected: Int32Array;
  #collection = 0;

  /** `inGroup` where groups have shared caches. */
  constructor(
    fabric: Fabric,
    copies: Copies,
    inGroup: GroupRequests | undefined,
    homes: HomeNodes,
    monitors: Monitors,
    outcome: Outcome,
  ) {
    this.fabric = fabric;
    this.copies = copies;
    this.inGroup = inGroup;
    this.homes = homes;
    this.monitors = monitors;
    this.outcome = outcome;
    const { topology } = fabric.links;
    this.#presence = copies.presence;
    this.#words = copies.presence.words;
    const units = inGroup ? topology.groups : topology.cores;
    this.#nodeOfUnit = Int16Array.from({ length: units }, (_, unit) =>
      inGroup ? topology.nodeOfGroup(unit) : topology.nodeOf(unit),
    );
    this.#unitOf = Int16Array.from({ length: topology.cores }, (_, core) => (inGroup ? topology.groupOf(core) : core));
    this.#transaction = new Transaction(units);
    this.#collected = new Int32Array(units);
  }

  unitOf(core: number): number {
    return this.#unitOf[core]!;
  }

  nodeOf(core: number): number {
    return this.#nodeOfUnit[this.#unitOf[core]!]!;
  }

  /** GetS of a line of which the unit has no copy. Returns when it is done. */
  read(core: number, line: number, base: number): number {
    const { copies, outcome } = this;
    const words = this.#words;
    const unit = this.#unitOf[core]!;
    const transaction = this.#begin(line, unit);
    transaction.needsData = true;
    const owners = words[base + OWNERS]!;
    const owner = ((owners & OWNER_UNIT_MASK) >>> OWNER_UNIT_SHIFT) - 1;
    let next: number = states.STATE_I;
    let supplies = false;
    if (owner >= 0) {
      const state = this.#unitState(owner, line, base);
      const actions = copies.actions(state, states.EVENT_GET_S);
      next = copies.next(state, states.EVENT_GET_S);
      supplies = (actions & states.ACTION_DATA) !== 0;
      if (supplies) transaction.supplier = this.#nodeOfUnit[owner]!;
      transaction.writesBack = (actions & states.ACTION_WRITE_BACK) !== 0;
    }
    const others = owner >= 0 || this.#anyCopy(base);
    const end = this.fabric.fetch(transaction);
    if (owner >= 0) this.#readFromUnit(owner, core, line, base, next, supplies, transaction.writesBack, end);
    if (!supplies) this.#fromMemory(line, core, transaction.home);
    if (others) {
      outcome.granted = copies.next(states.STATE_I, states.EVENT_LOAD);
    } else {
      const alone = copies.alone(states.STATE_I, states.EVENT_LOAD);
      const weak = alone !== states.STATE_S && this.monitors.has(line);
      outcome.granted = weak ? copies.next(states.STATE_I, states.EVENT_LOAD) : alone;
      // A group may have the right although its core must not.
      const unitHas = alone !== states.STATE_S && (!weak || this.inGroup !== undefined);
      words[base + OWNERS] =
        (unitHas ? ((unit + 1) << OWNER_UNIT_SHIFT) | EXCLUSIVE : 0) | (weak || !unitHas ? 0 : core + 1);
    }
    this.#fill(core, line, unit, end);
    if (this.fabric.blocksReads || owner >= 0 || !others) this.#presence.finish(line, this.fabric.origin.time + end);
    return end;
  }

  /** GetM, Upgrade or Claim. Returns when it is done. */
  own(core: number, line: number, base: number, request: number, has: boolean): number {
    const { copies, outcome, inGroup } = this;
    const words = this.#words;
    const unit = this.#unitOf[core]!;
    const transaction = this.#begin(line, unit);
    const inside = has || inGroup?.hasCopy(line, unit) === true;
    const needsData = request === states.REQUEST_GET_M && !inside;
    transaction.needsData = needsData;
    const owner = ((words[base + OWNERS]! & OWNER_UNIT_MASK) >>> OWNER_UNIT_SHIFT) - 1;
    let supplier = -1;
    if (needsData && owner >= 0) {
      const actions = copies.actions(this.#unitState(owner, line, base), states.EVENT_GET_M);
      if ((actions & states.ACTION_DATA) !== 0) {
        supplier = owner;
        transaction.supplier = this.#nodeOfUnit[owner]!;
      }
      transaction.writesBack = (actions & states.ACTION_WRITE_BACK) !== 0;
    }
    if (this.fabric.asksTargets) this.#collectTargets(base, unit, supplier);
    let end = this.fabric.fetch(transaction);
    if (supplier >= 0) this.#supply(supplier, core, line, base);
    else if (needsData) this.#fromMemory(line, core, transaction.home);
    if (inside && inGroup !== undefined) {
      const neighbour = inGroup.groups.firstCopy(line, unit);
      const apart = neighbour >= 0 && (neighbour !== core || inGroup.groups.firstCopy(line, unit, core + 1) >= 0);
      // The group's own part goes on while the fabric asks the others; transaction.at is after the shared cache's lookup.
      const local = transaction.at + (apart ? inGroup.groups.transferTicks - inGroup.groups.latencyTicks : 0);
      if (local > end) end = local;
      inGroup.takeFromGroup(core, line, base, unit, request === states.REQUEST_GET_M, end);
    }
    const event = request === states.REQUEST_GET_M ? states.EVENT_GET_M : states.EVENT_INV;
    copies.probeOthers(line, base, event, core, end);
    if (inGroup !== undefined) this.#invalidateShared(line, base, unit, core, end);
    outcome.granted = copies.next(has ? states.STATE_S : states.STATE_I, states.EVENT_STORE);
    words[base + OWNERS] = (core + 1) | ((unit + 1) << OWNER_UNIT_SHIFT) | EXCLUSIVE;
    this.#fill(core, line, unit, end);
    this.#presence.finish(line, this.fabric.origin.time + end);
    return end;
  }

  #begin(line: number, unit: number): Transaction {
    const transaction = this.#transaction;
    const groups = this.inGroup?.groups;
    transaction.node = this.#nodeOfUnit[unit]!;
    transaction.home = this.homes.of(line);
    transaction.at = groups === undefined ? 0 : groups.enter(unit, 0) + groups.latencyTicks;
    transaction.lineBusy = this.#presence.busyAfter(line, this.fabric.origin.time);
    transaction.needsData = false;
    transaction.supplier = FROM_MEMORY;
    transaction.writesBack = false;
    transaction.targetCount = 0;
    return transaction;
  }

  /** The unit's state towards other units: that of its core, or what its caches come to together. */
  #unitState(unit: number, line: number, base: number): number {
    if (this.inGroup === undefined) return this.copies.caches.state(unit, line);
    if ((this.#words[base + OWNERS]! & EXCLUSIVE) === 0) return states.STATE_O;
    return this.inGroup.groups.isDirty(unit, line, base) ? states.STATE_M : states.STATE_E;
  }

  #anyCopy(base: number): boolean {
    const { coresAt, coreWords, sharedWords } = this.#presence;
    let any = 0;
    const end = base + coresAt + coreWords + sharedWords;
    for (let word = base + coresAt; word < end; word++) any |= this.#words[word]!;
    return any !== 0;
  }

  /** Another unit reads from the owner unit: `next` is its state afterwards. */
  #readFromUnit(
    unit: number,
    core: number,
    line: number,
    base: number,
    next: number,
    supplies: boolean,
    writesBack: boolean,
    end: number,
  ): void {
    const { copies, inGroup } = this;
    const words = this.#words;
    const owner = (words[base + OWNERS]! & OWNER_CORE_MASK) - 1;
    if (supplies) this.#supply(unit, core, line, base);
    if (writesBack && owner >= 0) copies.listener?.moved?.(line, owner, MEMORY_PLACE);
    if (inGroup !== undefined && this.#presence.hasShared(line, unit)) {
      const { groups } = inGroup;
      const owned = next !== states.STATE_S;
      const entry = groups.look(unit, line);
      if (writesBack) {
        // What goes to memory passes the shared cache.
        if (owner >= 0) copies.listener?.moved?.(line, owner, SHARED_PLACE + unit);
        else copies.listener?.moved?.(line, SHARED_PLACE + unit, MEMORY_PLACE);
      }
      groups.execute(unit, line, entry, owned ? shared.SHARED_PROBE_OWNED : shared.SHARED_PROBE_CLEANED, core, end);
    }
    if (owner >= 0) copies.probe(owner, line, base, copies.caches.state(owner, line), states.EVENT_GET_S, core, end);
    if (next === states.STATE_O) words[base + OWNERS]! &= ~EXCLUSIVE;
    else if (next === states.STATE_S || next === states.STATE_I)
      words[base + OWNERS]! &= ~(EXCLUSIVE | OWNER_UNIT_MASK);
  }

  /** Notes that a unit supplies the data: its owner core, its shared cache, or any core that has a copy. */
  #supply(unit: number, core: number, line: number, base: number): void {
    const { outcome, inGroup } = this;
    const owner = (this.#words[base + OWNERS]! & OWNER_CORE_MASK) - 1;
    let from = owner;
    if (inGroup !== undefined && owner < 0) {
      from =
        inGroup.groups.look(unit, line) === ENTRY_NOT_PRESENT
          ? inGroup.groups.firstCopy(line, unit)
          : SHARED_PLACE + unit;
    }
    outcome.source = from >= SHARED_PLACE ? states.SOURCE_SHARED : states.SOURCE_CORE;
    outcome.supplier = from >= SHARED_PLACE ? unit : from;
    this.#moved(line, from, core);
  }

  #fromMemory(line: number, core: number, home: number): void {
    this.outcome.source = states.SOURCE_MEMORY;
    this.outcome.supplier = home;
    this.#moved(line, MEMORY_PLACE, core);
  }

  #moved(line: number, from: number, core: number): void {
    const { listener } = this.copies;
    if (listener === undefined || listener.moved === undefined) return;
    listener.moved(line, from, core);
  }

  /** The line has come for a core: an inclusive shared cache takes it in. */
  #fill(core: number, line: number, unit: number, end: number): void {
    const { inGroup, copies } = this;
    if (inGroup === undefined) return;
    const { groups } = inGroup;
    const entry = groups.look(unit, line);
    const actions = groups.execute(unit, line, entry, shared.SHARED_FILL, core, end);
    if ((actions & shared.SHARED_ACTION_ALLOCATE) !== 0) copies.listener?.moved?.(line, core, SHARED_PLACE + unit);
  }

  /** Nodes of the units that have a copy, except the requester's and the supplier's. */
  #collectTargets(base: number, unit: number, supplier: number): void {
    const { coresAt, coreWords, sharedAt, sharedWords } = this.#presence;
    const collection = ++this.#collection;
    const collected = this.#collected;
    collected[unit] = collection;
    if (supplier >= 0) collected[supplier] = collection;
    for (let word = 0; word < coreWords; word++) this.#collect(this.#words[base + coresAt + word]!, word * 32, true);
    for (let word = 0; word < sharedWords; word++)
      this.#collect(this.#words[base + sharedAt + word]!, word * 32, false);
  }

  #collect(bitmap: number, first: number, cores: boolean): void {
    const transaction = this.#transaction;
    let bits = bitmap;
    while (bits !== 0) {
      const number = first + 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      const unit = cores ? this.#unitOf[number]! : number;
      if (this.#collected[unit] === this.#collection) continue;
      this.#collected[unit] = this.#collection;
      transaction.targets[transaction.targetCount++] = this.#nodeOfUnit[unit]!;
    }
  }

  /** Other groups' shared caches lose the line. */
  #invalidateShared(line: number, base: number, unit: number, core: number, end: number): void {
    const { groups } = this.inGroup!;
    const { sharedAt, sharedWords } = this.#presence;
    for (let word = 0; word < sharedWords; word++) {
      let bits = this.#words[base + sharedAt + word]!;
      if (word === unit >>> 5) bits &= ~(1 << (unit & 31));
      while (bits !== 0) {
        const group = word * 32 + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        groups.execute(group, line, groups.look(group, line), shared.SHARED_PROBE_INV, core, end);
      }
    }
  }
}
