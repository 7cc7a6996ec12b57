// A process's PM that counts frames on each CPU, so that faults on different CPUs share nothing here. FCMs come and go seldom: they are in the Root, under a lock.
import { PerCpuRoot } from '../cobj/cluster-root';
import { destroy } from '../cobj/destruction';
import { dref, Rep } from '../cobj/rep';
import { Clients } from './clients';
import { GlobalPM, globalPm } from './global-pm';
import { NAME_PM, nameCoid, nameObject } from './names';
import { PM } from './pm';

class PmRoot extends PerCpuRoot {
  private clientsLock: u32 = 0;
  readonly clients: Clients = new Clients(changetype<usize>(this) + offsetof<PmRoot>('clientsLock'));

  override createRep(cpu: i32): Rep {
    return new PmDistributed();
  }

  @inline
  repOf(cpu: i32): PmDistributed | null {
    return changetype<PmDistributed | null>(this.repAt(cpu));
  }

  override reclaimReps(): void {
    super.reclaimReps();
    this.clients.destroy();
  }
}

class PmDistributed extends PM {
  /** How many references FCMs have got on this CPU, less those that have been dropped here. */
  private count: i32 = 0;
  // Up to the end of a line.
  private readonly gap0: u64 = 0;
  private readonly gap1: u64 = 0;
  private readonly gap2: u64 = 0;
  private readonly gap3: u64 = 0;
  private readonly gap4: u64 = 0;
  private readonly gap5: u64 = 0;
  private readonly gap6: u64 = 0;
  private readonly gap7: u64 = 0;
  private readonly gap8: u64 = 0;
  private readonly gap9: u64 = 0;
  private readonly gap10: u64 = 0;
  private readonly gap11: u64 = 0;
  private readonly gap12: u64 = 0;

  constructor() {
    super();
    nameObject(NAME_PM, this);
  }

  @inline
  private get pmRoot(): PmRoot {
    return changetype<PmRoot>(this.root);
  }

  override takeFrame(): usize {
    const frame = dref<PM>(globalPm()).takeFrame();
    if (frame != 0) this.count++;
    return frame;
  }

  override giveFrame(frame: usize): i32 {
    this.count--;
    return dref<PM>(globalPm()).giveFrame(frame);
  }

  override countFrames(count: i32): i32 {
    this.count += count;
    return dref<PM>(globalPm()).countFrames(count);
  }

  override frames(): i32 {
    const root = this.pmRoot;
    let sum = 0;
    for (let cpu = 0; cpu < root.clusters; cpu++) {
      const rep = root.repOf(cpu);
      if (rep) sum += rep.count;
    }
    return sum;
  }

  override attachFcm(fcm: usize): i32 {
    this.pmRoot.clients.addFcm(fcm);
    return 0;
  }

  override detachFcm(fcm: usize): i32 {
    this.pmRoot.clients.removeFcm(fcm);
    return 0;
  }

  override reclaimFrames(frames: i32): i32 {
    return this.pmRoot.clients.reclaim(frames);
  }

  override destroy(): i32 {
    dref<GlobalPM>(globalPm()).detachPm(this.root.coid);
    destroy(this.root.coid);
    return 0;
  }
}

/** A new object, which the Global PM knows. */
export function newPmDistributed(): usize {
  const coid = nameCoid(NAME_PM, new PmRoot().coid);
  dref<GlobalPM>(globalPm()).attachPm(coid);
  return coid;
}
