// An address space: areas, which say what may be where, and page tables, which say what is there now. Pages come by page faults (page-fault.ts).
//
// Each process has one; its threads share it. Above 2 GiB all have the kernel's page tables. An entry of a page table that is not present but
// not zero keeps a page whose area forbids all access (PROT_NONE).
//
// Address-space identifiers of the TLB are not used: loading the page tables of another process forgets all translations but the kernel's.
import { setPageRoot } from '../lib/machine';
import { PTE_PRESENT, PTE_WRITE } from '../lib/machine-constants';
import { ensurePageEntry, newPageDirectory, nextPage, releasePageDirectory, releasePages } from '../lib/page-directory';
import { memoryIsShort, shareFrame } from '../lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES, pageEntry } from '../lib/page-table';
import { release } from '../lib/objects';
import { MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../posix/abi';
import { Area } from './area';
import { CpuSet } from '../lib/cpu-set';
import { Lockable } from './lock';
import { NAME_ADDRESS_SPACE, nameKind } from './names';
import { leaveEverywhere, shootDown } from './shootdown';

/** In the place of an address-space identifier: nothing is kept apart. */
export const NO_SPACE: i32 = 0;
export const USER_END: usize = 0x8000_0000;
/** Areas of one address space. */
const MOST_AREAS: i32 = 4096;

/** The page tables that the firmware has made, by their physical address; the same on each core. */
export let kernelRoot: usize = 0;

export function setKernelRoot(root: usize): void {
  kernelRoot = root;
}

export class AddressSpace extends Lockable {
  /** Sorted by address. */
  areas: Area | null = null;
  private areaCount: i32 = 0;
  /** Cores that have it loaded. */
  readonly cores: CpuSet = new CpuSet();
  /** End of the program's own memory. */
  heapEnd: usize = 0;
  /** Pages that are there. */
  pages: i32 = 0;

  /** `root`: physical address of its page directory. */
  constructor(readonly root: usize) {
    super();
    nameKind(NAME_ADDRESS_SPACE, changetype<usize>(this), offsetof<AddressSpace>());
  }

  /** An empty one; none where there is no memory. */
  static create(): AddressSpace | null {
    const root = newPageDirectory(kernelRoot);
    if (root == 0) return null;
    return new AddressSpace(root);
  }

  /** Lets this core walk its page tables. */
  load(): void {
    setPageRoot(this.root, NO_SPACE);
  }

  // --- areas

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

  /** Takes out what is between two addresses, areas and pages. */
  remove(start: usize, end: usize): void {
    this.splitAt(start);
    this.splitAt(end);
    this.removePages(start, end);
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

  /** Adds zero pages; false where something is in the way. */
  extend(from: usize, to: usize): bool {
    const next = this.areaFrom(from);
    if (next && next.start < to) return false;
    this.insert(new Area(from, to, PROT_READ | PROT_WRITE, MAP_PRIVATE));
    return true;
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

  // --- pages

  /** Takes rights away from pages, keeping their frames, and lets all cores know. */
  restrict(start: usize, end: usize, rights: u32): void {
    let changed = false;
    for (let page = nextPage(this.root, start, end); page < end; page = nextPage(this.root, page + PAGE_BYTES, end)) {
      const entry = pageEntry(this.root, page);
      const old = load<u32>(entry);
      if ((old & rights) == 0) continue;
      store<u32>(entry, old & ~rights);
      changed = true;
    }
    if (changed) shootDown(this, start, end);
  }

  /** Frees the pages between two addresses. No core has a translation any more when their frames are free. */
  removePages(start: usize, end: usize): void {
    this.restrict(start, end, PTE_PRESENT);
    this.pages -= releasePages(this.root, start, end);
  }

  /** Frees everything. Nobody runs in it. */
  destroy(): void {
    leaveEverywhere(this);
    releasePages(this.root, 0, USER_END);
    releasePageDirectory(this.root);
    let area = this.areas;
    while (area) {
      const next = area.next;
      area.drop();
      area = next;
    }
    release(this.cores);
    release(this);
  }

  // --- fork

  /** A copy in which private pages are shared with this one until either writes to them; none where there is no memory. */
  fork(): AddressSpace | null {
    const copy = AddressSpace.create();
    if (copy === null) return null;
    this.lock();
    copy.heapEnd = this.heapEnd;
    copy.areaCount = this.areaCount;
    let complete = true;
    let last: Area | null = null;
    let area: Area | null = this.areas;
    while (area && complete) {
      if (memoryIsShort()) {
        complete = false;
        break;
      }
      const twin = area.copy(area.start, area.end);
      if (last) last.next = twin;
      else copy.areas = twin;
      last = twin;
      if (!area.isShared) this.restrict(area.start, area.end, PTE_WRITE);
      complete = this.sharePages(copy, area.start, area.end);
      area = area.next;
    }
    this.unlock();
    if (complete) return copy;
    copy.destroy();
    return null;
  }

  private sharePages(copy: AddressSpace, start: usize, end: usize): bool {
    for (let page = nextPage(this.root, start, end); page < end; page = nextPage(this.root, page + PAGE_BYTES, end)) {
      const entry = pageEntry(this.root, page);
      const twin = ensurePageEntry(copy.root, page);
      if (twin == 0) return false;
      const value = load<u32>(entry);
      shareFrame(value & ENTRY_FRAME);
      store<u32>(twin, value);
      copy.pages++;
    }
    return true;
  }
}
