// The File Cache Manager (K42, section 4.4): which frames have the pages of a file, or of memory that has no file. Every file that is read, written or
// mapped has one, and so has the private memory of each process, part by part. Regions show pages of it to a process.
//
//   fcm-shared.ts       one lock, one hash of page descriptors
//   fcm-distributed.ts  a DHash: a CPU that comes to a page again uses memory of its own
//   fcm-partitioned.ts  page descriptors divided among CPUs by the page's number
//
// Four protocols run on a page, all under its descriptor's lock:
//
//   map, unmap   `mapPage` maps while it has the lock, and who takes a page away unmaps it everywhere meanwhile. So no mapping of a page outlives it.
//   filling      who finds a page absent lets the FR (fr.ts) provide it; who comes meanwhile waits for the lock. There is no slower device than memory, so
//                nobody sleeps for a page.
//   reclaiming   a page that can be made again is clean until it is first written; clean pages are mapped without the right to write.
//   fork         parent and child have an FCM each, and share frames until one of them writes. Who else has a frame is known by the frame's count of
//                references (guest/lib/page-frames.ts): no tree of parents has to be walked at a fault, or collapsed when one ends.
//
// The descriptor has the page's reference to its frame, and mappings have none: another CPU that maps a page which is there does not touch the count.
//
// An FCM lives as long as somebody holds it: who made it, Regions that are attached, and files. All methods answer DEAD where there is no such object.
import { arrive, depart, isRefused, refusal, repOf } from '../cobj/trampoline';
import { Rep } from '../cobj/rep';

/** More pages than anything has: the limit of an FCM that has none. */
export const NO_LIMIT: i32 = i32.MAX_VALUE;

export abstract class FCM extends Rep {
  /**
   * Makes a page accessible at an address of the HAT `hat`, on this CPU: 0, -ENOMEM, or -EFAULT behind the end. `rights`: PTE_* that the Region
   * gives; what is mapped may have fewer, and a write then faults again. `write`: the access that is waited for; `rights` has PTE_WRITE then.
   */
  mapPage(hat: usize, address: usize, page: i32, rights: u32, write: bool): i32 {
    const visit = arrive(this);
    return isRefused(visit)
      ? refusal(visit)
      : depart(visit, repOf<FCM>(visit).mapPage(hat, address, page, rights, write));
  }

  /** The frame of a page with a reference for the caller, who reads it, or writes it as well; or -ENOMEM, or -EFAULT behind the end. */
  pageOf(page: i32, write: bool): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FCM>(visit).pageOf(page, write));
  }

  /** Copies bytes of one page to an address in the kernel: 0, or an error as `pageOf`. */
  readPage(page: i32, offset: usize, to: usize, bytes: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FCM>(visit).readPage(page, offset, to, bytes));
  }

  /** Makes the bytes of a page zero from an offset on: 0 or -ENOMEM. */
  clearPage(page: i32, offset: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FCM>(visit).clearPage(page, offset));
  }

  /** Pages are shown by a Region from now on, and held by it. It is asked to unmap pages (`Region.unmapPage`) until it is detached. */
  attachRegion(region: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FCM>(visit).attachRegion(region));
  }

  /** No page is mapped by the Region any more. */
  detachRegion(region: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FCM>(visit).detachRegion(region));
  }

  /** Somebody more keeps it alive. */
  hold(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FCM>(visit).hold());
  }

  /** The last one to let go ends it: frames are given back, then it is no more. */
  letGo(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FCM>(visit).letGo());
  }

  /**
   * A copy whose pages are shared with this one until either writes to them, for the PM `pm`: its COID, held by the caller; 0 without memory. What Regions
   * have mapped of this one becomes read-only before it returns.
   */
  fork(pm: usize): usize {
    const visit = arrive(this);
    return isRefused(visit) ? 0 : depart(visit, repOf<FCM>(visit).fork(pm));
  }

  /** Nothing shows some pages any more, and nothing will: private memory that was unmapped in part. */
  discard(first: i32, pages: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FCM>(visit).discard(first, pages));
  }

  /** It has so many pages from now on. Those behind are unmapped everywhere, and given back. */
  truncate(pages: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<FCM>(visit).truncate(pages));
  }

  /** Gives back frames of pages that can be made again, `most` at most; returns how many. Never waits for a descriptor's lock, as its caller may have some. */
  reclaimPages(most: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? 0 : depart(visit, repOf<FCM>(visit).reclaimPages(most));
  }

  /** How many pages are there. It may be old, as other CPUs go on. */
  countPages(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? 0 : depart(visit, repOf<FCM>(visit).countPages());
  }
}
