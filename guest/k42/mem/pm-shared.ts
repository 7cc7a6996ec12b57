// A process's PM with one Rep, and one lock.
import { dref } from '../cobj/rep';
import { destroy } from '../cobj/destruction';
import { SingleRepRoot } from '../cobj/single-rep-root';
import { acquireOne, releaseOne } from '../lock';
import { Clients } from './clients';
import { GlobalPM, globalPm } from './global-pm';
import { NAME_PM, nameCoid, nameObject } from './names';
import { PM } from './pm';

class PmShared extends PM {
  private lockWord: u32 = 0;
  private count: i32 = 0;
  private readonly clients: Clients = new Clients(changetype<usize>(this) + offsetof<PmShared>('lockWord'));

  constructor() {
    super();
    nameObject(NAME_PM, this);
  }

  override takeFrame(): usize {
    const frame = dref<PM>(globalPm()).takeFrame();
    if (frame != 0) this.add(1);
    return frame;
  }

  override giveFrame(frame: usize): i32 {
    this.add(-1);
    return dref<PM>(globalPm()).giveFrame(frame);
  }

  override countFrames(count: i32): i32 {
    this.add(count);
    return dref<PM>(globalPm()).countFrames(count);
  }

  private add(count: i32): void {
    acquireOne(changetype<usize>(this) + offsetof<PmShared>('lockWord'));
    this.count += count;
    releaseOne(changetype<usize>(this) + offsetof<PmShared>('lockWord'));
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

  override reclaimFrames(frames: i32): i32 {
    return this.clients.reclaim(frames);
  }

  override destroy(): i32 {
    dref<GlobalPM>(globalPm()).detachPm(this.root.coid);
    destroy(this.root.coid);
    return 0;
  }

  override reclaim(): void {
    this.clients.destroy();
  }
}

/** A new object, which the Global PM knows. */
export function newPmShared(): usize {
  const coid = nameCoid(NAME_PM, new SingleRepRoot(new PmShared()).coid);
  dref<GlobalPM>(globalPm()).attachPm(coid);
  return coid;
}
