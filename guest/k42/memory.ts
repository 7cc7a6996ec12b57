// Whether there is memory for what a system call makes, and how much there is in the end. Free frames are in the kit's allocator and with the Global PM, and
// what was destroyed waits for its end: so a kernel that seems to have none may only have to clean up.
import { cycles, pause } from '../lib/machine';
import { freeFrames } from '../lib/page-frames';
import { cleanUp } from './cobj/clean-up';
import { enterActivation, leaveActivation } from './cobj/generations';
import { dref } from './cobj/rep';
import { thisCpu } from './cpu';
import { GlobalPM, globalPm, memoryRunsShort } from './mem/global-pm';
import { drawsOnReserve } from './trusted';

/**
 * Frames that are kept for objects, for each CPU: what it may take between two questions whether memory is short. That is a page of each of the eight classes of blocks, one
 * of COIDs, and a few objects that are frames of their own: 13 where a fork comes to its last Region, and makes process and thread. The rest is for what cannot be
 * refused: a CPU on which a process ends whose pages others have made counts them in a Rep of its PM.
 */
export const RESERVE_PER_CPU: i32 = 24;

/** CPUs that run something else hold up the end of objects; nobody waits for them longer than this. */
const MOST_CYCLES: i64 = 4_000_000;

/** To be asked where a system call begins: this may end its activation, and begin another one. */
export function memoryIsShort(): bool {
  return memoryIsShortForOthers() && !drawsOnReserve();
}

/** The same for what is made on somebody else's account, also in a process that draws on the reserve itself. */
export function memoryIsShortForOthers(): bool {
  if (!memoryRunsShort()) return false;
  const cpu = thisCpu();
  leaveActivation(cpu.generation);
  finishDestruction();
  cpu.generation = enterActivation();
  return memoryRunsShort();
}

/** When the machine's run is about to end. */
export function countFreeFrames(): i32 {
  leaveActivation(thisCpu().generation);
  finishDestruction();
  dref<GlobalPM>(globalPm()).giveAllBack();
  return freeFrames();
}

/** Lets what was destroyed on this CPU come to its end. Outside of activations. */
function finishDestruction(): void {
  const start = cycles();
  while (cleanUp() && cycles() - start < MOST_CYCLES) pause();
}
