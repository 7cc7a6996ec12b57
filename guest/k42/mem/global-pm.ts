// The Global Page Manager: the free frames of the machine, and whom to ask for some when there are none: the PMs of processes, and the FCMs that belong to
// none. There is one.
//
// This is the interface. Lists and hashes under one lock (global-pm-shared.ts), or on each CPU (global-pm-distributed.ts).
//
// Under it is the kit's allocator (guest/lib/page-frames.ts), from which frames come in runs, and to which they go when memory is short there: the kernel's
// objects and the file system take theirs from it.
import { arrive, depart, isRefused, refusal, repOf } from '../cobj/trampoline';
import { dref } from '../cobj/rep';
import { MOST_LINE_BYTES } from '../../lib/limits';
import { memoryIsShort } from '../../lib/page-frames';
import { drawsOnReserve } from '../trusted';
import { PM } from './pm';

export abstract class GlobalPM extends PM {
  attachPm(pm: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<GlobalPM>(visit).attachPm(pm));
  }

  detachPm(pm: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<GlobalPM>(visit).detachPm(pm));
  }

  /** Gives all free frames that it keeps to the kit's allocator: how many. */
  giveAllBack(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<GlobalPM>(visit).giveAllBack());
  }
}

/** Its COID, for all CPUs. */
const place = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

@inline
export function globalPm(): usize {
  return load<usize>(place);
}

/** On the boot CPU, once. */
export function setGlobalPm(coid: usize): void {
  store<usize>(place, coid);
}

/** Whether there is too little memory for the current thread to make objects. To be asked before. */
export function memoryStaysShort(): bool {
  return memoryRunsShort() && !drawsOnReserve();
}

/** Whether the kit's allocator is short of memory, also when it gets all that is free here. */
export function memoryRunsShort(): bool {
  if (!memoryIsShort()) return false;
  dref<GlobalPM>(globalPm()).giveAllBack();
  return memoryIsShort();
}
