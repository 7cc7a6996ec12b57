// Requests that a group serves alone, without the fabric: its shared cache has the data or knows a neighbour that has, and the group
// need not ask others for the right. And what its cores' evictions do to the shared cache. Times are ticks since the Origin.
import {
  ACTION_DATA,
  ACTION_WRITE_BACK,
  BROKEN_SUPPLIES_NOTHING,
  ENTRY_NOT_PRESENT,
  EVENT_GET_M,
  EVENT_GET_S,
  EVENT_INV,
  EVENT_LOAD,
  EVENT_STORE,
  REQUEST_GET_M,
  REQUEST_GET_S,
  SHARED_ACTION_ALLOCATE,
  SHARED_ACTION_DATA,
  SHARED_ACTION_PASS_DIRTY,
  SHARED_GET_M,
  SHARED_GET_S,
  SHARED_GET_S_ALONE,
  SHARED_PLACE,
  SHARED_PUT,
  SHARED_PUT_DIRTY,
  SHARED_WRITE_BACK,
  SOURCE_CORE,
  SOURCE_SHARED,
  STATE_I,
  STATE_M,
  STATE_S,
} from '../../state/coherence-layout';
import { SHARED_TICKS, SHARED_TRANSFER_TICKS } from './constants';
import { aloneOf, copyState, nextOf, probe, probeOthers, rowOf } from './copies';
import { enter, execute, firstCopy, hasCopy, hasNeighbours, look, sharedActions } from './groups';
import { broken, moved } from './host';
import { isMonitored } from './monitors';
import { absolute } from './origin';
import { grant, supplied } from './outcome';
import { busyAfter, exclusiveOwners, finish, isExclusive, ownerCore, ownersOf, setOwners } from './presence';
import { unitOf } from './units';

/** Whether the group can serve a request of one of its cores alone. */
@inline
export function serves(record: u32, group: u32, request: u32): bool {
  return request == REQUEST_GET_S ? hasCopy(record, group) : isExclusive(record, group);
}

/** GetS. Returns when it is done. */
export function readInGroup(core: u32, line: u32, record: u32, group: u32): i32 {
  const start = enter(group, busyAfter(record, absolute(0)));
  const owner = ownerCore(record);
  grant(nextOf(rowOf(STATE_I, EVENT_LOAD)));
  if (owner >= 0 && unitOf(owner) == group) {
    const end = start + SHARED_TRANSFER_TICKS;
    readFromOwner(core, line, record, group, owner, end);
    finish(record, absolute(end));
    return end;
  }
  const entry = look(group, line, record);
  const neighbour = firstCopy(record, group);
  const alone = neighbour < 0 && isExclusive(record, group) && !isMonitored(line);
  const end = start + (entry == ENTRY_NOT_PRESENT ? SHARED_TRANSFER_TICKS : SHARED_TICKS);
  const actions = execute(group, line, record, entry, alone ? SHARED_GET_S_ALONE : SHARED_GET_S, core, end);
  if (actions & SHARED_ACTION_DATA) suppliedByCache(line, core, group);
  else suppliedByCore(line, core, neighbour);
  if (alone) {
    grant(actions & SHARED_ACTION_PASS_DIRTY ? STATE_M : aloneOf(rowOf(STATE_I, EVENT_LOAD)));
    setOwners(record, ownersOf(record) | (core + 1));
    finish(record, absolute(end));
  }
  return end;
}

/** GetM, Upgrade or Claim, when the group has the exclusive right. Returns when it is done. */
export function ownInGroup(core: u32, line: u32, record: u32, group: u32, request: u32, has: bool): i32 {
  const start = enter(group, busyAfter(record, absolute(0)));
  const end = start + (hasNeighbours(record, group, core) ? SHARED_TRANSFER_TICKS : SHARED_TICKS);
  takeFromGroup(core, line, record, group, request == REQUEST_GET_M, end);
  grant(nextOf(rowOf(has ? STATE_S : STATE_I, EVENT_STORE)));
  probeOthers(line, record, request == REQUEST_GET_M ? EVENT_GET_M : EVENT_INV, core, end);
  setOwners(record, exclusiveOwners(group, core));
  finish(record, absolute(end));
  return end;
}

/** A core of the group is to have the line in M: the shared cache's part of it, and the data, where the core needs it from here. */
export function takeFromGroup(core: u32, line: u32, record: u32, group: u32, needsData: bool, end: i32): void {
  const entry = look(group, line, record);
  const owner = ownerCore(record);
  const inGroup = owner >= 0 && owner != core && unitOf(owner) == group;
  const actions = sharedActions(entry, SHARED_GET_M);
  if (needsData) {
    if (inGroup) suppliedByCore(line, core, owner);
    else if (actions & SHARED_ACTION_DATA) suppliedByCache(line, core, group);
    else suppliedByCore(line, core, firstCopy(record, group));
  }
  execute(group, line, record, entry, SHARED_GET_M, core, end);
}

/** A private cache of the group gives up a line. */
export function putInGroup(core: u32, line: u32, record: u32, group: u32, writesBack: bool): void {
  const entry = look(group, line, record);
  const event = writesBack ? SHARED_PUT_DIRTY : SHARED_PUT;
  const passes = writesBack || (sharedActions(entry, event) & SHARED_ACTION_ALLOCATE) != 0;
  const start = passes ? enter(group, 0) : 0;
  if (passes) moved(line, core, SHARED_PLACE + group);
  execute(group, line, record, entry, event, core, start);
}

function readFromOwner(core: u32, line: u32, record: u32, group: u32, owner: u32, end: i32): void {
  const state = copyState(owner, line, record);
  const actions = probe(owner, line, record, state, EVENT_GET_S, core, end);
  const entry = look(group, line, record);
  if (actions & ACTION_WRITE_BACK) {
    moved(line, owner, SHARED_PLACE + group);
    execute(group, line, record, entry, SHARED_WRITE_BACK, core, end);
  }
  if ((actions & ACTION_DATA) == 0) broken(BROKEN_SUPPLIES_NOTHING, line, owner);
  suppliedByCore(line, core, owner);
}

@inline
function suppliedByCache(line: u32, core: u32, group: u32): void {
  supplied(line, core, SOURCE_SHARED, group, SHARED_PLACE + group);
}

@inline
function suppliedByCore(line: u32, core: u32, supplier: i32): void {
  supplied(line, core, SOURCE_CORE, supplier, supplier);
}
