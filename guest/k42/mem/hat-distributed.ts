// The HAT: a page directory and segment tables on each CPU that has touched the process's memory.
//
//        Root
//       /    |    \
//    Rep    Rep    Rep          of CPU 0, 1, 2
//     |      |      |
//   directory ...               each begins with its CPU's own kernel half, where the local translation table is
//     |
//   segment tables              of 4 MiB, made when something is mapped there
//
// A Rep's tables are changed by its own CPU, in answer to a message where another one wants it. That one looks into the tables first whether there is
// anything to be taken away, which is cheaper than a message: nobody maps anything there meanwhile, and tables stay until the HAT's end.
//
// A Rep has an identifier by which the TLB knows its translations, so they stay when another process's directory is loaded (space-identifiers.ts). What
// is taken away meanwhile costs it the identifier.
import { CpuSet } from '../../lib/cpu-set';
import { MOST_CORES, MOST_LINE_BYTES } from '../../lib/limits';
import { coreId, invlpg, setPageRoot, tlbFlush } from '../../lib/machine';
import { PTE_PRESENT, PTE_WRITE } from '../../lib/machine-constants';
import { ensurePageEntry, newPageDirectory, nextPage, releasePageDirectory } from '../../lib/page-directory';
import { ENTRY_FRAME, PAGE_BYTES, pageEntry } from '../../lib/page-table';
import { ENOMEM } from '../../posix/abi';
import { PerCpuRoot } from '../cobj/cluster-root';
import { destroy } from '../cobj/destruction';
import { localTable } from '../cobj/local-table';
import { Rep } from '../cobj/rep';
import { callOn } from '../messages';
import { HAT } from './hat';
import { NAME_HAT, nameCoid, nameObject } from './names';
import { isCurrent, NO_SPACE, numberOf, takeSpace } from './space-identifiers';

/** From so many pages on it is better to forget all. */
const MOST_SINGLE_PAGES: usize = 32;
/** Of how many pages another CPU's tables are looked at before it is sent a message. */
const MOST_LOOKED_AT: usize = 1024;

/** For each CPU a line: the Rep whose directory it walks, or 0. Its own to change. */
const loaded = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

@inline
function loadedOn(cpu: i32): usize {
  return loaded + cpu * MOST_LINE_BYTES;
}

class HatRoot extends PerCpuRoot {
  /** All have left: nothing is mapped that anybody could use. */
  isLeft: bool = false;

  override createRep(cpu: i32): Rep {
    return new HatRep(cpu);
  }

  @inline
  repOf(cpu: i32): HatRep | null {
    return changetype<HatRep | null>(this.repAt(cpu));
  }
}

class HatRep extends HAT {
  /** Its physical address; 0 as long as there is none. */
  directory: usize = 0;
  /** The TLB's name for its translations. */
  private space: i32 = NO_SPACE;

  constructor(private readonly cpu: i32) {
    super();
    nameObject(NAME_HAT, this);
  }

  @inline
  private get hatRoot(): HatRoot {
    return changetype<HatRoot>(this.root);
  }

  override mapPage(address: usize, frame: usize, rights: u32): i32 {
    if (this.directory == 0 && !this.makeDirectory()) return -ENOMEM;
    const entry = ensurePageEntry(this.directory, address);
    if (entry == 0) return -ENOMEM;
    const before = load<u32>(entry);
    store<u32>(entry, <u32>frame | rights | PTE_PRESENT);
    // Of what was not there, or had fewer rights, a fault forgets the translation.
    if (before != 0 && (before & ENTRY_FRAME) != <u32>frame) this.forget(address, address + PAGE_BYTES);
    return 0;
  }

  private makeDirectory(): bool {
    this.directory = newPageDirectory(localTable().directory);
    return this.directory != 0;
  }

  override entry(address: usize): u32 {
    if (this.directory == 0) return 0;
    const entry = pageEntry(this.directory, address);
    return entry == 0 ? 0 : load<u32>(entry);
  }

  override load(): i32 {
    if (load<usize>(loadedOn(this.cpu)) == changetype<usize>(this)) return 0;
    if (this.directory == 0 && !this.makeDirectory()) {
      leaveTables();
      return -ENOMEM;
    }
    store<usize>(loadedOn(this.cpu), changetype<usize>(this));
    if (!isCurrent(this.space)) this.space = takeSpace();
    setPageRoot(this.directory, numberOf(this.space));
    return 0;
  }

  // --- taking away

  override unmapRange(start: usize, end: usize, cpus: CpuSet): i32 {
    return this.restrictOn(cpus, unmapHere.index, start, end);
  }

  override writeProtectRange(start: usize, end: usize, cpus: CpuSet): i32 {
    return this.restrictOn(cpus, writeProtectHere.index, start, end);
  }

  /** Lets CPUs call a function with their Rep, if there is something between two addresses. */
  private restrictOn(cpus: CpuSet, fn: i32, start: usize, end: usize): i32 {
    const root = this.hatRoot;
    if (root.isLeft) return 0;
    for (let cpu = cpus.next(0); cpu >= 0; cpu = cpus.next(cpu + 1)) {
      const rep = root.repOf(cpu);
      if (rep && rep.mayHave(start, end)) callOn(cpu, fn, changetype<usize>(rep), start, end);
    }
    return 0;
  }

  /** Whether something is mapped there; or the range is too large to look. */
  private mayHave(start: usize, end: usize): bool {
    const directory = this.directory;
    if (directory == 0) return false;
    return end - start > MOST_LOOKED_AT * PAGE_BYTES || nextPage(directory, start, end) < end;
  }

  /** On its CPU: takes rights from all that is mapped there; PTE_PRESENT takes all away. */
  restrict(start: usize, end: usize, rights: u32): void {
    const directory = this.directory;
    let changed = false;
    for (let page = nextPage(directory, start, end); page < end; page = nextPage(directory, page + PAGE_BYTES, end)) {
      const entry = pageEntry(directory, page);
      const before = load<u32>(entry);
      if ((before & rights) == 0) continue;
      store<u32>(entry, rights == PTE_PRESENT ? 0 : before & ~rights);
      changed = true;
    }
    if (changed) this.forget(start, end);
  }

  /** Forgets translations between two addresses. Where the directory is not loaded that is all of them: it will have another identifier. */
  private forget(start: usize, end: usize): void {
    if (load<usize>(loadedOn(this.cpu)) != changetype<usize>(this)) this.space = NO_SPACE;
    else if (end - start > MOST_SINGLE_PAGES * PAGE_BYTES) tlbFlush(numberOf(this.space));
    else for (let page = start; page < end; page += PAGE_BYTES) invlpg(page);
  }

  // --- its end

  override leave(): i32 {
    const root = this.hatRoot;
    root.isLeft = true;
    for (let cpu = 0; cpu < root.clusters; cpu++) {
      const rep = changetype<usize>(root.repOf(cpu));
      if (rep != 0 && load<usize>(loadedOn(cpu)) == rep) callOn(cpu, leaveHere.index, rep);
    }
    return 0;
  }

  override destroy(): i32 {
    destroy(this.root.coid);
    return 0;
  }

  /** Nobody walks the tables any more, and what they map has been given back. */
  override reclaim(): void {
    if (this.directory != 0) releasePageDirectory(this.directory);
  }
}

// --- messages

function unmapHere(rep: usize, start: usize, end: usize): i32 {
  changetype<HatRep>(rep).restrict(start, end, PTE_PRESENT);
  return 0;
}

function writeProtectHere(rep: usize, start: usize, end: usize): i32 {
  changetype<HatRep>(rep).restrict(start, end, PTE_WRITE);
  return 0;
}

/** A CPU that still walks a HAT's tables goes back to its kernel's. */
function leaveHere(rep: usize, _: usize, __: usize): i32 {
  if (load<usize>(loadedOn(coreId())) == rep) leaveTables();
  return 0;
}

/** This CPU walks its kernel's tables only. */
export function leaveTables(): void {
  store<usize>(loadedOn(coreId()), 0);
  setPageRoot(localTable().directory, NO_SPACE);
}

/** A new object. */
export function newHat(): usize {
  return nameCoid(NAME_HAT, new HatRoot().coid);
}
