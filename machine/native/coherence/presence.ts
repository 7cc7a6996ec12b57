// Records of the presence map, which caches have which line: see machine/coherence/presence.ts.
import {
  EXCLUSIVE,
  OWNER_CORE_MASK,
  OWNER_UNIT_MASK,
  OWNER_UNIT_SHIFT,
  PRESENCE_CORES,
  PRESENCE_OWNERS,
} from '../../state/coherence-layout';
import { CORE_WORDS, PRESENCE, RECORD_BYTES, SHARED_AT, SHARED_WORDS } from './constants';

/** More ticks than any core is behind another; keeps waiting times in 32 bits. */
const LONGEST_WAIT: i64 = 0x2000_0000;

@inline
export function recordOf(line: u32): u32 {
  return PRESENCE + line * RECORD_BYTES;
}

/** A transaction of the line is done at an absolute time. */
@inline
export function finish(record: u32, time: i64): void {
  store<f64>(record, <f64>time);
}

/** When a line's last transaction is done, in ticks after `now`; 0 when it is done by then. */
@inline
export function busyAfter(record: u32, now: i64): i32 {
  const busy = load<f64>(record);
  return busy <= <f64>now ? 0 : <i32>min(<i64>busy - now, LONGEST_WAIT);
}

@inline
export function ownersOf(record: u32): u32 {
  return load<u32>(record, PRESENCE_OWNERS);
}

@inline
export function setOwners(record: u32, owners: u32): void {
  store<u32>(record, owners, PRESENCE_OWNERS);
}

/** Core that has the line in E, O or M; -1 for none. */
@inline
export function ownerCore(record: u32): i32 {
  return (ownersOf(record) & OWNER_CORE_MASK) - 1;
}

/** Unit that supplies the line to others; -1 when memory does. */
@inline
export function ownerUnit(record: u32): i32 {
  return ((ownersOf(record) & OWNER_UNIT_MASK) >>> OWNER_UNIT_SHIFT) - 1;
}

/** `owners` of a unit with the exclusive right, and a core: -1 for none. */
@inline
export function exclusiveOwners(unit: u32, core: i32): u32 {
  return <u32>(core + 1) | ((unit + 1) << OWNER_UNIT_SHIFT) | EXCLUSIVE;
}

/** Whether the unit may write the line without asking others. */
@inline
export function isExclusive(record: u32, unit: u32): bool {
  return (ownersOf(record) & ~OWNER_CORE_MASK) == exclusiveOwners(unit, -1);
}

/** The core does not own the line any more, if it did. */
@inline
export function disown(record: u32, core: u32): void {
  const owners = ownersOf(record);
  if ((owners & OWNER_CORE_MASK) == core + 1) setOwners(record, owners & ~OWNER_CORE_MASK);
}

@inline
function wordOf(record: u32, number: u32): u32 {
  return record + ((number >>> 5) << 2);
}

@inline
function bitOf(number: u32): u32 {
  return 1 << (number & 31);
}

@inline
export function hasCore(record: u32, core: u32): bool {
  return (load<u32>(wordOf(record, core), PRESENCE_CORES) & bitOf(core)) != 0;
}

@inline
export function addCore(record: u32, core: u32): void {
  const word = wordOf(record, core);
  store<u32>(word, load<u32>(word, PRESENCE_CORES) | bitOf(core), PRESENCE_CORES);
}

@inline
export function removeCore(record: u32, core: u32): void {
  const word = wordOf(record, core);
  store<u32>(word, load<u32>(word, PRESENCE_CORES) & ~bitOf(core), PRESENCE_CORES);
}

/** 32 cores' bits. */
@inline
export function coreBits(record: u32, word: u32): u32 {
  return load<u32>(record + (word << 2), PRESENCE_CORES);
}

@inline
export function hasShared(record: u32, group: u32): bool {
  return (load<u32>(wordOf(record + SHARED_AT, group)) & bitOf(group)) != 0;
}

@inline
export function addShared(record: u32, group: u32): void {
  const word = wordOf(record + SHARED_AT, group);
  store<u32>(word, load<u32>(word) | bitOf(group));
}

@inline
export function removeShared(record: u32, group: u32): void {
  const word = wordOf(record + SHARED_AT, group);
  store<u32>(word, load<u32>(word) & ~bitOf(group));
}

/** 32 groups' bits. */
@inline
export function sharedBits(record: u32, word: u32): u32 {
  return load<u32>(record + SHARED_AT + (word << 2));
}

/** Whether any cache has the line. */
@inline
export function anyCopy(record: u32): bool {
  let any: u32 = 0;
  for (let word: u32 = 0; word < CORE_WORDS; word++) any |= coreBits(record, word);
  for (let word: u32 = 0; word < SHARED_WORDS; word++) any |= sharedBits(record, word);
  return any != 0;
}
