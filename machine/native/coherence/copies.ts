// The copies of lines in private caches, and the protocol's table (machine/coherence/protocols.ts, compiled) applied to them. It keeps the presence
// map's core bits and owner core equal to what the caches hold.
import {
  BROKEN_NO_ROW,
  CALL_SET_STATE,
  CALL_STATE,
  COHERENCE_CHANGED,
  COHERENCE_LEAVING_CORE,
  COHERENCE_LEAVING_LINE,
  COHERENCE_LEAVING_STATE,
  COUNTERS,
  COUNT_DOWNGRADES,
  COUNT_INVALIDATIONS,
  COUNT_RECALLS,
  EVENTS,
  EVENT_RECALL,
  NO_ROW,
  PROTOCOL_ACTIONS,
  PROTOCOL_ALONE,
  PROTOCOL_NEXT,
  STATE_I,
  STATE_S,
} from '../../state/coherence-layout';
import { CORE_COUNTERS, CORE_WORDS, ROW_COUNTERS } from './constants';
import { broken, lost } from './host';
import { absolute } from './origin';
import { coreBits, disown, ownerCore, removeCore } from './presence';

/** Number of the table's row. Throws if the protocol has none: then the states were already wrong. */
@inline
export function rowOf(state: u32, event: u32): u32 {
  const row = state * EVENTS + event;
  if (load<u8>(PROTOCOL_NEXT + row) == NO_ROW) broken(BROKEN_NO_ROW, state, event);
  return row;
}

@inline
export function nextOf(row: u32): u32 {
  return load<u8>(PROTOCOL_NEXT + row);
}

/** As `nextOf`, when no other cache has the line. */
@inline
export function aloneOf(row: u32): u32 {
  return load<u8>(PROTOCOL_ALONE + row);
}

@inline
export function actionsOf(row: u32): u32 {
  return load<u8>(PROTOCOL_ACTIONS + row);
}

@inline
export function countRow(row: u32): void {
  const counter = ROW_COUNTERS + (row << 3);
  store<f64>(counter, load<f64>(counter) + 1);
}

@inline
export function countCore(core: u32, count: u32): void {
  const counter = CORE_COUNTERS + ((core * COUNTERS + count) << 3);
  store<f64>(counter, load<f64>(counter) + 1);
}

@inline
function isLeaving(core: u32, line: u32): bool {
  return core == load<u32>(COHERENCE_LEAVING_CORE) && line == load<u32>(COHERENCE_LEAVING_LINE);
}

/** Strongest state in which a core's private hierarchy has a line; a line that is leaving in an exchange has not left yet. */
export function privateState(core: u32, line: u32): u32 {
  if (isLeaving(core, line)) return load<u32>(COHERENCE_LEAVING_STATE);
  return call_indirect<u32>(CALL_STATE, core, line);
}

function setPrivateState(core: u32, line: u32, state: u32): void {
  if (isLeaving(core, line)) store<u32>(COHERENCE_LEAVING_STATE, state);
  else call_indirect<void>(CALL_SET_STATE, core, line, state);
}

/** A core of which the presence map says that it has a copy: its state. */
@inline
export function copyState(core: u32, line: u32, record: u32): u32 {
  return ownerCore(record) == core ? privateState(core, line) : STATE_S;
}

/** Executes a probe on a core's copy, for a transaction of core `by` that is done at `time` (ticks since the Origin). Returns the actions. */
export function probe(core: u32, line: u32, record: u32, state: u32, event: u32, by: u32, time: i32): u32 {
  const row = rowOf(state, event);
  const next = nextOf(row);
  countRow(row);
  if (next != state) {
    lost(core, line, by, absolute(time));
    setPrivateState(core, line, next);
    store<u32>(COHERENCE_CHANGED, load<u32>(COHERENCE_CHANGED) + 1);
    if (next != STATE_I) countCore(core, COUNT_DOWNGRADES);
    else countCore(core, event == EVENT_RECALL ? COUNT_RECALLS : COUNT_INVALIDATIONS);
    if (next == STATE_I) removeCore(record, core);
    if (next <= <u32>STATE_S) disown(record, core);
  }
  return actionsOf(row);
}

/** Executes a probe on all copies except the core's own. */
export function probeOthers(line: u32, record: u32, event: u32, by: u32, time: i32): void {
  for (let word: u32 = 0; word < CORE_WORDS; word++) {
    let bits = coreBits(record, word);
    if (word == by >>> 5) bits &= ~(1 << (by & 31));
    for (; bits; bits &= bits - 1) {
      const core = (word << 5) + ctz(bits);
      probe(core, line, record, copyState(core, line, record), event, by, time);
    }
  }
}
