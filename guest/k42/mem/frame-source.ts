// Where the Global PM's frames come from and go to: the kit's allocator (guest/lib/page-frames.ts). They come in runs of frames next to each other.
import { MOST_LINE_BYTES } from '../../lib/limits';
import { coreCount } from '../../lib/machine';
import { releaseFrame, takeFrame, takeReservedFrame, takeRun, totalFrames } from '../../lib/page-frames';
import { PAGE_BYTES } from '../../lib/page-table';
import { drawsOnReserve } from '../trusted';
import { FrameList } from './frame-list';

/** Runs have at most 2^9 frames: as many as a page of a list and what it keeps. */
const MOST_RUN_ORDER: i32 = 9;
/** All runs that CPUs have in lists of one page are at most this part of memory. */
const MOST_PART: i32 = 16;

const place = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

/** Chooses how many frames come at once; on the boot CPU, once. */
export function layOutFrameSource(): void {
  const share = max(totalFrames() / (MOST_PART * coreCount()), 2);
  store<i32>(place, min(31 - clz<i32>(share), MOST_RUN_ORDER));
}

/** A list for such runs: each fills a page of it. */
export function newFrameList(): FrameList {
  return new FrameList((1 << load<i32>(place)) - 1);
}

/** Puts some frames into a list: whether there are any. */
export function refill(list: FrameList): bool {
  for (let order = load<i32>(place); order > 0; order--) {
    const run = takeRun(order);
    if (run == 0) continue;
    for (let i = (1 << order) - 1; i >= 0; i--) list.push(run + <usize>i * PAGE_BYTES);
    return true;
  }
  const frame = drawsOnReserve() ? takeReservedFrame() : takeFrame();
  if (frame == 0) return false;
  list.push(frame);
  return true;
}

/** Gives all frames of a list back: how many. */
export function drain(list: FrameList): i32 {
  let count = 0;
  for (let frame = list.pop(); frame != 0; frame = list.pop()) {
    releaseFrame(frame);
    count++;
  }
  return count;
}
