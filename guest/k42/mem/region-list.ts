// The Regions of a process, sorted by address, as a linked list. It has no lock of its own.
import { CpuSet } from '../../lib/cpu-set';
import { release } from '../../lib/objects';
import { MAP_END, MAP_START } from '../../posix/abi';

/** An element: where a Region is, and its COID. */
export class RegionElement {
  next: RegionElement | null = null;

  constructor(
    readonly start: usize,
    public end: usize,
    readonly region: usize,
  ) {}

  destroy(): void {
    release(this);
  }
}

/** One of a process's own list, of which CPUs may have copies in theirs. */
export class MasterElement extends RegionElement {
  /** CPUs that have one. */
  readonly cachers: CpuSet = new CpuSet();
  /** It is a part of what was one Region: others show the same FCM. */
  isPart: bool = false;

  constructor(
    start: usize,
    end: usize,
    region: usize,
    /** REGION_*. */
    readonly kind: i32,
    readonly fcm: usize,
  ) {
    super(start, end, region);
  }

  override destroy(): void {
    release(this.cachers);
    release(this);
  }
}

export class RegionList {
  first: RegionElement | null = null;
  length: i32 = 0;

  /** The first one that ends behind an address, whether it contains it or comes later. */
  from(address: usize): RegionElement | null {
    let element = this.first;
    while (element && element.end <= address) element = element.next;
    return element;
  }

  /** The one that contains an address. */
  at(address: usize): RegionElement | null {
    const element = this.from(address);
    return element && element.start <= address ? element : null;
  }

  /** Whether something begins before an address and goes on behind it. */
  reachesAcross(address: usize): bool {
    const element = this.at(address);
    return element !== null && element.start != address;
  }

  insert(element: RegionElement): void {
    let previous: RegionElement | null = null;
    let next = this.first;
    while (next && next.start < element.start) {
      previous = next;
      next = next.next;
    }
    element.next = next;
    if (previous) previous.next = element;
    else this.first = element;
    this.length++;
  }

  /** Takes out the one that begins at an address; null where there is none. */
  remove(start: usize): RegionElement | null {
    let previous: RegionElement | null = null;
    let element = this.first;
    while (element && element.start < start) {
      previous = element;
      element = element.next;
    }
    if (element === null || element.start != start) return null;
    if (previous) previous.next = element.next;
    else this.first = element.next;
    this.length--;
    return element;
  }

  /** Where there is room for `bytes`, between MAP_START and MAP_END; 0 if nowhere. */
  findFree(bytes: usize): usize {
    let start = MAP_START;
    let element = this.from(start);
    while (element && element.start < start + bytes) {
      start = element.end;
      element = element.next;
    }
    return start + bytes <= MAP_END ? start : 0;
  }

  /** Destroys it with its elements. */
  destroy(): void {
    let element = this.first;
    while (element) {
      const next = element.next;
      element.destroy();
      element = next;
    }
    release(this);
  }
}
