// Requests that a group serves alone, without the fabric: its shared cache has the data or knows a neighbour that has, and the group
// need not ask others for the right. And what its cores' evictions do to the shared cache. Times are ticks since the Origin, which the
// controller has set to the beginning.
import { ENTRY_NOT_PRESENT } from '../cache/shared-cache.ts';
import type { Origin } from '../interconnect/origin.ts';
import type { Copies } from './copies.ts';
import type { GroupCaches } from './groups.ts';
import { SHARED_PLACE } from './listener.ts';
import type { Monitors } from './monitors.ts';
import type { Outcome } from './outcome.ts';
import { EXCLUSIVE, OWNER_CORE_MASK, OWNER_UNIT_MASK, OWNER_UNIT_SHIFT, OWNERS, type PresenceMap } from './presence.ts';
import * as shared from './shared-tables.ts';
import * as states from './states.ts';

export class GroupRequests {
  readonly groups: GroupCaches;
  readonly copies: Copies;
  readonly monitors: Monitors;
  readonly outcome: Outcome;
  readonly #presence: PresenceMap;
  readonly #words: Int32Array;
  readonly #origin: Origin;

  constructor(groups: GroupCaches, copies: Copies, monitors: Monitors, outcome: Outcome) {
    this.groups = groups;
    this.copies = copies;
    this.monitors = monitors;
    this.outcome = outcome;
    this.#origin = groups.fabric.origin;
    this.#presence = copies.presence;
    this.#words = copies.presence.words;
  }

  /** Whether the group can serve a request of one of its cores alone. */
  serves(line: number, base: number, group: number, request: number): boolean {
    if (request === states.REQUEST_GET_S) return this.hasCopy(line, group);
    return this.#isExclusive(base, group);
  }

  /** Whether any cache of the group has the line. */
  hasCopy(line: number, group: number): boolean {
    return this.#presence.hasShared(line, group) || this.groups.firstCopy(line, group) >= 0;
  }

  /** GetS. Returns when it is done. */
  read(core: number, line: number, base: number, group: number): number {
    const { groups, copies, outcome } = this;
    const origin = this.#origin.time;
    const start = groups.enter(group, this.#presence.busyAfter(line, origin));
    const owner = (this.#words[base + OWNERS]! & OWNER_CORE_MASK) - 1;
    outcome.granted = copies.next(states.STATE_I, states.EVENT_LOAD);
    if (owner >= 0 && groups.groupOf(owner) === group) {
      const end = start + groups.transferTicks;
      this.#readFromOwner(core, line, base, group, owner, end);
      this.#presence.finish(line, origin + end);
      return end;
    }
    const entry = groups.look(group, line);
    const neighbour = groups.firstCopy(line, group);
    const alone = neighbour < 0 && this.#isExclusive(base, group) && !this.monitors.has(line);
    const event = alone ? shared.SHARED_GET_S_ALONE : shared.SHARED_GET_S;
    const end = start + (entry === ENTRY_NOT_PRESENT ? groups.transferTicks : groups.latencyTicks);
    const actions = groups.execute(group, line, entry, event, core, end);
    this.#supplied(line, core, group, actions, neighbour);
    if (alone) {
      const passesDirty = (actions & shared.SHARED_ACTION_PASS_DIRTY) !== 0;
      outcome.granted = passesDirty ? states.STATE_M : copies.alone(states.STATE_I, states.EVENT_LOAD);
      this.#words[base + OWNERS]! |= core + 1;
      this.#presence.finish(line, origin + end);
    }
    return end;
  }

  /** GetM, Upgrade or Claim, when the group has the exclusive right. Returns when it is done. */
  own(core: number, line: number, base: number, group: number, request: number, has: boolean): number {
    const { groups, copies, outcome } = this;
    const origin = this.#origin.time;
    const start = groups.enter(group, this.#presence.busyAfter(line, origin));
    const first = groups.firstCopy(line, group);
    const neighbours = first >= 0 && (first !== core || groups.firstCopy(line, group, core + 1) >= 0);
    const end = start + (neighbours ? groups.transferTicks : groups.latencyTicks);
    this.takeFromGroup(core, line, base, group, request === states.REQUEST_GET_M, end);
    outcome.granted = copies.next(has ? states.STATE_S : states.STATE_I, states.EVENT_STORE);
    copies.probeOthers(line, base, request === states.REQUEST_GET_M ? states.EVENT_GET_M : states.EVENT_INV, core, end);
    this.#words[base + OWNERS] = (core + 1) | ((group + 1) << OWNER_UNIT_SHIFT) | EXCLUSIVE;
    this.#presence.finish(line, origin + end);
    return end;
  }

  /** A core of the group is to have the line in M: the shared cache's part of it, and the data, where the core needs it from here. */
  takeFromGroup(core: number, line: number, base: number, group: number, needsData: boolean, end: number): void {
    const { groups } = this;
    const entry = groups.look(group, line);
    const owner = (this.#words[base + OWNERS]! & OWNER_CORE_MASK) - 1;
    const inGroup = owner >= 0 && owner !== core && groups.groupOf(owner) === group;
    const actions = groups.actions(entry, shared.SHARED_GET_M);
    if (needsData) {
      const forwards = inGroup || (actions & shared.SHARED_ACTION_DATA) === 0;
      this.#supplied(
        line,
        core,
        group,
        forwards ? shared.SHARED_ACTION_FORWARD : actions,
        inGroup ? owner : groups.firstCopy(line, group),
      );
    }
    groups.execute(group, line, entry, shared.SHARED_GET_M, core, end);
  }

  /** A private cache of the group gives up a line. */
  put(core: number, line: number, group: number, writesBack: boolean): void {
    const { groups } = this;
    const entry = groups.look(group, line);
    const event = writesBack ? shared.SHARED_PUT_DIRTY : shared.SHARED_PUT;
    const allocates = (groups.actions(entry, event) & shared.SHARED_ACTION_ALLOCATE) !== 0;
    const start = writesBack || allocates ? groups.enter(group, 0) : 0;
    if (writesBack || allocates) this.copies.listener?.moved?.(line, core, SHARED_PLACE + group);
    groups.execute(group, line, entry, event, core, start);
  }

  #readFromOwner(core: number, line: number, base: number, group: number, owner: number, end: number): void {
    const { groups, copies } = this;
    const state = copies.stateOf(owner, line, base);
    const actions = copies.probe(owner, line, base, state, states.EVENT_GET_S, core, end);
    if ((actions & states.ACTION_WRITE_BACK) !== 0) {
      copies.listener?.moved?.(line, owner, SHARED_PLACE + group);
      groups.execute(group, line, groups.look(group, line), shared.SHARED_WRITE_BACK, core, end);
    } else {
      groups.look(group, line);
    }
    if ((actions & states.ACTION_DATA) === 0) suppliesNothing(line, owner);
    this.#supplied(line, core, group, shared.SHARED_ACTION_FORWARD, owner);
  }

  /** Notes who supplied the data. */
  #supplied(line: number, core: number, group: number, actions: number, neighbour: number): void {
    const { outcome } = this;
    if ((actions & shared.SHARED_ACTION_DATA) !== 0) {
      outcome.source = states.SOURCE_SHARED;
      outcome.supplier = group;
      this.copies.listener?.moved?.(line, SHARED_PLACE + group, core);
    } else {
      outcome.source = states.SOURCE_CORE;
      outcome.supplier = neighbour;
      this.copies.listener?.moved?.(line, neighbour, core);
    }
  }

  #isExclusive(base: number, group: number): boolean {
    const mask = EXCLUSIVE | OWNER_UNIT_MASK;
    return (this.#words[base + OWNERS]! & mask) === (EXCLUSIVE | ((group + 1) << OWNER_UNIT_SHIFT));
  }
}

function suppliesNothing(line: number, owner: number): never {
  throw new Error(`the owner of line ${line}, core ${owner}, does not supply it`);
}
