// A Process with one Rep: one list of Regions, and one lock, which every fault takes to look its Region up.
//
//        Rep ---- layout
//         |
//       list and lock:  [code] -> [heap] -> [stack]
import { SingleRepRoot } from '../cobj/single-rep-root';
import { ROOT_PART, TransferState } from '../cobj/transfer';
import { newLayout } from './families';
import { Layout } from './layout';
import { MasterList } from './master-list';
import { ProcessBase } from './process-base';
import { FORMAT_LAYOUT, noLayout, ProcessState } from './process-transfer';
import { NAME_PROCESS, nameCoid } from './names';

export class ProcessShared extends ProcessBase {
  faultCount: i32 = 0;

  protected override find(address: usize): usize {
    const regions = this.layout.regions;
    regions.lock();
    const element = regions.list.at(address);
    const region = element ? element.region : 0;
    this.faultCount++;
    regions.unlock();
    return region;
  }

  override faults(): i32 {
    return this.faultCount;
  }

  protected override twin(): Layout | null {
    return layOutProcessShared();
  }
}

export class ProcessSharedRoot extends SingleRepRoot {
  constructor(
    private readonly process: ProcessShared,
    coid: usize = 0,
  ) {
    super(process, coid);
  }

  override get exportSet(): u32 {
    return FORMAT_LAYOUT;
  }

  override get importSet(): u32 {
    return FORMAT_LAYOUT;
  }

  override get hasParts(): bool {
    return false;
  }

  override exportPart(format: u32, part: i32): TransferState | null {
    if (part != ROOT_PART) return null;
    const process = this.process;
    const state = new ProcessState(process.layout, process.faultCount);
    process.layout = noLayout();
    return state;
  }

  override importPart(format: u32, part: i32, state: TransferState): void {
    const given = changetype<ProcessState>(state);
    given.layout.changeList(new MasterList());
    this.process.layout = given.layout;
    this.process.faultCount = given.faults;
  }

  override reclaimReps(): void {
    const layout = this.process.layout;
    super.reclaimReps();
    if (changetype<usize>(layout) != 0) layout.end();
  }
}

/** A new object, by its layout; null without memory. */
export function layOutProcessShared(): Layout | null {
  const layout = newLayout(new MasterList());
  if (layout) layout.process = nameCoid(NAME_PROCESS, new ProcessSharedRoot(new ProcessShared(layout)).coid);
  return layout;
}

/** What can take the place of a Process. */
export function sharedSuccessor(coid: usize): ProcessSharedRoot {
  return new ProcessSharedRoot(new ProcessShared(noLayout()), coid);
}
