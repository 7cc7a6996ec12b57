// An address space: areas, which say what may be where, and page tables, which say what is there now. Pages come by page faults (page-fault.ts).
//
// Each process has one; its threads share it. Above 2 GiB all have the kernel's page tables. An entry of a page table that is not present but
// not zero keeps a page whose area forbids all access (PROT_NONE).
//
// Address-space identifiers of the TLB are not used: loading the page tables of another process forgets all translations but the kernel's.
import { File } from '../lib/fs/file';
import { setPageRoot } from '../lib/machine';
import { PTE_PRESENT, PTE_WRITE } from '../lib/machine-constants';
import { ensurePageEntry, newPageDirectory, nextPage, releasePageDirectory, releasePages } from '../lib/page-directory';
import { memoryIsShort, shareFrame } from '../lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES, pageEntry } from '../lib/page-table';
import { release } from '../lib/objects';
import { ProgramImage } from '../lib/unix/program-image';
import {
  EACCES,
  ENOMEM,
  MAP_END,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_START,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from '../posix/abi';
import { Area } from './area';
import { AreaList } from './area-list';
import { CpuSet } from '../lib/cpu-set';
import { NAME_ADDRESS_SPACE, nameKind } from '../lib/unix/names';
import { leaveEverywhere, shootDown } from './shootdown';

/** In the place of an address-space identifier: nothing is kept apart. */
export const NO_SPACE: i32 = 0;
export const USER_END: usize = 0x8000_0000;

/** The page tables that the firmware has made, by their physical address; the same on each core. */
export let kernelRoot: usize = 0;

export function setKernelRoot(root: usize): void {
  kernelRoot = root;
}

export class AddressSpace extends AreaList {
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

  // --- what may be where

  /** Adds zero pages; false where something is in the way, or memory is short. With the lock. */
  extend(from: usize, to: usize): bool {
    if (!this.hasRoomForAreas()) return false;
    const next = this.areaFrom(from);
    if (next && next.start < to) return false;
    this.insert(new Area(from, to, PROT_READ | PROT_WRITE, MAP_PRIVATE));
    return true;
  }

  /** Takes out what is between two addresses; false where memory is short. With the lock. */
  shrink(from: usize, to: usize): bool {
    const possible = this.maySplit(from, to);
    if (possible) this.remove(from, to);
    return possible;
  }

  /** Private pages with an image's data; nobody else has the address space yet. */
  mapImage(start: usize, end: usize, image: ProgramImage): bool {
    const area = new Area(start, end, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    area.image = image;
    image.hold();
    this.insert(area);
    return true;
  }

  /** mmap: the address, or -ENOMEM. With success the reference to the file is its own. `readOnly`: what is shared must not become writable. */
  map(address: usize, bytes: usize, protection: i32, flags: i32, file: File | null, offset: i64, readOnly: bool): i32 {
    this.lock();
    let start = address;
    let answer = -ENOMEM;
    if (this.hasRoomForAreas()) {
      if (flags & MAP_FIXED) this.remove(start, start + bytes);
      else start = this.findFree(bytes, MAP_START, MAP_END);
      if (start != 0 || (flags & MAP_FIXED) != 0) {
        const area = new Area(start, start + bytes, protection, flags);
        area.file = file;
        area.isReadOnlyFile = readOnly;
        area.offset = offset;
        this.insert(area);
        answer = <i32>start;
      }
    }
    this.unlock();
    return answer;
  }

  /** munmap: 0 or -ENOMEM. */
  unmap(start: usize, end: usize): i32 {
    this.lock();
    const possible = this.shrink(start, end);
    this.unlock();
    return possible ? 0 : -ENOMEM;
  }

  /** mprotect: 0 or an error. Rights that are taken away are taken from all cores before it returns; those that are given are found by page faults. */
  protect(start: usize, end: usize, protection: i32): i32 {
    this.lock();
    const error = this.maySplit(start, end) ? this.mayProtect(start, end, protection) : -ENOMEM;
    if (error == 0) {
      this.splitAt(start);
      this.splitAt(end);
      let area: Area | null = this.areaFrom(start);
      while (area && area.start < end) {
        area.protection = protection;
        area = area.next;
      }
      const first = this.areaFrom(start > 0 ? start - 1 : 0);
      if (first) this.join(first, end);
      let lost: u32 = (protection & PROT_WRITE) == 0 ? PTE_WRITE : 0;
      if (protection == PROT_NONE) lost |= PTE_PRESENT;
      if (lost != 0) this.restrict(start, end, lost);
    }
    this.unlock();
    return error;
  }

  /** All of it must be mapped, and shared files that were opened for reading must not become writable. */
  private mayProtect(start: usize, end: usize, protection: i32): i32 {
    let at = start;
    let area: Area | null = this.areaAt(start);
    while (area && at < end) {
      if (area.start > at) return -ENOMEM;
      if (area.isReadOnlyFile && (protection & PROT_WRITE) != 0) return -EACCES;
      at = area.end;
      area = area.next;
    }
    return at < end ? -ENOMEM : 0;
  }

  private remove(start: usize, end: usize): void {
    this.splitAt(start);
    this.splitAt(end);
    this.removePages(start, end);
    this.removeAreas(start, end);
  }

  /** What a futex is known by: the physical address where the word is shared with other processes, else address space and address. */
  futexKey(word: usize): u64 {
    this.lock();
    const area = this.areaAt(word);
    let key = ((<u64>changetype<usize>(this)) << 32) | <u64>word;
    if (area && area.isShared) {
      const entry = pageEntry(this.root, word);
      if (entry != 0) key = <u64>((load<u32>(entry) & ENTRY_FRAME) | (word & (PAGE_BYTES - 1)));
    }
    this.unlock();
    return key;
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

  // --- its end and its copies

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
