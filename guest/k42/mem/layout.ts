// The layout of an address space: which Regions a process has, and all that changes it. The same for both implementations of Process, which differ in how a
// fault finds its Region.
//
// One change at a time has the layout's lock, so the list is read without its own lock here. Faults do not wait for it: they find a Region in the list as
// it is, and try again where that has been stopped. Before a Region is changed it is stopped, and before it is gone it is taken out of the list.
import { release } from '../../lib/objects';
import { EACCES, EINVAL, ENOMEM, PROT_WRITE } from '../../posix/abi';
import { drefAny } from '../cobj/present-rep';
import { dref } from '../cobj/rep';
import { Lockable } from '../lock';
import { newRegion } from './families';
import { FCM } from './fcm';
import { memoryStaysShort } from './global-pm';
import { HAT } from './hat';
import { MasterList, nextOf } from './master-list';
import { PM } from './pm';
import { ANYWHERE, REGION_KEEPS_OTHERS, REGION_READ_ONLY, REGION_SHARED } from './process';
import { Region } from './region';
import { MasterElement } from './region-list';

/** Regions of one process. */
const MOST_REGIONS: i32 = 4096;

export class Layout extends Lockable {
  /** Whose it is. */
  process: usize = 0;

  /** `hat`, `pm`: COIDs. They end with it. */
  constructor(
    public regions: MasterList,
    readonly hat: usize,
    readonly pm: usize,
  ) {
    super();
  }

  // --- Process's methods

  map(address: usize, bytes: usize, protection: i32, kind: i32, fcm: usize, firstPage: i32): i32 {
    this.lock();
    let answer = -ENOMEM;
    if ((kind & REGION_KEEPS_OTHERS) != 0 && !this.isFree(address, address + bytes)) {
      answer = -EINVAL;
    } else if (this.hasRoom()) {
      let start = address;
      if (address == ANYWHERE) start = this.regions.list.findFree(bytes);
      else this.remove(start, start + bytes);
      if (start != 0 || address == 0) {
        const region = newRegion(start, start + bytes, protection, kind, this.hat, fcm, firstPage);
        this.regions.insert(new MasterElement(start, start + bytes, region, kind, fcm));
        answer = <i32>start;
      }
    }
    this.unlock();
    return answer;
  }

  unmap(start: usize, end: usize): i32 {
    this.lock();
    const possible = this.mayCut(start, end);
    if (possible) this.remove(start, end);
    this.unlock();
    return possible ? 0 : -ENOMEM;
  }

  protect(start: usize, end: usize, protection: i32): i32 {
    this.lock();
    const error = this.mayCut(start, end) ? this.mayProtect(start, end, protection) : -ENOMEM;
    if (error == 0) {
      this.cut(start);
      this.cut(end);
      let element = this.regions.from(start);
      while (element && element.start < end) {
        const region = element.region;
        dref<Region>(region).stop();
        dref<Region>(region).protect(protection);
        dref<Region>(region).resume();
        element = nextOf(element);
      }
    }
    this.unlock();
    return error;
  }

  extend(from: usize, to: usize): i32 {
    this.lock();
    let error = -EINVAL;
    const element = from > 0 ? this.regions.at(from - 1) : null;
    if (element && element.end == from && this.isFree(from, to)) {
      error = dref<Region>(element.region).grow(to);
      if (error == 0) this.regions.setEnd(element, to);
    }
    this.unlock();
    return error;
  }

  isShared(address: usize): bool {
    this.lock();
    const element = this.regions.at(address);
    const answer = element !== null && (element.kind & REGION_SHARED) != 0;
    this.unlock();
    return answer;
  }

  /** Ends all that the process has. Nobody runs in it. The CPU on which it ends may have no Reps of its objects, and gets none for it. */
  destroy(): void {
    drefAny<HAT>(this.hat).leave();
    let element = this.regions.first;
    while (element) {
      this.detach(element);
      element = this.regions.first;
    }
    drefAny<HAT>(this.hat).destroy();
    drefAny<PM>(this.pm).destroy();
  }

  /** Keeps its Regions in a list of another kind from now on. Nobody uses it meanwhile. */
  changeList(regions: MasterList): void {
    regions.takeOver(this.regions);
    this.regions = regions;
  }

  /** When nobody can look at it any more. */
  end(): void {
    release(this.regions.list);
    release(this.regions);
    release(this);
  }

  // --- its parts; with the lock

  private hasRoom(): bool {
    return this.regions.list.length + 3 <= MOST_REGIONS && !memoryStaysShort();
  }

  private isFree(start: usize, end: usize): bool {
    const next = this.regions.from(start);
    return next === null || next.start >= end;
  }

  /** Whether both ends of a range can be cut. */
  private mayCut(start: usize, end: usize): bool {
    const list = this.regions.list;
    return this.hasRoom() || (!list.reachesAcross(start) && !list.reachesAcross(end));
  }

  /** All of it must be mapped, and allow these rights. */
  private mayProtect(start: usize, end: usize, protection: i32): i32 {
    let at = start;
    let element = this.regions.at(start);
    while (element && at < end) {
      if (element.start > at) return -ENOMEM;
      if ((element.kind & REGION_READ_ONLY) != 0 && (protection & PROT_WRITE) != 0) return -EACCES;
      at = element.end;
      element = nextOf(element);
    }
    return at < end ? -ENOMEM : 0;
  }

  /** Lets no Region reach across an address. */
  private cut(address: usize): void {
    const element = this.regions.at(address);
    if (element === null || element.start == address) return;
    const region = element.region;
    const end = element.end;
    dref<Region>(region).stop();
    const rest = new MasterElement(address, end, dref<Region>(region).split(address), element.kind, element.fcm);
    element.isPart = true;
    rest.isPart = true;
    this.regions.setEnd(element, address);
    this.regions.insert(rest);
    dref<Region>(region).resume();
  }

  /** Detaches all between two addresses. */
  private remove(start: usize, end: usize): void {
    this.cut(start);
    this.cut(end);
    let element = this.regions.from(start);
    while (element && element.start < end) {
      const next = nextOf(element);
      this.detach(element);
      element = next;
    }
  }

  private detach(element: MasterElement): void {
    const region = element.region;
    drefAny<Region>(region).stop();
    this.regions.remove(element);
    drefAny<Region>(region).destroy();
  }

  // --- fork

  /** Lets an empty layout have what this one has, private pages as copies: 0 or -ENOMEM, when it has only some of them. */
  forkTo(child: Layout): i32 {
    this.lock();
    this.stopPrivate();
    let error = 0;
    let element = this.regions.first;
    while (element && error == 0) {
      error = this.copyTo(child, element);
      element = nextOf(element);
    }
    this.resumePrivate();
    this.unlock();
    return error;
  }

  /** So that nobody writes to a page between the copy of its FCM and the loss of the right to write. */
  private stopPrivate(): void {
    let element = this.regions.first;
    while (element) {
      if ((element.kind & REGION_SHARED) == 0) dref<Region>(element.region).stop();
      element = nextOf(element);
    }
  }

  private resumePrivate(): void {
    let element = this.regions.first;
    while (element) {
      if ((element.kind & REGION_SHARED) == 0) dref<Region>(element.region).resume();
      element = nextOf(element);
    }
  }

  private copyTo(child: Layout, element: MasterElement): i32 {
    if (memoryStaysShort()) return -ENOMEM;
    const isShared = (element.kind & REGION_SHARED) != 0;
    let fcm = isShared ? element.fcm : this.twinOf(child, element);
    const isNew = fcm == 0;
    if (isNew) fcm = dref<FCM>(element.fcm).fork(child.pm);
    if (fcm == 0) return -ENOMEM;
    const region = dref<Region>(element.region).copy(child.hat, fcm);
    if (isNew) dref<FCM>(fcm).letGo();
    const twin = new MasterElement(element.start, element.end, region, element.kind, fcm);
    twin.isPart = element.isPart;
    child.regions.insert(twin);
    return 0;
  }

  /** The copy of an element's FCM, where another part of what was one Region has been copied before; else 0. */
  private twinOf(child: Layout, element: MasterElement): usize {
    if (!element.isPart) return 0;
    let other = this.regions.first;
    let twin = child.regions.first;
    while (twin && other && other !== element) {
      if (other.fcm == element.fcm) return twin.fcm;
      other = nextOf(other);
      twin = nextOf(twin);
    }
    return 0;
  }
}
