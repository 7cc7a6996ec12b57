// A process as the kernel's memory knows it: the Regions of its address space. What threads, open files and signals it has is kept elsewhere.
//
// This is the interface. A Process keeps its Regions in a list: with one lock for all (process-shared.ts), or with a cache of the list on each CPU that
// faults (process-distributed.ts). What changes the list is the same for both: layout.ts.
//
// A fault goes Process -> Region -> FCM -> HAT. Nobody on the way holds anything that a change of the list waits for but the Region's request counter.
import { arrive, depart, isRefused, refusal, repOf } from '../cobj/trampoline';
import { Rep } from '../cobj/rep';

/** In the place of a fixed address: wherever there is room between two others. */
export const ANYWHERE: usize = 0xffff_ffff;

// What kind of a Region it is: bits.

/** Stores are seen by all who have mapped the same; without it, by this process only. */
export const REGION_SHARED: i32 = 1;
/** It may not become writable. */
export const REGION_READ_ONLY: i32 = 2;
/** It can become longer: its FCM has pages behind its end, and be they zero. */
export const REGION_GROWS: i32 = 4;
/** It comes only where nothing is. */
export const REGION_KEEPS_OTHERS: i32 = 8;

export abstract class Process extends Rep {
  /** Makes a page accessible on this CPU: 0, -EFAULT where nothing may be accessed so, or -ENOMEM. */
  handleFault(address: usize, write: bool): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Process>(visit).handleFault(address, write));
  }

  /**
   * Attaches a new Region of whole pages at an address, in the place of what is there, or, with ANYWHERE, where there is room for it between MAP_START and
   * MAP_END. It shows an FCM's pages from `firstPage` on, and holds the FCM. Returns the address, -ENOMEM, or -EINVAL where it was to keep what is there.
   */
  map(address: usize, bytes: usize, protection: i32, kind: i32, fcm: usize, firstPage: i32): i32 {
    const visit = arrive(this);
    if (isRefused(visit)) return refusal(visit);
    const answer = repOf<Process>(visit).map(address, bytes, protection, kind, fcm, firstPage);
    return depart(visit, answer);
  }

  /** Detaches what is between two addresses, and splits Regions that reach across them: 0 or -ENOMEM. No CPU has a translation afterwards. */
  unmap(start: usize, end: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Process>(visit).unmap(start, end));
  }

  /** Changes rights (PROT_*) of all that is between two addresses: 0; -ENOMEM, also where something is not mapped; -EACCES. */
  protect(start: usize, end: usize, protection: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Process>(visit).protect(start, end, protection));
  }

  /** Lets a Region that ends at an address, is writable and can grow reach to another one: 0, or -EINVAL where there is none, or no room. */
  extend(from: usize, to: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Process>(visit).extend(from, to));
  }

  /** A copy, whose private pages are shared with this one's until either is written to: its COID, or -ENOMEM. */
  fork(): usize {
    const visit = arrive(this);
    return isRefused(visit) ? <usize>refusal(visit) : depart(visit, repOf<Process>(visit).fork());
  }

  /** Whether the Region at an address shows its pages to other processes as well. */
  isShared(address: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Process>(visit).isShared(address));
  }

  /** Its HAT's COID. */
  hat(): usize {
    const visit = arrive(this);
    return isRefused(visit) ? <usize>refusal(visit) : depart(visit, repOf<Process>(visit).hat());
  }

  /** Its PM's. */
  pm(): usize {
    const visit = arrive(this);
    return isRefused(visit) ? <usize>refusal(visit) : depart(visit, repOf<Process>(visit).pm());
  }

  /** How many faults have been handled, on all CPUs. */
  faults(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Process>(visit).faults());
  }

  /** Ends it, with its Regions, its HAT and its PM. Nobody runs in it. */
  destroy(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Process>(visit).destroy());
  }
}
