// A file in one piece in the kernel's addresses, for the machine to read a module from. Files that the machine was booted with are in one piece in
// RAM anyway. Others are mapped into a part of the kernel's addresses that is kept for that, one after the other.
import { File } from '../fs/file';
import { invlpg } from '../machine';
import { PTE_PRESENT } from '../machine-constants';
import { ensurePageEntry } from '../page-directory';
import { frameAddress, releaseFrame } from '../page-frames';
import { ENTRY_FRAME, PAGE_BYTES, pageEntry } from '../page-table';
import { frameOfFile } from './file-pages';
import { Lockable } from 'kernel/lock';
import { nameOne } from './names';

/** Behind the kernel's memory, and below what kernels have for themselves: from 0xa000_0000 on. */
const WINDOW: usize = 0x9000_0000;
/** What one page table maps. */
const TABLE_SPAN: usize = 0x40_0000;
const WINDOW_BYTES: usize = 8 * TABLE_SPAN;

class FileWindow extends Lockable {
  /** `root`: page tables that the kernel's part of all others has come from, by their physical address. */
  constructor(readonly root: usize) {
    super();
  }

  entryOf(address: usize): usize {
    return pageEntry(this.root, address);
  }
}

/** The one that there is; the same on each core. */
let fileWindow: FileWindow = changetype<FileWindow>(0);

/** Makes the page tables, before there are address spaces that have copies of the directory. On the boot core; returns what the others are told. */
export function layOutFileWindow(root: usize): usize {
  for (let at: usize = 0; at < WINDOW_BYTES; at += TABLE_SPAN) ensurePageEntry(root, WINDOW + at);
  const window = new FileWindow(root);
  nameOne(window, 'file window');
  return changetype<usize>(window);
}

export function setFileWindow(window: usize): void {
  fileWindow = changetype<FileWindow>(window);
}

/**
 * Where the kernel finds a file's first bytes until `unmapFile`; 0 where there are none, too many, fewer than that in the file by now, or no memory is left. How
 * many is the caller's to say to both, since others may write to the file meanwhile.
 */
export function mapFile(file: File, bytes: usize): usize {
  if (bytes == 0 || bytes > WINDOW_BYTES) return 0;
  const run = runOf(file, bytes);
  if (run != 0) return run;
  fileWindow.lock();
  for (let at: usize = 0; at < bytes; at += PAGE_BYTES) {
    const frame = frameOfFile(file, <i32>(at / PAGE_BYTES));
    if (frame == 0) {
      unmapWindow(at);
      return 0;
    }
    store<u32>(fileWindow.entryOf(WINDOW + at), frame | PTE_PRESENT);
  }
  return WINDOW;
}

export function unmapFile(address: usize, bytes: usize): void {
  if (address == WINDOW) unmapWindow(bytes);
}

/** Each page's translation is forgotten on the core that had it: others have none. */
function unmapWindow(end: usize): void {
  for (let at: usize = 0; at < end; at += PAGE_BYTES) {
    const entry = fileWindow.entryOf(WINDOW + at);
    releaseFrame(load<u32>(entry) & ENTRY_FRAME);
    store<u32>(entry, 0);
    invlpg(WINDOW + at);
  }
  fileWindow.unlock();
}

/** Where the kernel's window onto RAM shows that much of the file in one piece; 0 where its frames are not next to each other. */
function runOf(file: File, bytes: usize): usize {
  let first: usize = 0;
  for (let at: usize = 0; at < bytes; at += PAGE_BYTES) {
    const frame = frameOfFile(file, <i32>(at / PAGE_BYTES));
    if (frame == 0) return 0;
    if (at == 0) first = frame;
    releaseFrame(frame);
    if (frame != first + at) return 0;
  }
  return frameAddress(first);
}
