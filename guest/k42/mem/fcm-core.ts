// What all FCMs have in common: a page at a time (fcm-pages.ts), what is done with many pages, and who uses the FCM. They differ in where descriptors are
// (page-set.ts), and in what a CPU does before it asks for one.
import { release } from '../../lib/objects';
import { frameReferences, shareFrame } from '../../lib/page-frames';
import { drefAny } from '../cobj/present-rep';
import { dref } from '../cobj/rep';
import { NO_LIMIT } from './fcm';
import { FCMPages } from './fcm-pages';
import { FR } from './fr';
import { NAME_FCM, nameCoid, nameObject } from './names';
import { PAGE_COPY_ON_WRITE, PAGE_DIRTY, PAGE_MAPPED } from './page-descriptor';
import { PageSet } from './page-set';
import { PM } from './pm';

export class FCMCore extends FCMPages {
  private holders: i32 = 1;
  coid: usize = 0;

  /** Held by whoever makes it. */
  constructor(
    /** FCM_*: fcm-family.ts. */
    readonly kind: i32,
    pages: PageSet,
    fr: usize,
    pm: usize,
    limit: i32,
  ) {
    super(pages, fr, pm, limit);
    nameObject(NAME_FCM, this);
    dref<FR>(fr).hold();
  }

  /** With its COID it is known: the PM may ask it for frames. */
  begin(coid: usize): void {
    this.coid = nameCoid(NAME_FCM, coid);
    dref<PM>(this.pm).attachFcm(coid);
  }

  // --- all pages

  /** Keeps its pages in another set from now on, which is new and empty, unless there is no memory. Nobody is in the FCM meanwhile. */
  keepIn(next: PageSet | null): void {
    if (next === null) return;
    const before = this.pages;
    const isComplete = copyPages(before, next);
    if (isComplete) this.pages = next;
    const done = isComplete ? before : next;
    done.destroy();
  }

  /** FCM.fork: shares the pages with an FCM that is new and empty. False without memory, when it has some of them. */
  sharePages(copy: FCMCore): bool {
    const pages = this.pages;
    let shared = 0;
    let complete = true;
    pages.startScan(true);
    let data = pages.nextAndLock(-1, true);
    while (data) {
      const page = data.page;
      const twin = complete && data.state != 0 ? copy.pages.findOrAllocateAndLock(page) : null;
      if (twin) {
        pages.withdraw(data);
        shareFrame(data.frame);
        data.state |= PAGE_COPY_ON_WRITE;
        twin.state = data.state & ~PAGE_MAPPED;
        copy.pages.unlock(twin);
        shared++;
      } else if (data.state != 0) {
        complete = false;
      }
      pages.unlock(data);
      data = pages.nextAndLock(page, true);
    }
    pages.endScan();
    dref<PM>(copy.pm).countFrames(shared);
    this.regions.writeProtect();
    return complete;
  }

  /** FCM.truncate. */
  truncate(pages: i32): i32 {
    const before = this.length;
    // First, so that no page comes behind the end that is not seen here.
    atomic.store<i32>(this.limitAt, pages);
    if (pages < before) this.dropRange(pages, NO_LIMIT);
    return dref<FR>(this.fr).truncate(pages);
  }

  /** FCM.discard. */
  discard(first: i32, pages: i32): i32 {
    if (pages > this.pages.span) {
      this.dropRange(first, first + pages);
      return 0;
    }
    for (let page = first; page < first + pages; page++) {
      const data = this.pages.findAndLock(page);
      if (data) this.drop(data);
    }
    return 0;
  }

  /** FCM.countPages. */
  countPages(): i32 {
    this.pages.startScan(true);
    const count = this.pages.count;
    this.pages.endScan();
    return count;
  }

  private dropRange(first: i32, end: i32): void {
    const pages = this.pages;
    pages.startScan(true);
    let data = pages.nextAndLock(-1, true);
    while (data) {
      const page = data.page;
      if (page >= first && page < end) this.drop(data);
      else pages.unlock(data);
      data = pages.nextAndLock(page, true);
    }
    pages.endScan();
  }

  /** FCM.reclaimPages. */
  reclaimPages(most: i32): i32 {
    const pages = this.pages;
    let freed = 0;
    if (!pages.startScan(false)) return 0;
    let data = pages.nextAndLock(-1, false);
    while (data) {
      const page = data.page;
      if (data.state != 0 && (data.state & PAGE_DIRTY) == 0) {
        if (frameReferences(data.frame) == 1) freed++;
        this.drop(data);
      } else {
        pages.unlock(data);
      }
      data = freed < most ? pages.nextAndLock(page, false) : null;
    }
    pages.endScan();
    return freed;
  }

  // --- who uses it

  attachRegion(region: usize): i32 {
    this.regions.add(region);
    return this.hold();
  }

  /** Whoever detaches the Region lets go for it afterwards. */
  detachRegion(region: usize): void {
    this.regions.remove(region);
  }

  hold(): i32 {
    atomic.add<i32>(changetype<usize>(this) + offsetof<FCMCore>('holders'), 1);
    return 0;
  }

  /** Whether nobody holds it any more. */
  letGo(): bool {
    return atomic.sub<i32>(changetype<usize>(this) + offsetof<FCMCore>('holders'), 1) == 1;
  }

  /** Gives everything back but its own memory, which a PM that asks for frames may still be looking at. */
  end(): void {
    drefAny<PM>(this.pm).detachFcm(this.coid);
    this.dropRange(0, NO_LIMIT);
    dref<FR>(this.fr).letGo();
  }

  /** When nobody can be looking at it. */
  destroy(): void {
    this.pages.destroy();
    release(this.regions);
    release(this);
  }
}

/** Puts descriptors of all pages of a set into another one: false without memory, when it has some of them. */
function copyPages(from: PageSet, to: PageSet): bool {
  let isComplete = true;
  from.startScan(true);
  let data = from.nextAndLock(-1, true);
  while (data) {
    const page = data.page;
    const twin = to.findOrAllocateAndLock(page);
    if (twin) {
      twin.state = data.state;
      to.unlock(twin);
    }
    from.unlock(data);
    isComplete = twin !== null;
    data = isComplete ? from.nextAndLock(page, true) : null;
  }
  from.endScan();
  return isComplete;
}
