// Follows a script of changes of two address spaces. Spaces are 0 and 1, pages are numbers; page p is mapped to a frame of its own or to page q's.
import { setPageRoot } from '../../../guest/lib/machine';
import { PTE_USER, PTE_WRITE } from '../../../guest/lib/machine-constants';
import {
  ensurePageEntry,
  entryOf,
  mapIfAbsent,
  mapPage,
  newPageDirectory,
  nextPage,
  protectPage,
  releasePageDirectory,
  releasePages,
  unmapPage,
} from '../../../guest/lib/page-directory';
import {
  frameAddress,
  freeFrames,
  releaseFrame,
  shareFrame,
  takeFrame,
  totalFrames,
} from '../../../guest/lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES } from '../../../guest/lib/page-table';
import { facts, follow } from './script.assembly';

/** In this order in page-directory.test.ts. */
const MAP = 0;
const MAP_IF_ABSENT = 1;
const SHARE = 2;
const UNMAP = 3;
const PROTECT = 4;
const RIGHTS = 5;
const NEXT = 6;
const RELEASE = 7;
const USED = 8;
const WRITE = 9;
const READ = 10;

/** In space 0 of the TLBs, which forget it at every switch. */
const roots = memory.data(8, 8);

export function boot(info: usize): void {
  follow(info, perform);
}

/** Pages lie 5 to a table: whole tables have none. */
function addressOf(page: i32): usize {
  return (<usize>(page / 5) * 0xc0_0000 + <usize>(page % 5) * 0x10_1000) & 0x7fff_ffff;
}

function rootOf(space: i32): usize {
  const place = roots + 4 * space;
  if (load<usize>(place) == 0) store<usize>(place, newPageDirectory(facts().pageRoot));
  return load<usize>(place);
}

/** a: the page, and 1000 for space 1. */
function perform(operation: i32, a: i32, b: i32): i32 {
  const space = a / 1000;
  const root = rootOf(space);
  const page = addressOf(a % 1000);
  switch (operation) {
    case MAP: {
      if (entryOf(root, page) != 0) return -1;
      return mapPage(root, page, takeFrame(), b) ? 0 : -2;
    }
    case MAP_IF_ABSENT: {
      const frame = takeFrame();
      ensurePageEntry(root, page);
      const before = mapIfAbsent(root, page, frame, b);
      if (before != 0) releaseFrame(frame);
      return before != 0 ? 1 : 0;
    }
    case SHARE: {
      const from = entryOf(rootOf(1 - space), page);
      if (from == 0 || entryOf(root, page) != 0) return -1;
      shareFrame(from & ENTRY_FRAME);
      return mapPage(root, page, from & ENTRY_FRAME, PTE_USER) ? 0 : -2;
    }
    case UNMAP: {
      const before = unmapPage(root, page);
      if (before != 0) releaseFrame(before & ENTRY_FRAME);
      return before != 0 ? 1 : 0;
    }
    case PROTECT:
      return protectPage(root, page, b) & (PTE_WRITE | PTE_USER);
    case RIGHTS:
      return entryOf(root, page) & (PTE_WRITE | PTE_USER);
    case NEXT:
      return <i32>(nextPage(root, page, addressOf(b)) / PAGE_BYTES);
    case RELEASE: {
      const pages = releasePages(root, 0, 0x8000_0000);
      releasePageDirectory(root);
      store<usize>(roots + 4 * space, 0);
      return pages;
    }
    case USED:
      return totalFrames() - freeFrames();
    case WRITE:
      setPageRoot(root, 0);
      store<i32>(page, b);
      setPageRoot(facts().pageRoot, 0);
      return load<i32>(frameAddress(entryOf(root, page) & ENTRY_FRAME));
    default:
      setPageRoot(root, 0);
      b = load<i32>(page);
      setPageRoot(facts().pageRoot, 0);
      return b;
  }
}
