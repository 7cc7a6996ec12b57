// What an FCM does with one page, whose descriptor is locked: provide it, map it, read it, copy it before a write, take it away. What it does with many, and who
// uses it, is in fcm-core.ts.
//
// Locks, from the outside: a page's descriptor; the list of Regions. With a descriptor locked another FCM's may be waited for that private memory is a copy of
// (fr-copy.ts), or that a fork has just made.
import { copyAhead } from '../../lib/copy';
import { PTE_WRITE } from '../../lib/machine-constants';
import { frameAddress, frameReferences, releaseFrame, shareFrame } from '../../lib/page-frames';
import { PAGE_BYTES } from '../../lib/page-table';
import { EFAULT, ENOMEM } from '../../posix/abi';
import { dref } from '../cobj/rep';
import { Attachments } from './attachments';
import { FR } from './fr';
import { HAT } from './hat';
import { PAGE_COPY_ON_WRITE, PAGE_DIRTY, PAGE_FRAME, PAGE_MAPPED, PageDescriptor } from './page-descriptor';
import { PageSet } from './page-set';
import { PM } from './pm';

export abstract class FCMPages {
  protected readonly regions: Attachments = new Attachments();

  constructor(
    public pages: PageSet,
    readonly fr: usize,
    readonly pm: usize,
    /** Pages from here on are behind the end. */
    private limit: i32,
  ) {}

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

  /**
   * Puts a frame of its own in the place of one that others have, too. First it is unmapped: while a fork goes on, CPUs may still write to pages that it has
   * passed, until it takes the right to write from all.
   */
  private copy(data: PageDescriptor): i32 {
    const frame = dref<PM>(this.pm).takeFrame();
    if (frame == 0) return -ENOMEM;
    const old = data.frame;
    this.pages.withdraw(data);
    if ((data.state & PAGE_MAPPED) != 0) this.regions.unmapPage(data.page);
    copyAhead(frameAddress(frame), frameAddress(old), PAGE_BYTES);
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
  protected drop(data: PageDescriptor): void {
    this.pages.withdraw(data);
    if ((data.state & PAGE_MAPPED) != 0) this.regions.unmapPage(data.page);
    if (data.state != 0) dref<PM>(this.pm).giveFrame(data.frame);
    data.state = 0;
    this.pages.emptyData(data);
  }

  /** How many pages it may have. */
  get length(): i32 {
    return atomic.load<i32>(this.limitAt);
  }

  protected get limitAt(): usize {
    return changetype<usize>(this) + offsetof<FCMPages>('limit');
  }
}
