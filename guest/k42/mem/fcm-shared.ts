// The FCM that is not distributed: one Rep for all CPUs, over one hash of page descriptors under one lock.
import { SingleRepRoot } from '../cobj/single-rep-root';
import { FCMCore } from './fcm-core';
import { FCMRep } from './fcm-rep';
import { NAME_FCM, nameObject } from './names';

export class SharedFCMRoot extends SingleRepRoot {
  constructor(private readonly core: FCMCore) {
    super(new FCMRep(core));
    nameObject(NAME_FCM, this);
    core.begin(this.coid);
  }

  override reclaimReps(): void {
    super.reclaimReps();
    this.core.destroy();
  }
}
