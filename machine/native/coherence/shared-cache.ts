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

/** Where a line's entry is in its set, or 0. */
function find(set: u32, line: u32): u32 {
  const end = set + (SHARED_WAYS << 2);
  for (let at = set; at < end; at += 4) {
    if (load<i32>(at) >> ENTRY_STATE_BITS == line) return at;
  }
  return 0;
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
  memory.copy(set + 4, set, at - set);
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
  const end = set + (SHARED_WAYS << 2);
  // Each moves one place back, up to the first free way.
  let moving: i32 = (line << ENTRY_STATE_BITS) | state;
  for (let at = set; at < end && moving != ENTRY_FREE; at += 4) {
    const entry = load<i32>(at);
    store<i32>(at, moving);
    moving = entry;
  }
  store<i32>(cache, moving == ENTRY_FREE ? -1 : moving >> ENTRY_STATE_BITS, CACHE_VICTIM);
  store<u32>(cache, moving == ENTRY_FREE ? ENTRY_NOT_PRESENT : moving & ENTRY_STATE_MASK, CACHE_VICTIM_STATE);
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
