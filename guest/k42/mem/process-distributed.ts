// A Process whose faults share nothing: on each CPU that faults a Rep with its own list of Regions and its own lock.
//
//             Root: layout, master list with its lock:  [code] -> [heap] -> [stack]
//            /                    |                   \
//        Rep of CPU 0         Rep of CPU 1          Rep of CPU 2
//        lock, faults         lock, faults          lock, faults
//        [code] -> [heap]     [heap]                [stack]
//
// A Rep's list is a cache of the master list. A fault that does not find its Region there looks it up in the master list and keeps a copy of the element,
// which notes in the element whose list has one. So all that changes an element finds its copies, and lets them go. For both the master list's lock comes
// first and the Rep's second; a fault that finds its Region in its Rep takes only that one, which nobody else wants unless the process changes.
import { coreId } from '../../lib/machine';
import { PerCpuRoot } from '../cobj/cluster-root';
import { destroy } from '../cobj/destruction';
import { Rep } from '../cobj/rep';
import { ROOT_PART, TransferState } from '../cobj/transfer';
import { acquireOne, releaseOne } from '../lock';
import { newLayout } from './families';
import { memoryStaysShort } from './global-pm';
import { Layout } from './layout';
import { MasterList } from './master-list';
import { ProcessBase } from './process-base';
import { FORMAT_LAYOUT, noLayout, ProcessState } from './process-transfer';
import { MasterElement, RegionElement, RegionList } from './region-list';
import { NAME_PROCESS, nameCoid } from './names';

class ReplicatedList extends MasterList {
  constructor(private readonly root: ProcessRoot) {
    super();
  }

  override forget(element: MasterElement): void {
    const cachers = element.cachers;
    for (let cpu = cachers.next(0); cpu >= 0; cpu = cachers.next(cpu + 1)) {
      cachers.remove(cpu);
      this.root.repOf(cpu).drop(element.start);
    }
  }

  /** Looks up where a Rep's list has nothing, and lets that have a copy if there is memory for one: the Region's COID, or 0. */
  copyTo(rep: ProcessDistributed, address: usize): usize {
    const isShort = memoryStaysShort();
    this.lock();
    const element = this.at(address);
    let region: usize = 0;
    if (element) {
      region = element.region;
    }
    if (element && !isShort) {
      element.cachers.add(rep.cpu);
      rep.add(new RegionElement(element.start, element.end, element.region));
    }
    this.unlock();
    return region;
  }
}

export class ProcessRoot extends PerCpuRoot {
  layout: Layout = noLayout();
  /** What it has handled in the place of which this is. */
  private faultsBefore: i32 = 0;

  override createRep(cpu: i32): Rep {
    return new ProcessDistributed(this.layout, cpu);
  }

  @inline
  repOf(cpu: i32): ProcessDistributed {
    return changetype<ProcessDistributed>(this.repAt(cpu));
  }

  /** The sum of all Reps'. */
  faults(): i32 {
    let sum = this.faultsBefore;
    for (let cpu = 0; cpu < this.clusters; cpu++) {
      const rep = this.repOf(cpu);
      if (changetype<usize>(rep) != 0) sum += rep.faultCount;
    }
    return sum;
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
    const state = new ProcessState(this.layout, this.faults());
    this.layout = noLayout();
    return state;
  }

  override importPart(format: u32, part: i32, state: TransferState): void {
    const given = changetype<ProcessState>(state);
    given.layout.changeList(new ReplicatedList(this));
    this.layout = given.layout;
    this.faultsBefore = given.faults;
  }

  override reclaimReps(): void {
    super.reclaimReps();
    if (changetype<usize>(this.layout) != 0) this.layout.end();
  }
}

export class ProcessDistributed extends ProcessBase {
  private lockWord: u32 = 0;
  faultCount: i32 = 0;
  private readonly cache: RegionList = new RegionList();
  // Up to the end of a line: what a fault writes here shares none with what others read.
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

  constructor(
    layout: Layout,
    readonly cpu: i32,
  ) {
    super(layout);
  }

  protected override find(address: usize): usize {
    this.lock();
    const element = this.cache.at(address);
    const region = element ? element.region : 0;
    this.faultCount++;
    this.unlock();
    return region != 0 ? region : changetype<ReplicatedList>(this.layout.regions).copyTo(this, address);
  }

  /** Keeps a copy of an element, from now until `drop`. */
  add(copy: RegionElement): void {
    this.lock();
    this.cache.insert(copy);
    this.unlock();
  }

  drop(start: usize): void {
    this.lock();
    const copy = this.cache.remove(start);
    this.unlock();
    copy!.destroy();
  }

  override faults(): i32 {
    return changetype<ProcessRoot>(this.root).faults();
  }

  protected override twin(): Layout | null {
    return layOutProcessDistributed();
  }

  private lock(): void {
    acquireOne(changetype<usize>(this) + offsetof<ProcessDistributed>('lockWord'));
  }

  private unlock(): void {
    releaseOne(changetype<usize>(this) + offsetof<ProcessDistributed>('lockWord'));
  }

  override reclaim(): void {
    this.cache.destroy();
  }
}

/** A new object, by its layout; null without memory. */
export function layOutProcessDistributed(): Layout | null {
  const root = new ProcessRoot();
  const layout = newLayout(new ReplicatedList(root));
  if (layout === null) {
    destroy(root.coid);
    return null;
  }
  root.layout = layout;
  layout.process = nameCoid(NAME_PROCESS, root.coid);
  return layout;
}
