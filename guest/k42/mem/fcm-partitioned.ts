// The FCM whose page descriptors are divided among the CPUs (partitioned-pages.ts): a Rep for each CPU, which finds the table that owns a page.
import { PerCpuRoot } from '../cobj/cluster-root';
import { Rep } from '../cobj/rep';
import { FCMCore } from './fcm-core';
import { FCMRep } from './fcm-rep';
import { NAME_FCM, nameObject } from './names';

export class PartitionedFCMRoot extends PerCpuRoot {
  constructor(private readonly core: FCMCore) {
    super();
    nameObject(NAME_FCM, this);
    core.begin(this.coid);
  }

  override createRep(cpu: i32): Rep {
    return new FCMRep(this.core);
  }

  override reclaimReps(): void {
    super.reclaimReps();
    this.core.destroy();
  }
}
