// Whom a PM asks for frames when there are none: FCMs, and for the Global PM other PMs. They are found by their COIDs, and may end meanwhile: then they
// answer DEAD. The lock is that of whoever has the Clients; it is not held while one of them is asked.
import { presentRep } from '../cobj/present-rep';
import { acquireOne, releaseOne } from '../lock';
import { CoidSet } from './coid-set';
import { FCM } from './fcm';
import { PM } from './pm';
import { release } from '../../lib/objects';

export class Clients {
  private readonly fcms: CoidSet = new CoidSet();
  private readonly pms: CoidSet = new CoidSet();

  /** `lock`: address of its word. */
  constructor(private readonly lock: usize) {}

  addFcm(fcm: usize): void {
    this.add(this.fcms, fcm);
  }

  removeFcm(fcm: usize): void {
    this.remove(this.fcms, fcm);
  }

  addPm(pm: usize): void {
    this.add(this.pms, pm);
  }

  removePm(pm: usize): void {
    this.remove(this.pms, pm);
  }

  /** Lets them give up to so many frames back: how many they have. Who has no Rep yet has nothing to give. */
  reclaim(frames: i32): i32 {
    let freed = 0;
    for (let fcm = this.after(this.fcms, 0); fcm != 0 && freed < frames; fcm = this.after(this.fcms, fcm)) {
      const rep = presentRep<FCM>(fcm);
      if (rep) freed += max(rep.reclaimPages(frames - freed), 0);
    }
    for (let pm = this.after(this.pms, 0); pm != 0 && freed < frames; pm = this.after(this.pms, pm)) {
      const rep = presentRep<PM>(pm);
      if (rep) freed += max(rep.reclaimFrames(frames - freed), 0);
    }
    return freed;
  }

  destroy(): void {
    this.fcms.destroy();
    this.pms.destroy();
    release(this);
  }

  private add(set: CoidSet, coid: usize): void {
    acquireOne(this.lock);
    set.add(coid);
    releaseOne(this.lock);
  }

  private remove(set: CoidSet, coid: usize): void {
    acquireOne(this.lock);
    set.remove(coid);
    releaseOne(this.lock);
  }

  private after(set: CoidSet, coid: usize): usize {
    acquireOne(this.lock);
    const next = set.after(coid);
    releaseOne(this.lock);
    return next;
  }
}
