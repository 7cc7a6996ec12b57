// The Global PM whose CPUs share nothing as long as they take and give about the same number of frames.
//
//             Root: overflow list with its lock
//            /              |              \
//        Rep of CPU 0   Rep of CPU 1   Rep of CPU 2
//        free frames    free frames    free frames        of bounded length
//        FCMs, PMs      FCMs, PMs      FCMs, PMs           each at home where it was made
//
// A Rep whose list is empty takes a page full of frames from the overflow list, or a run from the kit's allocator. One whose list is too long gives a page to
// the overflow list: so frames that are freed elsewhere than they are needed wander. Where there is nothing at all, the Reps' lists are emptied, then FCMs and
// PMs are asked, those of this CPU's Rep first.
import { coreId } from '../../lib/machine';
import { dropReference, memoryIsShort } from '../../lib/page-frames';
import { PerCpuRoot } from '../cobj/cluster-root';
import { Rep } from '../cobj/rep';
import { homeOf } from '../cobj/translation';
import { acquireOne, releaseOne } from '../lock';
import { Clients } from './clients';
import { FrameList } from './frame-list';
import { drain, newFrameList, refill } from './frame-source';
import { GlobalPM } from './global-pm';
import { NAME_GLOBAL_PM, nameCoid, nameObject } from './names';
import { RECLAIMED_AT_ONCE } from './pm';

/** Full pages of frames that a Rep keeps. */
const MOST_PAGES: i32 = 4;

class GlobalPmRoot extends PerCpuRoot {
  private overflowLock: u32 = 0;
  private readonly overflow: FrameList = newFrameList();

  override createRep(cpu: i32): Rep {
    return new GlobalPmDistributed();
  }

  @inline
  repOf(cpu: i32): GlobalPmDistributed | null {
    return changetype<GlobalPmDistributed | null>(this.repAt(cpu));
  }

  /** The Rep of a CPU, which is made if it has none yet. */
  homeRep(coid: usize): GlobalPmDistributed {
    const cpu = homeOf(coid);
    let rep = this.repOf(cpu);
    if (rep) return rep;
    this.lock();
    rep = changetype<GlobalPmDistributed>(this.repFor(cpu));
    this.unlock();
    return rep;
  }

  /** Puts frames into a Rep's list, which the caller has locked: whether there are any. */
  refill(list: FrameList): bool {
    acquireOne(this.overflowAt);
    const page = this.overflow.takeFull();
    const frame = page == 0 ? this.overflow.pop() : 0;
    releaseOne(this.overflowAt);
    if (page != 0) list.putFull(page);
    if (frame != 0) list.push(frame);
    return page != 0 || frame != 0 || refill(list);
  }

  /** Takes a page full of frames over; back to the kit's allocator where that is short of memory. */
  takeOver(page: usize): void {
    acquireOne(this.overflowAt);
    this.overflow.putFull(page);
    if (memoryIsShort()) drain(this.overflow);
    releaseOne(this.overflowAt);
  }

  drainAll(): i32 {
    acquireOne(this.overflowAt);
    let count = drain(this.overflow);
    releaseOne(this.overflowAt);
    for (let cpu = 0; cpu < this.clusters; cpu++) {
      const rep = this.repOf(cpu);
      if (rep) count += rep.drain();
    }
    return count;
  }

  /** Lets the FCMs and PMs of all Reps give frames back, those of a CPU's own first: how many they have. */
  reclaimFrom(cpu: i32, frames: i32): i32 {
    let freed = 0;
    for (let i = 0; i < this.clusters && freed < frames; i++) {
      const rep = this.repOf((cpu + i) % this.clusters);
      if (rep) freed += rep.clients.reclaim(frames - freed);
    }
    return freed;
  }

  @inline
  private get overflowAt(): usize {
    return changetype<usize>(this) + offsetof<GlobalPmRoot>('overflowLock');
  }
}

class GlobalPmDistributed extends GlobalPM {
  private lockWord: u32 = 0;
  /** How many references FCMs have got here, less those that have been dropped here. */
  private count: i32 = 0;
  private readonly free: FrameList = newFrameList();
  readonly clients: Clients = new Clients(changetype<usize>(this) + offsetof<GlobalPmDistributed>('lockWord'));

  constructor() {
    super();
    nameObject(NAME_GLOBAL_PM, this);
  }

  @inline
  private get globalRoot(): GlobalPmRoot {
    return changetype<GlobalPmRoot>(this.root);
  }

  override takeFrame(): usize {
    const frame = this.takeFree();
    return frame != 0 ? frame : this.takeReclaimed();
  }

  private takeFree(): usize {
    this.lock();
    let frame = this.free.pop();
    if (frame == 0 && this.globalRoot.refill(this.free)) frame = this.free.pop();
    if (frame != 0) this.count++;
    this.unlock();
    return frame;
  }

  /** Where there is nothing: what other CPUs keep, then what FCMs can do without. */
  private takeReclaimed(): usize {
    const root = this.globalRoot;
    do {
      root.drainAll();
      const frame = this.takeFree();
      if (frame != 0) return frame;
    } while (root.reclaimFrom(coreId(), RECLAIMED_AT_ONCE) > 0);
    return 0;
  }

  override giveFrame(frame: usize): i32 {
    const isFree = dropReference(frame);
    let surplus: usize = 0;
    this.lock();
    this.count--;
    if (isFree) this.free.push(frame);
    if (this.free.full > MOST_PAGES) surplus = this.free.takeFull();
    this.unlock();
    if (surplus != 0) this.globalRoot.takeOver(surplus);
    return 0;
  }

  override countFrames(count: i32): i32 {
    this.lock();
    this.count += count;
    this.unlock();
    return 0;
  }

  override frames(): i32 {
    const root = this.globalRoot;
    let sum = 0;
    for (let cpu = 0; cpu < root.clusters; cpu++) {
      const rep = root.repOf(cpu);
      if (rep) sum += rep.count;
    }
    return sum;
  }

  override attachFcm(fcm: usize): i32 {
    this.globalRoot.homeRep(fcm).clients.addFcm(fcm);
    return 0;
  }

  override detachFcm(fcm: usize): i32 {
    this.globalRoot.homeRep(fcm).clients.removeFcm(fcm);
    return 0;
  }

  override attachPm(pm: usize): i32 {
    this.globalRoot.homeRep(pm).clients.addPm(pm);
    return 0;
  }

  override detachPm(pm: usize): i32 {
    this.globalRoot.homeRep(pm).clients.removePm(pm);
    return 0;
  }

  override reclaimFrames(frames: i32): i32 {
    return this.globalRoot.reclaimFrom(coreId(), frames);
  }

  override giveAllBack(): i32 {
    return this.globalRoot.drainAll();
  }

  drain(): i32 {
    this.lock();
    const count = drain(this.free);
    this.unlock();
    return count;
  }

  private lock(): void {
    acquireOne(changetype<usize>(this) + offsetof<GlobalPmDistributed>('lockWord'));
  }

  private unlock(): void {
    releaseOne(changetype<usize>(this) + offsetof<GlobalPmDistributed>('lockWord'));
  }
}

/** A new object. */
export function newGlobalPmDistributed(): usize {
  return nameCoid(NAME_GLOBAL_PM, new GlobalPmRoot().coid);
}
