// What all FCMs have in common: what is done with a page whose descriptor is locked. They differ in where descriptors are (page-set.ts), and in what a CPU
// does before it asks for one.
//
// Locks, from the outside: a page's descriptor; the list of Regions. With a descriptor locked another FCM's may be waited for that private memory is a copy of
// (fr-copy.ts), or that a fork has just made.
import { copyAhead } from '../../lib/copy';
import { PTE_WRITE } from '../../lib/machine-constants';
import { release } from '../../lib/objects';
import { frameAddress, frameReferences, releaseFrame, shareFrame } from '../../lib/page-frames';
import { PAGE_BYTES } from '../../lib/page-table';
import { EFAULT, ENOMEM } from '../../posix/abi';
import { dref } from '../cobj/rep';
import { Attachments } from './attachments';
import { NO_LIMIT } from './fcm';
import { FR } from './fr';
import { HAT } from './hat';
import { NAME_FCM, nameCoid, nameObject } from './names';
import { PAGE_COPY_ON_WRITE, PAGE_DIRTY, PAGE_FRAME, PAGE_MAPPED, PageDescriptor } from './page-descriptor';
import { PageSet } from './page-set';
import { PM } from './pm';

export class FCMCore {
  private readonly regions: Attachments = new Attachments();
  private holders: i32 = 1;
  /** Pages from here on are behind the end. */
  private limit: i32;
  coid: usize = 0;

  /** Held by whoever makes it. */
  constructor(
    /** FCM_*: fcm-family.ts. */
    readonly kind: i32,
    readonly pages: PageSet,
    readonly fr: usize,
    readonly pm: usize,
    limit: i32,
  ) {
    nameObject(NAME_FCM, this);
    this.limit = limit;
    dref<FR>(fr).hold();
  }

  /** With its COID it is known: the PM may ask it for frames. */
  begin(coid: usize): void {
    this.coid = nameCoid(NAME_FCM, coid);
    dref<PM>(this.pm).attachFcm(coid);
  }

  // --- one page

  /** FCM.mapPage, by the descriptor. */
  mapPage(hat: usize, address: usize, page: i32, rights: u32, write: bool): i32 {
    const data = this.pages.findOrAllocateAndLock(page);
    if (data === null) return -ENOMEM;
    const error = this.ready(data, write);
    if (error != 0) return this.refuse(data, error);
    const answer = this.show(data, hat, address, rights);
    this.pages.unlock(data);
    return answer;
  }

  /** Maps a page that is ready. */
  @inline
  show(data: PageDescriptor, hat: usize, address: usize, rights: u32): i32 {
    data.state |= PAGE_MAPPED;
    return dref<HAT>(hat).mapPage(address, data.frame, data.isWritable ? rights : rights & ~PTE_WRITE);
  }

  /** FCM.pageOf. */
  pageOf(page: i32, write: bool): i32 {
    const data = this.pages.findOrAllocateAndLock(page);
    if (data === null) return -ENOMEM;
    const error = this.ready(data, write);
    if (error != 0) return this.refuse(data, error);
    const frame = data.frame;
    shareFrame(frame);
    this.pages.unlock(data);
    return <i32>frame;
  }

  /** FCM.readPage. Pages that would be zero are not made for it. */
  readPage(page: i32, offset: usize, to: usize, bytes: usize): i32 {
    let data = this.pages.findAndLock(page);
    if (data === null) {
      if (page >= this.length) return -EFAULT;
      if (dref<FR>(this.fr).isZero(page) == 1) {
        memory.fill(to, 0, bytes);
        return 0;
      }
      data = this.pages.findOrAllocateAndLock(page);
      if (data === null) return this.readUncached(page, offset, to, bytes);
      const error = this.ready(data, false);
      if (error != 0) return this.refuse(data, error);
    }
    const frame = data.frame;
    shareFrame(frame);
    this.pages.unlock(data);
    copyAhead(to, frameAddress(frame) + offset, bytes);
    releaseFrame(frame);
    return 0;
  }

  /** A file that is in RAM can be read also when there is no memory for a descriptor. */
  private readUncached(page: i32, offset: usize, to: usize, bytes: usize): i32 {
    const provided = dref<FR>(this.fr).provide(page, this.pm);
    if (provided < 0) return provided;
    const frame = <usize>provided & PAGE_FRAME;
    copyAhead(to, frameAddress(frame) + offset, bytes);
    dref<PM>(this.pm).giveFrame(frame);
    return 0;
  }

  /** FCM.clearPage. */
  clearPage(page: i32, offset: usize): i32 {
    if (this.isHole(page)) return 0;
    const frame = this.pageOf(page, true);
    if (frame < 0) return frame;
    memory.fill(frameAddress(frame) + offset, 0, PAGE_BYTES - offset);
    releaseFrame(frame);
    return 0;
  }

  /** Whether a page is absent, and would be zero. */
  private isHole(page: i32): bool {
    const data = this.pages.findAndLock(page);
    if (data === null) return dref<FR>(this.fr).isZero(page) == 1;
    this.pages.unlock(data);
    return false;
  }

  /** Lets a page that is locked be there, and be writable if it is to be written: 0, -ENOMEM, or -EFAULT behind the end. */
  ready(data: PageDescriptor, write: bool): i32 {
    if (data.state == 0) {
      if (data.page >= this.length) return -EFAULT;
      const provided = dref<FR>(this.fr).provide(data.page, this.pm);
      if (provided < 0) return provided;
      data.state = provided;
    }
    if (!write || data.isWritable) return 0;
    if ((data.state & PAGE_COPY_ON_WRITE) != 0 && frameReferences(data.frame) > 1) return this.copy(data);
    data.state = (data.state & ~PAGE_COPY_ON_WRITE) | PAGE_DIRTY;
    return 0;
  }

  /** Puts a frame of its own in the place of one that others have, too. Nobody writes to that one. */
  private copy(data: PageDescriptor): i32 {
    const frame = dref<PM>(this.pm).takeFrame();
    if (frame == 0) return -ENOMEM;
    const old = data.frame;
    copyAhead(frameAddress(frame), frameAddress(old), PAGE_BYTES);
    this.pages.withdraw(data);
    if ((data.state & PAGE_MAPPED) != 0) this.regions.unmapPage(data.page);
    data.state = <u32>frame | PAGE_DIRTY;
    dref<PM>(this.pm).giveFrame(old);
    return 0;
  }

  /** Unlocks a page that could not be made ready, and is still absent if it was. */
  refuse(data: PageDescriptor, error: i32): i32 {
    if (data.state == 0) this.pages.emptyData(data);
    else this.pages.unlock(data);
    return error;
  }

  /** Takes a page that is locked from all who have it mapped, and deletes it. */
  private drop(data: PageDescriptor): void {
    this.pages.withdraw(data);
    if ((data.state & PAGE_MAPPED) != 0) this.regions.unmapPage(data.page);
    if (data.state != 0) dref<PM>(this.pm).giveFrame(data.frame);
    data.state = 0;
    this.pages.emptyData(data);
  }

  // --- all pages

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
    dref<PM>(this.pm).detachFcm(this.coid);
    this.dropRange(0, NO_LIMIT);
    dref<FR>(this.fr).letGo();
  }

  /** When nobody can be looking at it. */
  destroy(): void {
    this.pages.destroy();
    release(this.regions);
    release(this);
  }

  /** How many pages it may have. */
  get length(): i32 {
    return atomic.load<i32>(this.limitAt);
  }

  private get limitAt(): usize {
    return changetype<usize>(this) + offsetof<FCMCore>('limit');
  }
}
