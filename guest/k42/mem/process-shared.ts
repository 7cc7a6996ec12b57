// A Process with one Rep: one list of Regions, and one lock, which every fault takes to look its Region up.
//
//        Rep ---- layout
//         |
//       list and lock:  [code] -> [heap] -> [stack]
import { SingleRepRoot } from '../cobj/single-rep-root';
import { newLayout } from './families';
import { Layout } from './layout';
import { MasterList } from './master-list';
import { ProcessBase } from './process-base';
import { NAME_PROCESS, nameCoid } from './names';

export class ProcessShared extends ProcessBase {
  private faultCount: i32 = 0;

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

  override reclaim(): void {
    this.layout.end();
  }
}

/** A new object, by its layout; null without memory. */
export function layOutProcessShared(): Layout | null {
  const layout = newLayout(new MasterList());
  if (layout) layout.process = nameCoid(NAME_PROCESS, new SingleRepRoot(new ProcessShared(layout)).coid);
  return layout;
}
