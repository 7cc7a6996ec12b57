// A process's own list of its Regions, with the lock that faults take to look something up in it. It is changed by one at a time (layout.ts), with the lock.
import { release } from '../../lib/objects';
import { Lockable } from '../lock';
import { NAME_REGION_LIST, nameObject } from './names';
import { MasterElement, RegionList } from './region-list';

export class MasterList extends Lockable {
  list: RegionList = new RegionList();

  constructor() {
    super();
    nameObject(NAME_REGION_LIST, this);
  }

  /** Takes all elements of another list, of which nobody has copies any more, and releases that. */
  takeOver(other: MasterList): void {
    release(this.list);
    this.list = other.list;
    release(other);
    let element = this.first;
    while (element) {
      element.cachers.clear();
      element = nextOf(element);
    }
  }

  /** Lets all copies of an element go, before it changes. With the lock. */
  forget(element: MasterElement): void {}

  @inline
  get first(): MasterElement | null {
    return changetype<MasterElement | null>(this.list.first);
  }

  @inline
  at(address: usize): MasterElement | null {
    return changetype<MasterElement | null>(this.list.at(address));
  }

  @inline
  from(address: usize): MasterElement | null {
    return changetype<MasterElement | null>(this.list.from(address));
  }

  insert(element: MasterElement): void {
    this.lock();
    this.list.insert(element);
    this.unlock();
  }

  remove(element: MasterElement): void {
    this.lock();
    this.forget(element);
    this.list.remove(element.start);
    this.unlock();
    element.destroy();
  }

  /** Lets an element end elsewhere. */
  setEnd(element: MasterElement, end: usize): void {
    this.lock();
    this.forget(element);
    element.end = end;
    this.unlock();
  }
}

@inline
export function nextOf(element: MasterElement): MasterElement | null {
  return changetype<MasterElement | null>(element.next);
}
