// The shared caches of all groups, their ports, and their tables (machine/coherence/shared-tables.ts, compiled) applied to them. It keeps the presence
// map's bits of shared caches. Times are ticks since the Origin.
import {
  ACTION_WRITE_BACK,
  BROKEN_NO_SHARED_ROW,
  ENTRY_DIRTY,
  ENTRY_NOT_PRESENT,
  EVENT_RECALL,
  EXCLUSIVE,
  MEMORY_PLACE,
  NO_ROW,
  OWNER_CORE_MASK,
  OWNER_UNIT_MASK,
  PRESENCE_CORES,
  SHARED_ACTIONS,
  SHARED_ACTION_ALLOCATE,
  SHARED_ACTION_RECALL,
  SHARED_ACTION_WRITE_BACK,
  SHARED_EVENTS,
  SHARED_NEXT,
  SHARED_PLACE,
  SHARED_REPLACE,
  STATE_O,
} from '../../state/coherence-layout';
import { CORES_PER_UNIT, FIRST_PORT, SHARED_OCCUPANCY_TICKS } from './constants';
import { copyState, privateState, probe } from './copies';
import { put, writeBack } from './fabric';
import { broken, moved } from './host';
import { homeOf } from './memory';
import { addShared, hasShared, ownerCore, ownersOf, ownerUnit, recordOf, removeShared, setOwners } from './presence';
import { reserve } from './resources';
import { cacheOf, entryState, insert, setEntryState, touch, victimOf, victimStateOf } from './shared-cache';
import { nodeOfUnit, unitOf } from './units';

/** Takes the group's port; returns when the lookup begins. */
@inline
export function enter(group: u32, at: i32): i32 {
  return reserve(FIRST_PORT + group, at, SHARED_OCCUPANCY_TICKS);
}

/** ENTRY_* of a line, and it counts as used. */
@inline
export function look(group: u32, line: u32, record: u32): u32 {
  return hasShared(record, group) ? touch(cacheOf(group), line) : ENTRY_NOT_PRESENT;
}

@inline
function rowOf(entry: u32, event: u32): u32 {
  const row = entry * SHARED_EVENTS + event;
  if (load<u8>(SHARED_NEXT + row) == NO_ROW) broken(BROKEN_NO_SHARED_ROW, entry, event);
  return row;
}

/** SHARED_ACTION_* of an event in a state. */
@inline
export function sharedActions(entry: u32, event: u32): u32 {
  return load<u8>(SHARED_ACTIONS + rowOf(entry, event));
}

/** Executes an event on a line's entry, for core `by` at `time`. Returns the actions. */
export function execute(group: u32, line: u32, record: u32, entry: u32, event: u32, by: u32, time: i32): u32 {
  const row = rowOf(entry, event);
  const next: u32 = load<u8>(SHARED_NEXT + row);
  const actions: u32 = load<u8>(SHARED_ACTIONS + row);
  if (next == entry) return actions;
  const cache = cacheOf(group);
  if (actions & SHARED_ACTION_ALLOCATE) {
    insert(cache, line, next);
    addShared(record, group);
    const victim = victimOf(cache);
    if (victim >= 0) replace(group, victim, victimStateOf(cache), by, time);
  } else {
    setEntryState(cache, line, next);
    if (next == ENTRY_NOT_PRESENT) removeShared(record, group);
  }
  return actions;
}

/** A line has been put out by another one. */
function replace(group: u32, line: u32, entry: u32, by: u32, time: i32): void {
  const record = recordOf(line);
  const actions = sharedActions(entry, SHARED_REPLACE);
  removeShared(record, group);
  let from: i32 = actions & SHARED_ACTION_WRITE_BACK ? SHARED_PLACE + group : MEMORY_PLACE;
  if (actions & SHARED_ACTION_RECALL) {
    const owner = recall(group, line, record, by, time);
    if (owner >= 0) from = owner;
  }
  const empty = firstCopy(record, group) < 0;
  if (from != MEMORY_PLACE) {
    moved(line, from, MEMORY_PLACE);
    writeBack(nodeOfUnit(group), homeOf(line), time);
  } else if (empty) {
    put(nodeOfUnit(group), homeOf(line), time);
  }
  if (ownerUnit(record) != group) return;
  const owners = ownersOf(record);
  if (empty) {
    setOwners(record, 0);
  } else if (entry == ENTRY_DIRTY && (owners & (EXCLUSIVE | OWNER_CORE_MASK)) == 0) {
    // The duty for modified data was the entry's, and memory is up to date now: other copies are as good as any.
    setOwners(record, owners & ~OWNER_UNIT_MASK);
  }
}

/** Invalidates the group's private copies. Returns the core whose data must reach memory, or -1. */
function recall(group: u32, line: u32, record: u32, by: u32, time: i32): i32 {
  let owner = -1;
  for (let core = firstCopy(record, group); core >= 0; core = nextCopy(record, group, core + 1)) {
    const state = copyState(core, line, record);
    if (probe(core, line, record, state, EVENT_RECALL, by, time) & ACTION_WRITE_BACK) owner = core;
  }
  return owner;
}

/** Lowest core of the group whose private cache has the line; -1 for none. */
@inline
export function firstCopy(record: u32, group: u32): i32 {
  return nextCopy(record, group, group * CORES_PER_UNIT);
}

/** As `firstCopy`, from core `first` on. */
export function nextCopy(record: u32, group: u32, first: u32): i32 {
  const end = (group + 1) * CORES_PER_UNIT;
  for (let core = first; core < end; core = (core | 31) + 1) {
    const bits = load<u32>(record + ((core >>> 5) << 2), PRESENCE_CORES) >>> (core & 31);
    if (bits == 0) continue;
    const found = core + ctz(bits);
    return found < end ? found : -1;
  }
  return -1;
}

/** Whether private caches of the group have the line, beside that of `core`. */
export function hasNeighbours(record: u32, group: u32, core: u32): bool {
  const first = firstCopy(record, group);
  return first >= 0 && (first != core || nextCopy(record, group, core + 1) >= 0);
}

/** Whether any cache of the group has the line. */
@inline
export function hasCopy(record: u32, group: u32): bool {
  return hasShared(record, group) || firstCopy(record, group) >= 0;
}

/** Whether the group's only valid data may be newer than memory. */
export function isDirty(group: u32, line: u32, record: u32): bool {
  const owner = ownerCore(record);
  if (owner >= 0 && unitOf(owner) == group && privateState(owner, line) >= <u32>STATE_O) return true;
  return hasShared(record, group) && entryState(cacheOf(group), line) == ENTRY_DIRTY;
}
