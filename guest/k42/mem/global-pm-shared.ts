// The Global PM with one Rep: a list of free frames, and hashes of FCMs and PMs, all under one lock.
import { dropReference } from '../../lib/page-frames';
import { SingleRepRoot } from '../cobj/single-rep-root';
import { acquireOne, releaseOne } from '../lock';
import { Clients } from './clients';
import { FrameList } from './frame-list';
import { drain, newFrameList, refill } from './frame-source';
import { GlobalPM } from './global-pm';
import { NAME_GLOBAL_PM, nameCoid, nameObject } from './names';
import { RECLAIMED_AT_ONCE } from './pm';

class GlobalPmShared extends GlobalPM {
  private lockWord: u32 = 0;
  /** How many references FCMs have that belong to no process. */
  private count: i32 = 0;
  private readonly free: FrameList = newFrameList();
  private readonly clients: Clients = new Clients(changetype<usize>(this) + offsetof<GlobalPmShared>('lockWord'));

  constructor() {
    super();
    nameObject(NAME_GLOBAL_PM, this);
  }

  override takeFrame(): usize {
    do {
      this.lock();
      let frame = this.free.pop();
      if (frame == 0 && refill(this.free)) frame = this.free.pop();
      if (frame != 0) this.count++;
      this.unlock();
      if (frame != 0) return frame;
    } while (this.clients.reclaim(RECLAIMED_AT_ONCE) > 0);
    return 0;
  }

  override giveFrame(frame: usize): i32 {
    const isFree = dropReference(frame);
    this.lock();
    if (isFree) this.free.push(frame);
    this.count--;
    this.unlock();
    return 0;
  }

  override countFrames(count: i32): i32 {
    this.lock();
    this.count += count;
    this.unlock();
    return 0;
  }

  override frames(): i32 {
    return this.count;
  }

  override attachFcm(fcm: usize): i32 {
    this.clients.addFcm(fcm);
    return 0;
  }

  override detachFcm(fcm: usize): i32 {
    this.clients.removeFcm(fcm);
    return 0;
  }

  override attachPm(pm: usize): i32 {
    this.clients.addPm(pm);
    return 0;
  }

  override detachPm(pm: usize): i32 {
    this.clients.removePm(pm);
    return 0;
  }

  override reclaimFrames(frames: i32): i32 {
    return this.clients.reclaim(frames);
  }

  override giveAllBack(): i32 {
    this.lock();
    const given = drain(this.free);
    this.unlock();
    return given;
  }

  private lock(): void {
    acquireOne(changetype<usize>(this) + offsetof<GlobalPmShared>('lockWord'));
  }

  private unlock(): void {
    releaseOne(changetype<usize>(this) + offsetof<GlobalPmShared>('lockWord'));
  }
}

/** A new object. */
export function newGlobalPmShared(): usize {
  return nameCoid(NAME_GLOBAL_PM, new SingleRepRoot(new GlobalPmShared()).coid);
}
