// A page of each core for what is copied to or from a user in one go, and for names that are put together. What is there lasts until the core switches to
// another thread.
import { thisCpu } from 'kernel/cpu';

/** Places in it. */
export const SCRATCH_PATH: usize = 0;
export const SCRATCH_OTHER_PATH: usize = 1024;
export const SCRATCH_RECORD: usize = 2048;
/** Where the kernel reaches the pages of a range that is held: see user-memory.ts. */
export const SCRATCH_HELD: usize = 3072;
export const SCRATCH_WORD: usize = 4032;

@inline
export function scratchAt(place: usize): usize {
  return thisCpu().scratch + place;
}
