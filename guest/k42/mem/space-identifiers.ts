// Address-space identifiers of a CPU: what its TLB keeps translations of different page directories apart by, so that to load a directory is not to forget those
// of the others. Each CPU gives out its own, one after the other. When there are none left it forgets all translations, and begins a new round: those of
// earlier rounds are void.
import { MOST_CORES, MOST_LINE_BYTES } from '../../lib/limits';
import { coreId, tlbFlush } from '../../lib/machine';

/** In the place of an identifier: nothing is kept apart. */
export const NO_SPACE: i32 = 0;
const MOST_SPACES: i32 = 2046;
/** What there is of an identifier besides its number: the round. */
const NUMBER_BITS: i32 = 11;
const ALL: i32 = -1;

/** For each CPU a line: the identifier that was given out last, with its round. */
const last = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

@inline
function place(): usize {
  return last + coreId() * MOST_LINE_BYTES;
}

/** A new identifier of this CPU's. */
export function takeSpace(): i32 {
  let space = load<i32>(place()) + 1;
  if (numberOf(space) > MOST_SPACES) {
    tlbFlush(ALL);
    space = (((space >> NUMBER_BITS) + 1) << NUMBER_BITS) + 1;
  }
  store<i32>(place(), space);
  return space;
}

/** Whether one that was given out here is of this round; NO_SPACE is of none. */
@inline
export function isCurrent(space: i32): bool {
  return space != NO_SPACE && space >> NUMBER_BITS == load<i32>(place()) >> NUMBER_BITS;
}

/** What the machine knows it by. */
@inline
export function numberOf(space: i32): i32 {
  return space & ((1 << NUMBER_BITS) - 1);
}
