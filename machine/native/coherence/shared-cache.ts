// A set-associative cache that a group of cores shares, by its place in memory: tags, a state and the order of use for each line. It decides nothing;
// groups.ts drives it. Replacement is exact LRU: it is looked up only after a miss of the private caches.
import {
  BROKEN_NOT_SHARED,
  CACHE_ENTRIES,
  CACHE_VICTIM,
  CACHE_VICTIM_STATE,
  ENTRY_FREE,
  ENTRY_NOT_PRESENT,
  ENTRY_STATE_BITS,
  ENTRY_STATE_MASK,
} from '../../state/coherence-layout';
import { SHARED_CACHES, SHARED_CACHE_BYTES, SHARED_SETS, SHARED_WAYS } from './constants';
import { broken } from './host';

@inline
export function cacheOf(group: u32): u32 {
  return SHARED_CACHES + group * SHARED_CACHE_BYTES;
}

/** Where the set of a line begins. */
@inline
function setOf(cache: u32, line: u32): u32 {
  return cache + CACHE_ENTRIES + (line % SHARED_SETS) * (SHARED_WAYS << 2);
}

/** Where a line's entry is in its set, or 0. Four are looked at together: what is behind a set is not of its lines. */
function find(set: u32, line: u32): u32 {
  const end = set + (SHARED_WAYS << 2);
  const wanted = i32x4.splat(line);
  for (let at = set; at < end; at += 16) {
    const equal = i32x4.bitmask(i32x4.eq(i32x4.shr_s(v128.load(at), ENTRY_STATE_BITS), wanted));
    if (equal == 0) continue;
    const found = at + (ctz(equal) << 2);
    return found < end ? found : 0;
  }
  return 0;
}

/** Moves the entries from the set's beginning up to `at` one place back. */
@inline
function moveBack(set: u32, at: u32): void {
  for (; at - set >= 16; at -= 16) v128.store(at - 12, v128.load(at - 16));
  for (; at > set; at -= 4) store<u32>(at, load<u32>(at - 4));
}

/** ENTRY_* of a line; no use of it. */
export function entryState(cache: u32, line: u32): u32 {
  const at = find(setOf(cache, line), line);
  return at ? load<u32>(at) & ENTRY_STATE_MASK : ENTRY_NOT_PRESENT;
}

/** Looks a line up for use: its ENTRY_*, and it is now the last used of its set. */
export function touch(cache: u32, line: u32): u32 {
  const set = setOf(cache, line);
  const at = find(set, line);
  if (at == 0) return ENTRY_NOT_PRESENT;
  const entry = load<u32>(at);
  moveBack(set, at);
  store<u32>(set, entry);
  return entry & ENTRY_STATE_MASK;
}

/** Changes the state of a line that is here; ENTRY_NOT_PRESENT removes it. */
export function setEntryState(cache: u32, line: u32, state: u32): void {
  const at = find(setOf(cache, line), line);
  if (at == 0) broken(BROKEN_NOT_SHARED, line, 0);
  store<i32>(at, state == ENTRY_NOT_PRESENT ? ENTRY_FREE : (line << ENTRY_STATE_BITS) | state);
}

/** Adds a line that is not here, in a free way or in place of the least recently used line: `victimOf` says which. */
export function insert(cache: u32, line: u32, state: u32): void {
  const set = setOf(cache, line);
  const last = set + ((SHARED_WAYS - 1) << 2);
  // Each moves one place back, up to the first free way.
  const free = find(set, ENTRY_FREE >> ENTRY_STATE_BITS);
  const at = free ? free : last;
  const moved = load<i32>(at);
  moveBack(set, at);
  store<u32>(set, (line << ENTRY_STATE_BITS) | state);
  store<i32>(cache, moved >> ENTRY_STATE_BITS, CACHE_VICTIM);
  store<u32>(cache, free ? ENTRY_NOT_PRESENT : moved & ENTRY_STATE_MASK, CACHE_VICTIM_STATE);
}

/** The least recently used line of the set of a line, unless a way is free; negative when that is the last one. */
@inline
export function oldestOf(cache: u32, line: u32): i32 {
  return load<i32>(setOf(cache, line) + ((SHARED_WAYS - 1) << 2)) >> ENTRY_STATE_BITS;
}

/** What the last insertion has put out: its number, or -1, and its state. */
@inline
export function victimOf(cache: u32): i32 {
  return load<i32>(cache, CACHE_VICTIM);
}

@inline
export function victimStateOf(cache: u32): u32 {
  return load<u32>(cache, CACHE_VICTIM_STATE);
}
