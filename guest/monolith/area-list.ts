// The areas of an address space: a list sorted by address. What they say may be where; pages are the address space's (address-space.ts).
//
// The list is the address space itself, of which this is the part that knows nothing of pages. Its lock guards all of it.
import { memoryIsShort } from '../lib/page-frames';
import { Area } from './area';
import { Lockable } from './lock';

/** Areas of one address space. */
const MOST_AREAS: i32 = 4096;

export abstract class AreaList extends Lockable {
  /** Sorted by address. */
  areas: Area | null = null;
  protected areaCount: i32 = 0;

  /** The first area that ends behind an address, whether it contains it or comes later. */
  areaFrom(address: usize): Area | null {
    let area = this.areas;
    while (area && area.end <= address) area = area.next;
    return area;
  }

  /** The area that contains an address. */
  areaAt(address: usize): Area | null {
    const area = this.areaFrom(address);
    return area && area.start <= address ? area : null;
  }

  /** Whether some more may be added. */
  hasRoomForAreas(): bool {
    return this.areaCount + 3 <= MOST_AREAS && !memoryIsShort();
  }

  /** Whether `splitAt` is possible for both ends of a range. */
  maySplit(start: usize, end: usize): bool {
    return this.hasRoomForAreas() || (!this.isInside(start) && !this.isInside(end));
  }

  private isInside(address: usize): bool {
    const area = this.areaAt(address);
    return area !== null && area.start != address;
  }

  /** Adds an area where there is none. */
  insert(area: Area): void {
    let previous: Area | null = null;
    let next = this.areas;
    while (next && next.start < area.start) {
      previous = next;
      next = next.next;
    }
    area.next = next;
    if (previous) previous.next = area;
    else this.areas = area;
    this.areaCount++;
    this.join(previous === null ? area : previous, area.end);
  }

  /** Makes one of areas next to each other that differ in nothing, from one that is there up to an address. */
  join(from: Area, end: usize): void {
    let area = from;
    while (true) {
      const next = area.next;
      if (next === null || area.start > end) return;
      if (area.goesOnAs(next)) {
        area.end = next.end;
        area.next = next.next;
        next.drop();
        this.areaCount--;
      } else {
        area = next;
      }
    }
  }

  /** Lets no area reach across an address. */
  splitAt(address: usize): void {
    const area = this.areaAt(address);
    if (area === null || area.start == address) return;
    area.split(address);
    this.areaCount++;
  }

  /** Takes out the areas between two addresses, at which it has been split. */
  protected removeAreas(start: usize, end: usize): void {
    let previous: Area | null = null;
    let area = this.areas;
    while (area && area.start < end) {
      const next = area.next;
      if (area.start >= start) {
        if (previous) previous.next = next;
        else this.areas = next;
        area.drop();
        this.areaCount--;
      } else {
        previous = area;
      }
      area = next;
    }
  }

  /** Where `bytes` are free between two addresses; 0 if nowhere. */
  findFree(bytes: usize, from: usize, to: usize): usize {
    let start = from;
    let area = this.areaFrom(from);
    while (area && area.start < start + bytes) {
      start = area.end;
      area = area.next;
    }
    return start + bytes <= to ? start : 0;
  }
}
