// The private caches of a core: L1 and, behind it, an inclusive or an exclusive L2. Their sets are owned here; coherence reads and changes
// states through `lineState` and `setLineState`.
//
// Invariants: a line is in the L1 at most once; with an inclusive L2 every line of the L1 is in the L2, in the same state; with an exclusive one
// no line is in both. A filter entry exists only while the L1 has the line in a state that
// allows the access (test: the audit). Replacement is FIFO, which never sees filter hits, so timing does not depend on the filters.
import {
  CACHE_SET_HEAD,
  CLOCK_SHIFT,
  CORES,
  CORE_ID,
  CORE_L1,
  CORE_L2,
  CORE_L2_HITS,
  CORE_L2_MISSES,
  CORE_PREFETCHES,
  CORE_STALLS,
  CORE_STRIDE,
  L2_EXCLUSIVE,
  L2_INCLUSIVE,
  L2_NONE,
  LINE_STATE_MASK,
  KNOWN_MASK,
  KNOWN_TO_KERNEL_SHIFT,
  KNOWN_TO_WRITES,
  LINE_VALID,
  REG_HOST_ADDRESS,
  REG_TICK_RATE,
  WAYS_GROUP_BYTES,
} from '../state/layout';
import {
  ANSWER_SHIFT,
  ANSWER_STATE_MASK,
  REQUEST_CLAIM,
  REQUEST_GET_M,
  REQUEST_GET_S,
  REQUEST_UPGRADE,
  STATE_E,
  STATE_I,
  STATE_M,
} from '../state/coherence-layout';
import {
  L1_GUEST_LINES,
  L1_SET_BYTES,
  L1_SET_MASK,
  L1_WAYS_BYTES,
  L2_KIND,
  L2_SET_BYTES,
  L2_SET_MASK,
  L2_TICKS,
  L2_WAYS_BYTES,
  LINE_SHIFT,
  PREFETCH_DISTANCE,
} from './constants';
import { timeAt, waited } from './clock';
import { dropKnown } from './filters';
import { afterPrefetch, prefetchStream } from './prefetch';

/**
 * A transaction of coherence, at a time in ticks: what it takes, in ticks, above the state that it grants (ANSWER_SHIFT). `core` and `line` are numbers. See
 * coherence/transactions.ts.
 */
@external("host", "transact")
declare function transact(core: u32, line: u32, request: u32, now: i64): i64;

/** The same, and the private caches give up another line, which they had in `state`. */
@external("host", "exchange")
declare function transactExchange(core: u32, line: u32, request: u32, now: i64, victim: u32, state: u32): i64;

/** A line will be given up: the host begins to load what is looked at then. */
@external("host", "expect")
declare function expectEviction(core: u32, line: u32): void;

/** The private caches give up a line. */
@external("host", "evict")
declare function transactEviction(core: u32, line: u32, state: u32, now: i64): void;

@inline
export function l1Set(core: u32, line: u32): u32 {
  return load<u32>(core + CORE_L1) + ((line >>> LINE_SHIFT) & L1_SET_MASK) * L1_SET_BYTES;
}

@inline
function l2Set(core: u32, line: u32): u32 {
  return load<u32>(core + CORE_L2) + ((line >>> LINE_SHIFT) & L2_SET_MASK) * L2_SET_BYTES;
}

/** Which words of a group of eight ways have the line, as bits. */
@inline
function equalIn(ways: u32, line: u32): u32 {
  const wanted = i32x4.splat(line | LINE_VALID);
  const mask = i32x4.splat(~(LINE_VALID - 1));
  const low = i32x4.bitmask(i32x4.eq(v128.and(v128.load(ways), mask), wanted));
  const high = i32x4.bitmask(i32x4.eq(v128.and(v128.load(ways, 16), mask), wanted));
  return low | (high << 4);
}

/** Address of the word among `bytes` bytes of ways from `ways` on that has the line, or 0. */
@inline
function findIn(ways: u32, bytes: u32, line: u32): u32 {
  const equal = equalIn(ways, line);
  if (equal) return ways + (ctz(equal) << 2);
  // Where a set is one group the host sees no loop.
  return bytes != WAYS_GROUP_BYTES ? findFurther(ways, bytes, line) : 0;
}

function findFurther(ways: u32, bytes: u32, line: u32): u32 {
  const end = ways + bytes;
  for (let at = ways + WAYS_GROUP_BYTES; at < end; at += WAYS_GROUP_BYTES) {
    const equal = equalIn(at, line);
    if (equal) return at + (ctz(equal) << 2);
  }
  return 0;
}

/** The way of an L1 set that has the line, or 0. */
@inline
export function findL1(set: u32, line: u32): u32 {
  return findIn(set + CACHE_SET_HEAD, L1_GUEST_LINES - CACHE_SET_HEAD, line);
}

@inline
function findL2(set: u32, line: u32): u32 {
  return findIn(set + CACHE_SET_HEAD, L2_SET_BYTES - CACHE_SET_HEAD, line);
}

/** Where the guest line of an L1 way is. */
@inline
export function guestLineOf(way: u32): u32 {
  return way - CACHE_SET_HEAD + L1_GUEST_LINES;
}

@inline
export function stateOf(way: u32): u32 {
  return load<u32>(way) & LINE_STATE_MASK;
}

@inline
export function setState(way: u32, state: u32): void {
  store<u32>(way, (load<u32>(way) & ~LINE_STATE_MASK) | state);
}

@inline
function lineOf(word: u32): u32 {
  return word & ~(LINE_VALID | LINE_STATE_MASK);
}

/** The way to be filled next: one that was invalidated, else the oldest. */
@inline
function nextWay(set: u32, waysBytes: u32): u32 {
  if (load<u32>(set, 4)) return holeIn(set, waysBytes);
  const position = load<u32>(set);
  const next = position + 4;
  store<u32>(set, next == waysBytes ? 0 : next);
  return set + CACHE_SET_HEAD + position;
}

/** What the next fill of a set will put out, as its word; 0 for nothing. */
@inline
function nextVictim(set: u32): u32 {
  return load<u32>(set, 4) ? 0 : load<u32>(set + CACHE_SET_HEAD + load<u32>(set));
}

/** The line that leaves private caches without an inclusive L2 when one that they have not is filled into an L1 set: coherence is told beforehand. */
@inline
function expectVictim(core: u32, set: u32): void {
  let word = nextVictim(set);
  if (L2_KIND == L2_EXCLUSIVE && word) word = nextVictim(l2Set(core, lineOf(word)));
  if (word) expectEviction(load<u32>(core + CORE_ID), lineNumber(lineOf(word)));
}

function holeIn(set: u32, waysBytes: u32): u32 {
  store<u32>(set, load<u32>(set, 4) - 1, 4);
  let way = set + CACHE_SET_HEAD;
  // Ways that were never filled come after the position and are no holes: those before it are looked at first.
  const end = way + waysBytes;
  while (way < end && load<u32>(way)) way += 4;
  return way;
}

@inline
function clearWay(set: u32, way: u32): void {
  store<u32>(way, 0);
  store<u32>(set, load<u32>(set, 4) + 1, 4);
}

/** Number of the line for coherence. */
@inline
function lineNumber(line: u32): u32 {
  return line >>> LINE_SHIFT;
}

/** The reference time at a packed clock, in ticks. */
@inline
export function ticksAt(clock: i64): f64 {
  return <f64>timeAt(clock);
}

/** Ticks of the core's own that pass from one reference time to another. */
@inline
export function ticksBetween(from: f64, to: f64): i64 {
  return (<i64>(to - from) * load<i64>(REG_TICK_RATE)) >> 16;
}

/** State that the last transaction has granted. */
export let granted: u32 = STATE_I;

/** Notes what a transaction granted; its ticks, as the core counts them. */
@inline
function answered(answer: i64): i64 {
  granted = <u32>answer & ANSWER_STATE_MASK;
  return ((answer >> ANSWER_SHIFT) * load<i64>(REG_TICK_RATE)) >> 16;
}

/** Runs a transaction at the packed clock `at`; the ticks until it is done. The state is in `granted`. */
export function request(core: u32, line: u32, kind: u32, at: i64): i64 {
  return answered(transact(load<u32>(core + CORE_ID), lineNumber(line), kind, timeAt(at)));
}

/** The core waits for so many of its own ticks; the packed clock afterwards. */
@inline
export function stall(core: u32, ticks: i64, clock: i64): i64 {
  store<i64>(core + CORE_STALLS, load<i64>(core + CORE_STALLS) + ticks);
  return waited(clock, ticks);
}

/** The line leaves the private caches. */
function evict(core: u32, line: u32, state: u32, at: i64): void {
  transactEviction(load<u32>(core + CORE_ID), lineNumber(line), state, timeAt(at));
}

/** Puts a line, as its word, into the L1; what was in its way goes where the kind of L2 says. Returns the way. */
@inline
function putL1(core: u32, set: u32, word: u32, at: i64): u32 {
  const way = nextWay(set, L1_WAYS_BYTES);
  const old = load<u32>(way);
  if (old) dropKnown(core, load<u32>(guestLineOf(way)));
  // Every line is in its place before coherence hears of the one that made room.
  store<u32>(way, word);
  store<u32>(guestLineOf(way), 0);
  // An inclusive L2 has it anyway.
  if (old && L2_KIND != L2_INCLUSIVE) giveUp(core, old, at);
  return way;
}

/** A line, as the L1's word had it, goes to an exclusive L2 or leaves the private caches. */
function giveUp(core: u32, word: u32, at: i64): void {
  if (L2_KIND == L2_EXCLUSIVE) putL2(core, word, at);
  else evict(core, lineOf(word), word & LINE_STATE_MASK, at);
}

/** Puts a line, as its word, into the L2; what was in its way leaves the private caches. */
function putL2(core: u32, word: u32, at: i64): void {
  const way = nextWay(l2Set(core, lineOf(word)), L2_WAYS_BYTES);
  const old = load<u32>(way);
  store<u32>(way, word);
  if (old == 0) return;
  if (L2_KIND == L2_INCLUSIVE) withdraw(core, lineOf(old));
  evict(core, lineOf(old), old & LINE_STATE_MASK, at);
}

/** Takes a line out of the L1, if it is there: an inclusive L2 gives it up. */
@inline
function withdraw(core: u32, line: u32): void {
  const set = l1Set(core, line);
  const above = findL1(set, line);
  if (above == 0) return;
  dropKnown(core, load<u32>(guestLineOf(above)));
  clearWay(set, above);
}

/** Gets a line for an inclusive L2 and gives up another for it, in one call of coherence; the ticks until it is there. */
function exchange(core: u32, line: u32, kind: u32, at: i64): i64 {
  const way = nextWay(l2Set(core, line), L2_WAYS_BYTES);
  const word = load<u32>(way);
  let wait: i64;
  if (word) {
    const victim = lineOf(word);
    withdraw(core, victim);
    store<u32>(way, 0);
    const number = load<u32>(core + CORE_ID);
    const state = word & LINE_STATE_MASK;
    wait = answered(transactExchange(number, lineNumber(line), kind, timeAt(at), lineNumber(victim), state));
  } else {
    wait = request(core, line, kind, at);
  }
  store<u32>(way, line | LINE_VALID | granted);
  return wait;
}

/**
 * Brings a line that the L1 does not have into it; `write` in a state that allows stores. Returns the way; 0 when what is
 * prefetched behind the line has pushed it out again. `at` is packed. What the L2 takes is to be charged by the caller (L2_TICKS); what a
 * transaction takes is left in `waitTicks`, since a store may not wait for it.
 */
@inline
export function fill(core: u32, set: u32, line: u32, write: bool, at: i64): u32 {
  waitTicks = 0;
  const below = L2_KIND == L2_NONE ? 0 : findL2(l2Set(core, line), line);
  let state = below ? stateOf(below) : STATE_I;
  if (write ? state != STATE_E && state != STATE_M : state == STATE_I) {
    state = obtain(core, line, below, write, at);
  } else {
    store<i64>(core + CORE_L2_HITS, load<i64>(core + CORE_L2_HITS) + 1);
    if (load<u32>(core + CORE_PREFETCHES)) waitTicks = afterPrefetch(core, line, at);
    if (write) state = STATE_M;
    if (L2_KIND == L2_EXCLUSIVE) clearWay(l2Set(core, line), below);
    else if (write) setState(below, state);
  }
  const way = putL1(core, set, line | LINE_VALID | state, at);
  if (!PREFETCH_DISTANCE || below) return way;
  prefetchStream(core, line, at);
  return findL1(set, line);
}

/** Whether lines are asked for to be overwritten as a whole. */
let claiming: bool = false;

export function claimLines(claim: bool): void {
  claiming = claim;
}

/** A transaction for a line that the L2 does not have, or (at `below`) not with the right to write; the state in which it is now. */
function obtain(core: u32, line: u32, below: u32, write: bool, at: i64): u32 {
  if (below) {
    store<i64>(core + CORE_L2_HITS, load<i64>(core + CORE_L2_HITS) + 1);
    if (load<u32>(core + CORE_PREFETCHES)) waitTicks = afterPrefetch(core, line, at);
    waitTicks += request(core, line, REQUEST_UPGRADE, at);
    if (L2_KIND == L2_EXCLUSIVE) clearWay(l2Set(core, line), below);
    else setState(below, STATE_M);
    return STATE_M;
  }
  if (L2_KIND != L2_NONE) store<i64>(core + CORE_L2_MISSES, load<i64>(core + CORE_L2_MISSES) + 1);
  // The data is on its way to the host's caches while coherence is at work. Where all of it is overwritten nobody waits for it, and a load would make the
  // host map a page that it then maps anew for the stores.
  if (!claiming) load<u32>(load<u32>(REG_HOST_ADDRESS));
  const kind = write ? (claiming ? REQUEST_CLAIM : REQUEST_GET_M) : REQUEST_GET_S;
  if (L2_KIND == L2_INCLUSIVE) {
    waitTicks = exchange(core, line, kind, at);
  } else {
    expectVictim(core, l1Set(core, line));
    waitTicks = request(core, line, kind, at);
  }
  // A prefetch of the line that is still awaited is of a copy that has been lost since.
  if (load<u32>(core + CORE_PREFETCHES)) afterPrefetch(core, line, at);
  return granted;
}

/** What `fill` and `own` left to be waited for. */
export let waitTicks: i64 = 0;

/** Makes a line that an L1 way has without the right to write one that may be written. The wait is in `waitTicks`. */
export function own(core: u32, way: u32, line: u32, at: i64): void {
  waitTicks = 0;
  if (stateOf(way) != STATE_E) waitTicks = request(core, line, REQUEST_UPGRADE, at);
  setState(way, STATE_M);
  if (L2_KIND == L2_INCLUSIVE) setState(findL2(l2Set(core, line), line), STATE_M);
}

/** The page walker reads or writes a word, which no filter learns of; the packed clock afterwards. */
export function reach(core: u32, physical: u32, write: bool, clock: i64, remainder: i64): i64 {
  const line = physical & ~((1 << LINE_SHIFT) - 1);
  const set = l1Set(core, line);
  const way = findL1(set, line);
  if (way == 0) {
    clock -= (<i64>L2_TICKS) << CLOCK_SHIFT;
    fill(core, set, line, write, clock + remainder);
  } else if (write && stateOf(way) != STATE_M) {
    own(core, way, line, clock + remainder);
  } else return clock;
  return stall(core, waitTicks, clock);
}

/** Puts a line into the private caches ahead of its use, as `request` granted it. */
export function install(core: u32, line: u32, at: i64): void {
  const word = line | LINE_VALID | granted;
  if (L2_KIND != L2_NONE) putL2(core, word, at);
  else putL1(core, l1Set(core, line), word, at);
}

/** Whether the private caches have the line. */
export function holds(core: u32, line: u32): bool {
  if (findL1(l1Set(core, line), line)) return true;
  return L2_KIND != L2_NONE && findL2(l2Set(core, line), line) != 0;
}

/** The state in which a core (by number) has a line (by number). */
export function lineState(coreNumber: u32, number: u32): u32 {
  const core = CORES + coreNumber * CORE_STRIDE;
  const line = number << LINE_SHIFT;
  const way = findL1(l1Set(core, line), line);
  if (way) return stateOf(way);
  if (L2_KIND == L2_NONE) return STATE_I;
  const below = findL2(l2Set(core, line), line);
  return below ? stateOf(below) : STATE_I;
}

/** Takes a line down to a state, for the sake of another cache. */
export function setLineState(coreNumber: u32, number: u32, state: u32): void {
  const core = CORES + coreNumber * CORE_STRIDE;
  const line = number << LINE_SHIFT;
  const set = l1Set(core, line);
  const way = findL1(set, line);
  if (way) {
    const known = load<u32>(guestLineOf(way));
    if (state == STATE_I) {
      dropKnown(core, known);
      clearWay(set, way);
    } else {
      const writes = KNOWN_TO_WRITES | (KNOWN_TO_WRITES << KNOWN_TO_KERNEL_SHIFT);
      dropKnown(core, known & (~KNOWN_MASK | writes));
      store<u32>(guestLineOf(way), known & ~writes);
      setState(way, state);
    }
  }
  if (L2_KIND == L2_NONE) return;
  const set2 = l2Set(core, line);
  const below = findL2(set2, line);
  if (below == 0) return;
  if (state == STATE_I) clearWay(set2, below);
  else setState(below, state);
}
