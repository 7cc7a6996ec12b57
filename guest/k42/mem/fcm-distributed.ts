// The FCM over a DHash (dhash.ts): in each Rep a table of copies of page descriptors, in the Root the master's.
//
//      Rep of CPU 0            Rep of CPU 1
//      LocalDHashTable         LocalDHashTable
//              \                  /
//        Root: MasterDHashTable, FR, Regions (fcm-core.ts)
//
// Who comes to a page that is there maps or reads it by a copy of its descriptor that is this CPU's own: he locks nothing else, and writes to no line that
// other CPUs use. That goes for his first time, too. What changes a page goes by the master's descriptor: to provide one, to write to one
// that is clean or shared with a fork, to take one away.
import { copyAhead } from '../../lib/copy';
import { frameAddress } from '../../lib/page-frames';
import { ENOMEM } from '../../posix/abi';
import { PerCpuRoot } from '../cobj/cluster-root';
import { Rep } from '../cobj/rep';
import { LocalDHashTable, MasterDHashTable } from './dhash';
import { FCMCore } from './fcm-core';
import { FCMRep } from './fcm-rep';
import { NAME_FCM, nameObject } from './names';

class DistributedFCM extends FCMRep {
  constructor(
    core: FCMCore,
    private readonly copies: LocalDHashTable,
  ) {
    super(core);
  }

  override mapPage(hat: usize, address: usize, page: i32, rights: u32, write: bool): i32 {
    const copies = this.copies;
    const copy = copies.findAndLock(page);
    if (copy === null) return this.mapShared(hat, address, page, rights, write);
    const suffices = !write || copy.isWritable;
    const answer = suffices ? this.core.show(copy, hat, address, rights) : 0;
    copies.unlock(copy);
    return suffices ? answer : this.mapShared(hat, address, page, rights, write);
  }

  private mapShared(hat: usize, address: usize, page: i32, rights: u32, write: bool): i32 {
    const core = this.core;
    const shared = core.pages.findOrAllocateAndLock(page);
    if (shared === null) return -ENOMEM;
    const error = core.ready(shared, write);
    if (error != 0) return core.refuse(shared, error);
    const copy = this.copies.copyAndLock(shared);
    const answer = core.show(copy ? copy : shared, hat, address, rights);
    if (copy) this.copies.unlock(copy);
    core.pages.unlock(shared);
    return answer;
  }

  override readPage(page: i32, offset: usize, to: usize, bytes: usize): i32 {
    const copy = this.copies.findAndLock(page);
    // Whoever comes after this finds a page to make a copy of, unless it is a hole.
    if (copy === null) return this.core.readPage(page, offset, to, bytes);
    // The lock keeps the frame: its count of references is all CPUs'.
    copyAhead(to, frameAddress(copy.frame) + offset, bytes);
    this.copies.unlock(copy);
    return 0;
  }
}

export class DistributedFCMRoot extends PerCpuRoot {
  constructor(
    private readonly core: FCMCore,
    private readonly pages: MasterDHashTable,
  ) {
    super();
    nameObject(NAME_FCM, this);
    core.begin(this.coid);
  }

  /** Without memory for a table of copies a CPU does without. */
  override createRep(cpu: i32): Rep {
    const copies = LocalDHashTable.create(this.pages);
    return copies === null ? new FCMRep(this.core) : new DistributedFCM(this.core, copies);
  }

  override reclaimReps(): void {
    super.reclaimReps();
    this.core.destroy();
  }
}
