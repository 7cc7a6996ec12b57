// The FCM whose page descriptors are divided among the CPUs (partitioned-pages.ts): a Rep for each CPU, which finds the table that owns a page.
import { coreCount } from '../../lib/machine';
import { PerCpuRoot } from '../cobj/cluster-root';
import { Rep } from '../cobj/rep';
import { TransferState } from '../cobj/transfer';
import { FCMCore } from './fcm-core';
import { FCMRep } from './fcm-rep';
import { FCMState, FORMAT_CORE } from './fcm-transfer';
import { NAME_FCM, nameObject } from './names';
import { PartitionedPages } from './partitioned-pages';

export class PartitionedFCMRoot extends PerCpuRoot {
  /** A new object; with a COID and no core, what is to take an FCM's place. */
  constructor(
    private core: FCMCore,
    coid: usize = 0,
  ) {
    super(coid);
    nameObject(NAME_FCM, this);
    if (coid == 0) core.begin(this.coid);
  }

  override createRep(cpu: i32): Rep {
    return new FCMRep(this.core);
  }

  override get importSet(): u32 {
    return FORMAT_CORE;
  }

  /** Where there is no memory for tables it goes on with what there was. */
  override importPart(format: u32, part: i32, state: TransferState): void {
    this.core = changetype<FCMState>(state).core;
    this.core.keepIn(PartitionedPages.create(coreCount()));
  }

  override reclaimReps(): void {
    super.reclaimReps();
    if (changetype<usize>(this.core) != 0) this.core.destroy();
  }
}
