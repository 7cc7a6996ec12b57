// A Region: pages next to each other in a process's address space, with the same rights, that show pages of one FCM.
//
// This is the interface. There is no lock on a fault's way through a Region, but a request counter (request-counter.ts): one (region-shared.ts), or one on
// each CPU that faults (region-distributed.ts). Who changes a Region stops it first, and waits until no request is in it any more.
//
// What is called between `stop` and `resume`, and these two, are for the Process, which calls them one after the other (layout.ts).
import { arrive, depart, isRefused, refusal, repOf } from '../cobj/trampoline';
import { Rep } from '../cobj/rep';

/** The answer of a fault: the Region was stopped meanwhile, or is none of the process's any more. Look it up again. */
export const RETRY: i32 = 1;

export abstract class Region extends Rep {
  /** Makes a page accessible on this CPU: 0, RETRY, -EFAULT or -ENOMEM. */
  handleFault(address: usize, write: bool): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Region>(visit).handleFault(address, write));
  }

  // --- for its FCM, at any time

  /** Takes the mappings of some of the FCM's pages away from all CPUs, as far as it shows them. */
  unmapPages(first: i32, count: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Region>(visit).unmapPages(first, count));
  }

  /** Takes the right to write from them. */
  writeProtectPages(first: i32, count: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Region>(visit).writeProtectPages(first, count));
  }

  // --- for its Process

  /** Lets no fault in, and returns when none is in it. */
  stop(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Region>(visit).stop());
  }

  resume(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Region>(visit).resume());
  }

  /** Gives it other rights, when it is stopped; those that are taken away are taken from all CPUs. */
  protect(protection: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Region>(visit).protect(protection));
  }

  /** Lets it end at an address, when it is stopped, and a new Region of the same FCM begin there: that one's COID. */
  split(address: usize): usize {
    const visit = arrive(this);
    return isRefused(visit) ? <usize>refusal(visit) : depart(visit, repOf<Region>(visit).split(address));
  }

  /** Lets it end at a later address: 0, or -EINVAL where it cannot. */
  grow(end: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Region>(visit).grow(end));
  }

  /** A Region of the same kind, for the same addresses of another process, that shows another FCM: its COID. */
  copy(hat: usize, fcm: usize): usize {
    const visit = arrive(this);
    return isRefused(visit) ? <usize>refusal(visit) : depart(visit, repOf<Region>(visit).copy(hat, fcm));
  }

  /** Ends it, when it is stopped: mappings are taken from all CPUs, and it is detached from its FCM, which drops the pages if they are private. */
  destroy(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Region>(visit).destroy());
  }
}
