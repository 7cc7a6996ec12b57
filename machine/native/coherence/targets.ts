// The nodes of the units that a transaction invalidates, one entry for each unit, for a fabric that asks only those who have copies.
import { PRESENCE_CORES } from '../../state/coherence-layout';
import { COLLECTED, CORE_WORDS, GROUPED, SHARED_AT, SHARED_WORDS, TARGETS } from './constants';
import { nodeOfUnit, unitOf } from './units';

/** Nodes in the list. */
export let targetCount: u32 = 0;
/** Number of the collection: a unit that has it has been part of it. */
let collection: i32 = 0;

@inline
export function targetAt(index: u32): u32 {
  return load<u32>(TARGETS + (index << 2));
}

@inline
export function clearTargets(): void {
  targetCount = 0;
}

/** Lists the units that have a copy, except the requester's and the supplier's, if there is one. */
export function collectTargets(record: u32, unit: u32, supplier: i32): void {
  collection++;
  store<i32>(COLLECTED + (unit << 2), collection);
  if (supplier >= 0) store<i32>(COLLECTED + (supplier << 2), collection);
  for (let word: u32 = 0; word < CORE_WORDS; word++) {
    collect(load<u32>(record + (word << 2), PRESENCE_CORES), word << 5, true);
  }
  for (let word: u32 = 0; word < SHARED_WORDS; word++) {
    collect(load<u32>(record + SHARED_AT + (word << 2)), word << 5, false);
  }
}

@inline
function collect(bitmap: u32, first: u32, cores: bool): void {
  for (let bits = bitmap; bits; bits &= bits - 1) {
    const number = first + ctz(bits);
    const unit = GROUPED != 0 && cores ? unitOf(number) : number;
    if (load<i32>(COLLECTED + (unit << 2)) == collection) continue;
    store<i32>(COLLECTED + (unit << 2), collection);
    store<u32>(TARGETS + (targetCount << 2), nodeOfUnit(unit));
    targetCount++;
  }
}
