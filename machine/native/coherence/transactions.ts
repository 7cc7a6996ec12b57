// The coherence controller's transactions: it serves the misses, upgrades and evictions of all private caches.
//
// A transaction is atomic: when `transact` returns, every other cache is in the state that the protocol's table says, and the presence map
// is exact. Who supplies, who is invalidated and what is granted come from the tables alone; the fabric adds the time. A group with a
// shared cache serves its cores alone when it can: reads of what any of its caches has, writes of what the group owns exclusively.
//
// The requester's own state is the caller's to set. A transaction may take other lines from the requester's private caches (an inclusive shared cache
// makes room), so the caller chooses the place for the line afterwards.
//
// Cores and lines are numbers, times absolute ticks.
import {
  ACTION_WRITE_BACK,
  ANSWER_SHIFT,
  BROKEN_HAS_COPY,
  BROKEN_NO_COPY,
  COHERENCE_GRANTED,
  COHERENCE_LEAVING_CORE,
  COHERENCE_LEAVING_LINE,
  COHERENCE_LEAVING_STATE,
  COHERENCE_SOURCE,
  COHERENCE_SUPPLIER,
  COUNT_COHERENCE_MISSES,
  COUNT_MEMORY,
  COUNT_SHARED_HITS,
  COUNT_SHARED_MISSES,
  COUNT_UNCACHED,
  COUNT_UPGRADES,
  COUNT_WRITE_BACKS,
  EVENT_LOAD,
  EVENT_REPLACE,
  EVENT_STORE,
  EVENTS,
  MEMORY_PLACE,
  REQUEST_GET_M,
  REQUEST_GET_S,
  REQUEST_UNCACHED_READ,
  REQUEST_UNCACHED_WRITE,
  REQUEST_UPGRADE,
  SOURCE_MEMORY,
  SOURCE_NONE,
  SOURCE_SHARED,
  STATE_I,
  STATE_O,
  STATE_S,
} from '../../state/coherence-layout';
import { GROUPED, LINE_SHIFT } from './constants';
import { actionsOf, countCore, countRow, rowOf } from './copies';
import { put, uncached, writeBack } from './fabric';
import { own, read } from './fabric-requests';
import { ownInGroup, putInGroup, readInGroup, serves } from './group-requests';
import { after, before, broken, evicted, moved, taken, transaction } from './host';
import { homeOf } from './memory';
import { isMonitored } from './monitors';
import { absolute, begin } from './origin';
import { clearOutcome } from './outcome';
import { addCore, disown, hasCore, ownerCore, ownerUnit, recordOf, removeCore, setOwners } from './presence';
import { cacheOf, oldestOf } from './shared-cache';
import { nodeOf, unitOf } from './units';

/**
 * A core's private hierarchy needs a line: REQUEST_*, at `now`. Returns how many ticks pass until the core may go on, above the state that it gets
 * (ANSWER_SHIFT). An Upgrade of a copy that the core has lost is served as GetM.
 */
export function transact(core: u32, line: u32, request: u32, now: i64): i64 {
  const record = recordOf(line);
  const has = hasCore(record, core);
  let wanted = request;
  if (request == REQUEST_UPGRADE && !has) wanted = REQUEST_GET_M;
  else if (request == REQUEST_GET_M && has) wanted = REQUEST_UPGRADE;
  else if (request == REQUEST_GET_S && has) broken(BROKEN_HAS_COPY, core, line);
  before(core, line, wanted, now);
  // State of a copy that asks for more: the owner's is O, all others are S.
  const state: u32 = !has ? STATE_I : ownerCore(record) == core ? STATE_O : STATE_S;
  countRow(state * EVENTS + (wanted == REQUEST_GET_S ? EVENT_LOAD : EVENT_STORE));
  clearOutcome();
  begin(now);
  const ticks = serve(core, line, record, wanted, has);
  addCore(record, core);
  account(core, line, wanted, now, now + ticks);
  after(core, line, wanted, now, now + ticks);
  return ((<i64>ticks) << ANSWER_SHIFT) | load<u32>(COHERENCE_GRANTED);
}

/** `transact`, and the core gives up another line, which its caches have already made room of, and had in `state`. */
export function exchange(core: u32, line: u32, request: u32, now: i64, victim: u32, state: u32): i64 {
  expect(core, victim);
  expect(core, line);
  const had = hasCore(recordOf(victim), core);
  store<u32>(COHERENCE_LEAVING_CORE, core);
  store<u32>(COHERENCE_LEAVING_LINE, victim);
  store<u32>(COHERENCE_LEAVING_STATE, state);
  const answer = transact(core, line, request, now);
  store<i32>(COHERENCE_LEAVING_CORE, -1);
  // A shared cache that made room for the line may have taken the victim along.
  const left = load<u32>(COHERENCE_LEAVING_STATE);
  if (had && left != STATE_I) evict(core, victim, left, now);
  return answer;
}

/**
 * A line of a core is going to be fetched or given up: the host begins to load what is looked at then, and what its shared cache may put out for it. Loads that
 * are begun together are waited for once; most of the time that a transaction takes the host is such waiting.
 */
export function expect(core: u32, line: u32): void {
  load<u32>(recordOf(line));
  if (GROUPED == 0) return;
  const oldest = oldestOf(cacheOf(unitOf(core)), line);
  if (oldest >= 0) load<u32>(recordOf(oldest));
}

/** The core's private hierarchy has given up a line, which it had in `state`. Nobody waits for what that causes. */
export function evict(core: u32, line: u32, state: u32, now: i64): void {
  const record = recordOf(line);
  if (!hasCore(record, core)) broken(BROKEN_NO_COPY, core, line);
  begin(now);
  const row = rowOf(state, EVENT_REPLACE);
  const writesBack = (actionsOf(row) & ACTION_WRITE_BACK) != 0;
  countRow(row);
  if (writesBack) countCore(core, COUNT_WRITE_BACKS);
  removeCore(record, core);
  disown(record, core);
  if (GROUPED != 0) {
    putInGroup(core, line, record, unitOf(core), writesBack);
  } else {
    if (ownerUnit(record) == core) setOwners(record, 0);
    if (writesBack) {
      moved(line, core, MEMORY_PLACE);
      writeBack(nodeOf(core), homeOf(line), 0);
    } else {
      put(nodeOf(core), homeOf(line), 0);
    }
  }
  evicted(core, line, state, now);
}

/** An access of `bytes` at a physical address that no cache may hold; returns when it is done. Addresses above RAM belong to the last node. */
export function accessUncached(core: u32, physical: u32, bytes: u32, write: bool, now: i64): i64 {
  countCore(core, COUNT_UNCACHED);
  begin(now);
  const line = physical >>> LINE_SHIFT;
  const home = homeOf(line);
  const end = now + uncached(nodeOf(core), home, bytes, write, 0);
  clearOutcome();
  store<u32>(COHERENCE_SOURCE, SOURCE_MEMORY);
  store<u32>(COHERENCE_SUPPLIER, home);
  transaction(core, line, write ? REQUEST_UNCACHED_WRITE : REQUEST_UNCACHED_READ, now, end);
  return end;
}

@inline
function serve(core: u32, line: u32, record: u32, request: u32, has: bool): i32 {
  if (GROUPED != 0) {
    const group = unitOf(core);
    if (serves(record, group, request)) {
      return request == REQUEST_GET_S
        ? readInGroup(core, line, record, group)
        : ownInGroup(core, line, record, group, request, has);
    }
  }
  return request == REQUEST_GET_S ? read(core, line, record) : own(core, line, record, request, has);
}

/** Counts a transaction and tells of it. */
@inline
function account(core: u32, line: u32, request: u32, start: i64, end: i64): void {
  const source = load<u32>(COHERENCE_SOURCE);
  if (request == REQUEST_UPGRADE) countCore(core, COUNT_UPGRADES);
  if (source != SOURCE_NONE) {
    const here = GROUPED != 0 && source == SOURCE_SHARED && load<u32>(COHERENCE_SUPPLIER) == unitOf(core);
    if (GROUPED != 0) countCore(core, here ? COUNT_SHARED_HITS : COUNT_SHARED_MISSES);
    if (source == SOURCE_MEMORY) countCore(core, COUNT_MEMORY);
    else if (!here) countCore(core, COUNT_COHERENCE_MISSES);
  }
  if (request != REQUEST_GET_S && isMonitored(line)) taken(line, core, end);
  transaction(core, line, request, start, end);
}
