// The File Representative (K42, section 4): where the pages of an FCM come from that are not there.
//
//   fr-zero.ts     anonymous memory: zeroes
//   fr-image.ts    a program's memory: its data segments, and zeroes
//   fr-file.ts     a file in memory: the frames into which the firmware has put it, and holes
//   fr-copy.ts     a private mapping of a file: that file's pages, until they are written
//
// It is not distributed, as in the paper: it is asked when a page is absent, and what it does then takes longer than to get to it.
import { arrive, depart, isRefused, refusal, repOf } from '../cobj/trampoline';
import { Rep } from '../cobj/rep';
import { SingleRepRoot } from '../cobj/single-rep-root';
import { NAME_FR, nameCoid, nameObject } from './names';

export abstract class FR extends Rep {
  /**
   * The frame of a page that is absent, with a reference for the caller, and PAGE_* that say what may be done with it (page-descriptor.ts); or -ENOMEM, or
   * -EFAULT where there is none. A new frame comes from the PM `pm`.
   */
  provide(page: i32, pm: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FR>(visit).provide(page, pm));
  }

  /** 1 where an absent page is zeroes: who only reads needs no frame for it. */
  isZero(page: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FR>(visit).isZero(page));
  }

  /** The file has so many pages from now on: those behind are forgotten, and will be zero. */
  truncate(pages: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FR>(visit).truncate(pages));
  }

  /** Somebody more keeps it alive: each FCM does, and who made it. */
  hold(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FR>(visit).hold());
  }

  letGo(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FR>(visit).letGo());
  }
}

/** Makes the object with this Rep: its COID. */
export function newFR(rep: FR): usize {
  const root = new SingleRepRoot(rep);
  nameObject(NAME_FR, root);
  return nameCoid(NAME_FR, root.coid);
}
