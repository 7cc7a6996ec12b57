// Requests that leave their unit: the fabric finds who has the line, and says how long. Times are ticks since the Origin.
import {
  ACTION_DATA,
  ACTION_WRITE_BACK,
  ENTRY_NOT_PRESENT,
  EVENT_GET_M,
  EVENT_GET_S,
  EVENT_INV,
  EVENT_LOAD,
  EVENT_STORE,
  EXCLUSIVE,
  MEMORY_PLACE,
  OWNER_UNIT_MASK,
  REQUEST_GET_M,
  SHARED_ACTION_ALLOCATE,
  SHARED_FILL,
  SHARED_PLACE,
  SHARED_PROBE_CLEANED,
  SHARED_PROBE_INV,
  SHARED_PROBE_OWNED,
  SOURCE_CORE,
  SOURCE_MEMORY,
  SOURCE_SHARED,
  STATE_E,
  STATE_I,
  STATE_M,
  STATE_O,
  STATE_S,
} from '../../state/coherence-layout';
import { GROUPED, SHARED_TICKS, SHARED_TRANSFER_TICKS, SHARED_WORDS } from './constants';
import { actionsOf, aloneOf, nextOf, privateState, probe, probeOthers, rowOf } from './copies';
import { asksTargets, blocksReads, fetch, FROM_MEMORY } from './fabric';
import { takeFromGroup } from './group-requests';
import { enter, execute, firstCopy, hasCopy, hasNeighbours, isDirty, look } from './groups';
import { moved } from './host';
import { homeOf } from './memory';
import { isMonitored } from './monitors';
import { absolute } from './origin';
import { grant, supplied } from './outcome';
import {
  anyCopy,
  busyAfter,
  exclusiveOwners,
  finish,
  hasShared,
  ownerCore,
  ownersOf,
  ownerUnit,
  setOwners,
  sharedBits,
} from './presence';
import { clearTargets, collectTargets } from './targets';
import { nodeOf, nodeOfUnit, unitOf } from './units';

/** When a request of a unit leaves its caches. */
@inline
function leaves(unit: u32): i32 {
  return GROUPED != 0 ? enter(unit, 0) + SHARED_TICKS : 0;
}

/** GetS of a line of which the unit has no copy. Returns when it is done. */
export function read(core: u32, line: u32, record: u32): i32 {
  const unit = unitOf(core);
  const home = homeOf(line);
  const at = leaves(unit);
  const lineBusy = busyAfter(record, absolute(0));
  const owner = ownerUnit(record);
  let next: u32 = STATE_I;
  let supplier = FROM_MEMORY;
  let writesBack = false;
  if (owner >= 0) {
    const row = rowOf(unitState(owner, line, record), EVENT_GET_S);
    next = nextOf(row);
    if (actionsOf(row) & ACTION_DATA) supplier = nodeOfUnit(owner);
    writesBack = (actionsOf(row) & ACTION_WRITE_BACK) != 0;
  }
  const others = owner >= 0 || anyCopy(record);
  clearTargets();
  const end = fetch(nodeOf(core), home, at, lineBusy, true, supplier, writesBack);
  if (owner >= 0) readFromUnit(owner, core, line, record, next, supplier >= 0, writesBack, end);
  if (supplier < 0) supplied(line, core, SOURCE_MEMORY, home, MEMORY_PLACE);
  const loaded = rowOf(STATE_I, EVENT_LOAD);
  if (others) {
    grant(nextOf(loaded));
  } else {
    const alone = aloneOf(loaded);
    const weak = alone != STATE_S && isMonitored(line);
    grant(weak ? nextOf(loaded) : alone);
    // A group may have the right although its core must not.
    const unitHas = alone != STATE_S && (!weak || GROUPED != 0);
    setOwners(record, unitHas ? exclusiveOwners(unit, weak ? -1 : core) : 0);
  }
  fill(core, line, record, unit, end);
  if (blocksReads() || owner >= 0 || !others) finish(record, absolute(end));
  return end;
}

/** GetM, Upgrade or Claim. Returns when it is done. */
export function own(core: u32, line: u32, record: u32, request: u32, has: bool): i32 {
  const unit = unitOf(core);
  const home = homeOf(line);
  const at = leaves(unit);
  const lineBusy = busyAfter(record, absolute(0));
  const inside = has || (GROUPED != 0 && hasCopy(record, unit));
  const needsData = request == REQUEST_GET_M && !inside;
  const owner = ownerUnit(record);
  let supplier = -1;
  let writesBack = false;
  if (needsData && owner >= 0) {
    const actions = actionsOf(rowOf(unitState(owner, line, record), EVENT_GET_M));
    if (actions & ACTION_DATA) supplier = owner;
    writesBack = (actions & ACTION_WRITE_BACK) != 0;
  }
  clearTargets();
  if (asksTargets()) collectTargets(record, unit, supplier);
  const from = supplier >= 0 ? <i32>nodeOfUnit(supplier) : FROM_MEMORY;
  let end = fetch(nodeOf(core), home, at, lineBusy, needsData, from, writesBack);
  if (supplier >= 0) supply(supplier, core, line, record);
  else if (needsData) supplied(line, core, SOURCE_MEMORY, home, MEMORY_PLACE);
  if (GROUPED != 0 && inside) {
    // The group's own part goes on while the fabric asks the others; the request left after the shared cache's lookup.
    const apart = hasNeighbours(record, unit, core);
    end = max(end, at + (apart ? SHARED_TRANSFER_TICKS - SHARED_TICKS : 0));
    takeFromGroup(core, line, record, unit, request == REQUEST_GET_M, end);
  }
  probeOthers(line, record, request == REQUEST_GET_M ? EVENT_GET_M : EVENT_INV, core, end);
  if (GROUPED != 0) invalidateShared(line, record, unit, core, end);
  grant(nextOf(rowOf(has ? STATE_S : STATE_I, EVENT_STORE)));
  setOwners(record, exclusiveOwners(unit, core));
  fill(core, line, record, unit, end);
  finish(record, absolute(end));
  return end;
}

/** The unit's state towards other units: that of its core, or what its caches come to together. */
function unitState(unit: u32, line: u32, record: u32): u32 {
  if (GROUPED == 0) return privateState(unit, line);
  if ((ownersOf(record) & EXCLUSIVE) == 0) return STATE_O;
  return isDirty(unit, line, record) ? STATE_M : STATE_E;
}

/** Another unit reads from the owner unit: `next` is its state afterwards. */
function readFromUnit(
  unit: u32,
  core: u32,
  line: u32,
  record: u32,
  next: u32,
  supplies: bool,
  writesBack: bool,
  end: i32,
): void {
  const owner = ownerCore(record);
  if (supplies) supply(unit, core, line, record);
  if (writesBack && owner >= 0) moved(line, owner, MEMORY_PLACE);
  if (GROUPED != 0 && hasShared(record, unit)) {
    const entry = look(unit, line, record);
    if (writesBack) {
      // What goes to memory passes the shared cache.
      if (owner >= 0) moved(line, owner, SHARED_PLACE + unit);
      else moved(line, SHARED_PLACE + unit, MEMORY_PLACE);
    }
    const event = next != STATE_S ? SHARED_PROBE_OWNED : SHARED_PROBE_CLEANED;
    execute(unit, line, record, entry, event, core, end);
  }
  if (owner >= 0) probe(owner, line, record, privateState(owner, line), EVENT_GET_S, core, end);
  const owners = ownersOf(record);
  if (next == STATE_O) setOwners(record, owners & ~EXCLUSIVE);
  else if (next == STATE_S || next == STATE_I) setOwners(record, owners & ~(EXCLUSIVE | OWNER_UNIT_MASK));
}

/** Notes that a unit supplies the data: its owner core, its shared cache, or any core that has a copy. */
function supply(unit: u32, core: u32, line: u32, record: u32): void {
  let from = ownerCore(record);
  if (GROUPED != 0 && from < 0) {
    if (look(unit, line, record) != ENTRY_NOT_PRESENT) {
      supplied(line, core, SOURCE_SHARED, unit, SHARED_PLACE + unit);
      return;
    }
    from = firstCopy(record, unit);
  }
  supplied(line, core, SOURCE_CORE, from, from);
}

/** The line has come for a core: an inclusive shared cache takes it in. */
@inline
function fill(core: u32, line: u32, record: u32, unit: u32, end: i32): void {
  if (GROUPED == 0) return;
  const actions = execute(unit, line, record, look(unit, line, record), SHARED_FILL, core, end);
  if (actions & SHARED_ACTION_ALLOCATE) moved(line, core, SHARED_PLACE + unit);
}

/** Other groups' shared caches lose the line. */
function invalidateShared(line: u32, record: u32, unit: u32, core: u32, end: i32): void {
  for (let word: u32 = 0; word < SHARED_WORDS; word++) {
    let bits = sharedBits(record, word);
    if (word == unit >>> 5) bits &= ~(1 << (unit & 31));
    for (; bits; bits &= bits - 1) {
      const group = (word << 5) + ctz(bits);
      execute(group, line, record, look(group, line, record), SHARED_PROBE_INV, core, end);
    }
  }
}
