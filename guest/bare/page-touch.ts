// Fresh pages through the MMU: every core writes a word to each line of its own pages, none of which is mapped. The page fault handler takes a
// frame from the core's list, zeroes it without fetching it, and maps it. No lock, and nothing shared but the page directory.
import {
  arena,
  arenaBytes,
  barrier,
  check,
  core,
  lineBytes,
  pageRoot,
  reportCell,
  reportMean,
  start,
  stopOnTrap,
} from '../lib/bare';
import { RAM } from '../lib/boot-info';
import { FrameList } from '../lib/frames';
import { cycles, lineZero, tlbFlush } from '../lib/machine';
import { PTE_PRESENT, PTE_WRITE, TRAP_PAGE_FAULT } from '../lib/machine-constants';
import { addPageTable, PAGE_BYTES, pageEntry } from '../lib/page-table';
import { parameter, parameterAt } from '../lib/parameters';

export { answers, arrived, episode } from '../lib/bare';

const PAGES: i32 = 2500;
/** Where the pages of core 0 begin, and how far from core to core: a multiple of what one page table maps. */
const REGIONS: usize = 0x1000_0000;
const REGION_BYTES: usize = 0xc0_0000;
const ALL_ADDRESS_SPACES: i32 = -1;

// Each core has its own of these.
let frames: FrameList = changetype<FrameList>(0);
let faults: i32 = 0;

export function boot(info: usize): void {
  start(info, measure);
}

export function trap(cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  if (cause != TRAP_PAGE_FAULT) return stopOnTrap(cause, a, b, c, d, e, f);
  faults++;
  const page = <usize>a & ~(PAGE_BYTES - 1);
  let entry = pageEntry(pageRoot, page);
  if (entry == 0) {
    addPageTable(pageRoot, page, takeZeroFrame());
    entry = pageEntry(pageRoot, page);
  }
  store<u32>(entry, takeZeroFrame() | PTE_PRESENT | PTE_WRITE);
  return 0;
}

function takeZeroFrame(): usize {
  const frame = frames.take();
  for (let offset: usize = 0; offset < PAGE_BYTES; offset += lineBytes) lineZero(RAM + frame + offset);
  return frame;
}

function measure(): void {
  const pages = parameter('pages', PAGES);
  const region = REGIONS + <usize>core * REGION_BYTES;
  frames = FrameList.over(arena(core), arenaBytes());
  check(frames.length > pages + 4, 'the memory of a core holds its pages');
  check(<usize>pages * PAGE_BYTES <= REGION_BYTES, "the pages fit into the core's region");
  for (let i = 0; ; i++) {
    const count = parameterAt('counts', i, 0);
    if (count == 0) break;
    faults = 0;
    barrier();
    const before = cycles();
    if (core < count) touch(region, pages);
    const time = core < count ? <f64>(cycles() - before) : 0;
    reportMean(count, 'page', time / <f64>pages, count);
    reportMean(count, 'line', (time * <f64>lineBytes) / (<f64>pages * PAGE_BYTES), count);
    reportMean(count, 'faults', core < count ? <f64>faults : 0, count);
    if (core < count) {
      check(faults == pages, 'each page faults once');
      unmap(region, pages);
    }
  }
}

/** One word of each line. */
function touch(region: usize, pages: i32): void {
  const end = region + <usize>pages * PAGE_BYTES;
  for (let line = region; line < end; line += lineBytes) store<i32>(line, 1);
}

/** Gives the frames back, so that the next pass finds nothing mapped but its page tables. */
function unmap(region: usize, pages: i32): void {
  for (let i = 0; i < pages; i++) {
    const entry = pageEntry(pageRoot, region + <usize>i * PAGE_BYTES);
    frames.put(load<usize>(entry) & ~(PAGE_BYTES - 1));
    store<u32>(entry, 0);
  }
  tlbFlush(ALL_ADDRESS_SPACES);
}
