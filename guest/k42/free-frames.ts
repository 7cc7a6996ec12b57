// How many frames are free in the end: for that the kernel gives up what it only keeps to be faster, and what waits for its end.
import { cycles, pause } from '../lib/machine';
import { freeFrames } from '../lib/page-frames';
import { cleanUp } from './cobj/clean-up';
import { leaveActivation } from './cobj/generations';
import { dref } from './cobj/rep';
import { thisCpu } from './cpu';
import { GlobalPM, globalPm } from './mem/global-pm';

/** CPUs that run something else hold up the end of objects; nobody waits for them longer than this. */
const MOST_CYCLES: i64 = 10_000_000;

/** When the machine's run is about to end: the caller's activation is over. */
export function countFreeFrames(): i32 {
  leaveActivation(thisCpu().generation);
  const start = cycles();
  while (cleanUp() && cycles() - start < MOST_CYCLES) pause();
  dref<GlobalPM>(globalPm()).giveAllBack();
  return freeFrames();
}
