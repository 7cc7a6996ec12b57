// The FCM that becomes what its use asks for: private memory begins with one hash under one lock, which is the cheapest for a thread alone, and most memory is
// used by no more. When the third CPU comes to map pages of it, the partitioned FCM takes its place, while it is used (cobj/hot-swap.ts). Two CPUs have nothing
// from that, and many a process is begun on one CPU and runs on another.
//
//   cpus 0, 1:  Rep, PageHash                    cpu 2 comes:  Reps, PartitionedPages, with what the hash had
//
// Its frames, Regions and holders stay with what all FCMs have in common (fcm-core.ts), which goes over as it is. A fork begins anew.
import { release } from '../../lib/objects';
import { HelpingGate } from '../cobj/gate';
import { hotSwap } from '../cobj/hot-swap';
import { Rep } from '../cobj/rep';
import { SingleRepRoot } from '../cobj/single-rep-root';
import { ROOT_PART, TransferState } from '../cobj/transfer';
import { FCMCore } from './fcm-core';
import { PartitionedFCMRoot } from './fcm-partitioned';
import { FCMRep } from './fcm-rep';
import { FCMState, FORMAT_CORE, noCore } from './fcm-transfer';
import { memoryStaysShort } from './global-pm';
import { NAME_FCM, nameObject } from './names';

/** So many CPUs are a crowd. */
const CROWD: i32 = 3;

class AdaptiveFCM extends FCMRep {
  /** Whether it is to be swapped. */
  crowded: i32 = 0;

  override mapPage(hat: usize, address: usize, page: i32, rights: u32, write: bool): i32 {
    if (this.crowded != 0) this.distribute();
    return this.core.mapPage(hat, address, page, rights, write);
  }

  /** Begins the swap, which goes on when this call and others have ended. Without memory for it, a later call does. */
  private distribute(): void {
    if (memoryStaysShort()) return;
    if (atomic.xchg<i32>(changetype<usize>(this) + offsetof<AdaptiveFCM>('crowded'), 0) == 0) return;
    const next = new PartitionedFCMRoot(noCore(), this.root.coid);
    const gate = new HelpingGate();
    if (hotSwap(next.coid, next, gate) == 0) return;
    next.reclaimReps();
    release(next);
    release(gate);
  }
}

export class AdaptiveFCMRoot extends SingleRepRoot {
  private users: i32 = 0;

  constructor(private core: FCMCore) {
    super(new AdaptiveFCM(core));
    nameObject(NAME_FCM, this);
    core.begin(this.coid);
  }

  override repFor(cpu: i32): Rep {
    const rep = changetype<AdaptiveFCM>(super.repFor(cpu));
    if (!this.missSet.has(cpu) && ++this.users == CROWD) rep.crowded = 1;
    return rep;
  }

  override get exportSet(): u32 {
    return FORMAT_CORE;
  }

  override get hasParts(): bool {
    return false;
  }

  override exportPart(format: u32, part: i32): TransferState | null {
    if (part != ROOT_PART) return null;
    const state = new FCMState(this.core);
    this.core = noCore();
    return state;
  }

  override reclaimReps(): void {
    super.reclaimReps();
    if (changetype<usize>(this.core) != 0) this.core.destroy();
  }
}
