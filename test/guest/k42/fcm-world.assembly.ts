// What FCMs need around them, as simple as can be: a HAT with a table of its own on each CPU, in words in the place of page tables; a Region that shows all
// pages of an FCM; a PM that counts. CPUs unmap from each other by messages, as on the machine: so whoever looks a page up may use it until he serves them.
import { CpuSet } from '../../../guest/lib/cpu-set';
import { MOST_CORES, MOST_LINE_BYTES } from '../../../guest/lib/limits';
import { coreCount, coreId } from '../../../guest/lib/machine';
import { PTE_PRESENT, PTE_USER, PTE_WRITE } from '../../../guest/lib/machine-constants';
import { frameAddress, releaseFrame, takeFrame } from '../../../guest/lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES } from '../../../guest/lib/page-table';
import { dref } from '../../../guest/k42/cobj/rep';
import { SingleRepRoot } from '../../../guest/k42/cobj/single-rep-root';
import { FCM } from '../../../guest/k42/mem/fcm';
import { HAT } from '../../../guest/k42/mem/hat';
import { PM } from '../../../guest/k42/mem/pm';
import { Region } from '../../../guest/k42/mem/region';
import { callOn } from '../../../guest/k42/messages';
import { EFAULT } from '../../../guest/posix/abi';
import { check } from '../lib/all-cores.assembly';

/** Pages that a Region shows, and Regions that there are at most. */
export const PAGES: i32 = 16;
export const SPACES: i32 = 8;

/** [cpu][space][page]: the entry that the CPU has. */
const tables = memory.data(MOST_CORES * SPACES * PAGES * 4, MOST_LINE_BYTES);
const frames = memory.data(4, MOST_LINE_BYTES);
const pmPlace = memory.data(4, 4);

@inline
function entryAt(cpu: i32, space: i32, page: i32): usize {
  return tables + 4 * <usize>((cpu * SPACES + space) * PAGES + page);
}

class WordHAT extends HAT {
  constructor(readonly space: i32) {
    super();
  }

  override mapPage(address: usize, frame: usize, rights: u32): i32 {
    store<u32>(entryAt(coreId(), this.space, <i32>(address / PAGE_BYTES)), frame | rights | PTE_PRESENT);
    return 0;
  }

  override entry(address: usize): u32 {
    return load<u32>(entryAt(coreId(), this.space, <i32>(address / PAGE_BYTES)));
  }

  override unmapRange(start: usize, end: usize, cpus: CpuSet): i32 {
    return this.restrict(start, end, 0);
  }

  override writeProtectRange(start: usize, end: usize, cpus: CpuSet): i32 {
    return this.restrict(start, end, ~PTE_WRITE);
  }

  private restrict(start: usize, end: usize, kept: u32): i32 {
    const pages = (start / PAGE_BYTES) | ((end / PAGE_BYTES) << 16);
    for (let cpu = 0; cpu < coreCount(); cpu++) callOn(cpu, restrictHere.index, this.space, pages, kept);
    return 0;
  }

  override load(): i32 {
    return 0;
  }

  override destroy(): i32 {
    return 0;
  }
}

function restrictHere(space: usize, pages: usize, kept: usize): i32 {
  for (let page: i32 = <i32>pages & 0xffff; page < <i32>(pages >> 16); page++) {
    const entry = entryAt(coreId(), <i32>space, page);
    store<u32>(entry, load<u32>(entry) & <u32>kept);
  }
  return 0;
}

/** What of a Region an FCM calls. */
class WordRegion extends Region {
  /** The HATs here ask all. */
  private readonly cpus: CpuSet = new CpuSet();

  constructor(readonly hat: usize) {
    super();
  }

  override unmapPages(first: i32, count: i32): i32 {
    return this.change(first, count, true);
  }

  override writeProtectPages(first: i32, count: i32): i32 {
    return this.change(first, count, false);
  }

  private change(first: i32, count: i32, unmaps: bool): i32 {
    const start = <usize>min(first, PAGES) * PAGE_BYTES;
    const end = <usize>min<i64>(<i64>first + count, PAGES) * PAGE_BYTES;
    const hat = dref<HAT>(this.hat);
    return unmaps ? hat.unmapRange(start, end, this.cpus) : hat.writeProtectRange(start, end, new CpuSet());
  }
}

class CountingPM extends PM {
  override takeFrame(): usize {
    const frame = takeFrame();
    if (frame != 0) atomic.add<i32>(frames, 1);
    return frame;
  }

  override giveFrame(frame: usize): i32 {
    atomic.sub<i32>(frames, 1);
    releaseFrame(frame);
    return 0;
  }

  override countFrames(count: i32): i32 {
    atomic.add<i32>(frames, count);
    return 0;
  }

  override attachFcm(fcm: usize): i32 {
    return 0;
  }

  override detachFcm(fcm: usize): i32 {
    return 0;
  }
}

/** References to frames that FCMs have. */
export function framesOfFcms(): i32 {
  return atomic.load<i32>(frames);
}

/** Of each space. */
const hats = memory.data(4 * SPACES, MOST_LINE_BYTES);
const regions = memory.data(4 * SPACES, MOST_LINE_BYTES);

export function layOutWorld(): void {
  store<usize>(pmPlace, new SingleRepRoot(new CountingPM()).coid);
  for (let space = 0; space < SPACES; space++) {
    const hat = new SingleRepRoot(new WordHAT(space)).coid;
    store<usize>(hats + 4 * space, hat);
    store<usize>(regions + 4 * space, new SingleRepRoot(new WordRegion(hat)).coid);
  }
}

export function pm(): usize {
  return load<usize>(pmPlace);
}

export function hatOf(space: i32): usize {
  return load<usize>(hats + 4 * space);
}

export function regionOf(space: i32): usize {
  return load<usize>(regions + 4 * space);
}

/** What a user's access does: faults as often as need be; where the page is then, until this CPU serves messages. 0 where it is behind the end. */
export function reach(space: i32, fcm: usize, page: i32, write: bool): usize {
  const needed: u32 = PTE_PRESENT | (write ? PTE_WRITE : 0);
  while (true) {
    const entry = load<u32>(entryAt(coreId(), space, page));
    if ((entry & needed) == needed) return frameAddress(entry & ENTRY_FRAME);
    const address = <usize>page * PAGE_BYTES;
    const error = dref<FCM>(fcm).mapPage(hatOf(space), address, page, PTE_USER | PTE_WRITE, write);
    if (error == -EFAULT) return 0;
    check(error == 0, 'there is memory');
  }
}
