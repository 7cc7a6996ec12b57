// The native part of coherence: every transaction, in a module of its own with a memory of its own (machine/state/coherence-layout.ts). The native helper
// (machine/native) calls it for what private caches cannot serve; TypeScript (machine/coherence) makes its memory, and reads and checks what is in it.
import { privateState } from './copies';
import * as links from './links';
import * as origin from './origin';
import * as queues from './resources';
import * as cache from './shared-cache';
import { accessUncached, evict, transact } from './transactions';
import { ANSWER_SHIFT } from '../../state/coherence-layout';

export { evict, exchange, expect, transact } from './transactions';
export { privateState };

/** The private caches as TypeScript sees them: what stands in the table of calls unless others are put there. */
@external("caches", "state")
declare function stateInHost(core: u32, line: u32): u32;
@external("caches", "setState")
declare function setStateInHost(core: u32, line: u32, state: u32): void;

export function hostState(core: u32, line: u32): u32 {
  return stateInHost(core, line);
}

export function hostSetState(core: u32, line: u32, state: u32): void {
  setStateInHost(core, line, state);
}

// The same transactions for TypeScript, whose times are numbers.

/** Returns when the core may go on; COHERENCE_GRANTED is the state. */
export function transactAt(core: u32, line: u32, request: u32, now: f64): f64 {
  return now + <f64>(transact(core, line, request, <i64>now) >> ANSWER_SHIFT);
}

export function evictAt(core: u32, line: u32, state: u32, now: f64): void {
  evict(core, line, state, <i64>now);
}

export function uncachedAt(core: u32, physical: u32, bytes: u32, write: bool, now: f64): f64 {
  return <f64>accessUncached(core, physical, bytes, write, <i64>now);
}

// Its parts, as the classes of TypeScript have them.

export function begin(time: f64): void {
  origin.begin(<i64>time);
}

export function reserve(resource: u32, at: i32, duration: i32): i32 {
  return queues.reserve(resource, at, duration);
}

export function send(from: u32, to: u32, kind: u32, at: i32): i32 {
  return links.send(from, to, kind, at);
}

export { sendBytes } from './links';
export { all as roundAll, arrival as roundArrival, rest as roundRest, untilAnswer as roundUntilAnswer } from './rounds';

export function touchShared(group: u32, line: u32): u32 {
  return cache.touch(cache.cacheOf(group), line);
}

export function setShared(group: u32, line: u32, state: u32): void {
  cache.setEntryState(cache.cacheOf(group), line, state);
}

export function insertShared(group: u32, line: u32, state: u32): void {
  cache.insert(cache.cacheOf(group), line, state);
}
