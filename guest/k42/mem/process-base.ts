// What both implementations of Process have in common: a fault looks its Region up and goes on there, and changes are the layout's.
import { EFAULT, ENOMEM } from '../../posix/abi';
import { destroy } from '../cobj/destruction';
import { needsRep } from '../cobj/present-rep';
import { dref } from '../cobj/rep';
import { DEAD } from '../cobj/trampoline';
import { memoryStaysShort } from './global-pm';
import { Layout } from './layout';
import { NAME_PROCESS, nameObject } from './names';
import { Process } from './process';
import { Region, RETRY } from './region';

export abstract class ProcessBase extends Process {
  constructor(public layout: Layout) {
    super();
    nameObject(NAME_PROCESS, this);
  }

  /** The COID of the Region that contains an address, and 0 where there is none. Counts the fault. */
  protected abstract find(address: usize): usize;

  override handleFault(address: usize, write: bool): i32 {
    while (true) {
      const region = this.find(address);
      if (region == 0) return -EFAULT;
      if (needsRep(region) && memoryStaysShort()) return -ENOMEM;
      const answer = dref<Region>(region).handleFault(address, write);
      // It has been changed, or is gone: what is in the list now?
      if (answer != RETRY && answer != DEAD) return answer;
    }
  }

  override map(address: usize, bytes: usize, protection: i32, kind: i32, fcm: usize, firstPage: i32): i32 {
    return this.layout.map(address, bytes, protection, kind, fcm, firstPage);
  }

  override unmap(start: usize, end: usize): i32 {
    return this.layout.unmap(start, end);
  }

  override protect(start: usize, end: usize, protection: i32): i32 {
    return this.layout.protect(start, end, protection);
  }

  override extend(from: usize, to: usize): i32 {
    return this.layout.extend(from, to);
  }

  override isShared(address: usize): i32 {
    return this.layout.isShared(address) ? 1 : 0;
  }

  override hat(): usize {
    return this.layout.hat;
  }

  override pm(): usize {
    return this.layout.pm;
  }

  /** The layout of a new process of the same family; null without memory. */
  protected abstract twin(): Layout | null;

  override fork(): usize {
    const child = this.twin();
    if (child === null) return <usize>-ENOMEM;
    const error = this.layout.forkTo(child);
    if (error == 0) return child.process;
    dref<Process>(child.process).destroy();
    return <usize>error;
  }

  override destroy(): i32 {
    this.layout.destroy();
    destroy(this.root.coid);
    return 0;
  }
}
