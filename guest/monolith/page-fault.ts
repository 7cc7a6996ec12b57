// Page faults: demand paging and copy on write.
//
// A page that is touched for the first time gets a frame: a zero one, with an image's data in it where there is some; or one of a file's own.
// A page that is written though its entry does not allow it is copied, unless nobody else has its frame. docs/walks/page-fault.md walks through it.
import { FAULT_WRITE, PTE_PRESENT, PTE_USER, PTE_WRITE } from '../lib/machine-constants';
import { ensurePageEntry } from '../lib/page-directory';
import { frameAddress, frameReferences, releaseFrame, shareFrame, takeFrame, takeZeroFrame } from '../lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES, pageEntry } from '../lib/page-table';
import { EFAULT, ENOMEM, PROT_NONE, PROT_WRITE, SIGKILL, SIGSEGV } from '../posix/abi';
import { AddressSpace } from './address-space';
import { Area } from './area';
import { complainOfAccess } from '../lib/unix/complaint';
import { frameOfFile } from '../lib/unix/file-pages';
import { shootDown } from './shootdown';
import { forceSignal } from '../lib/unix/signal';
import { Thread } from './thread';

/** The trap: resolves it, or sends the signal that follows from it. */
export function pageFault(thread: Thread, address: usize, access: i32): void {
  const process = thread.process;
  const space = process.space!;
  thread.faults++;
  // To zero a frame takes longest, so it is done before the lock is taken. Where the page is there, or is a file's, it goes back.
  const entry = pageEntry(space.root, address);
  const spare = entry == 0 || load<u32>(entry) == 0 ? takeZeroFrame() : 0;
  space.lock();
  const error = resolve(space, address, (access & FAULT_WRITE) != 0, spare);
  space.unlock();
  if (spare != 0) releaseFrame(spare);
  if (error == 0) return;
  const signal = error == -ENOMEM ? SIGKILL : SIGSEGV;
  if (!process.handles(signal)) complainOfAccess(process, signal, address, (access & FAULT_WRITE) != 0);
  forceSignal(process, signal);
}

/** Makes a page accessible: 0, -EFAULT or -ENOMEM. The caller has the lock of the address space. `spare`: a zero frame for it to share, or 0. */
export function resolve(space: AddressSpace, address: usize, write: bool, spare: usize = 0): i32 {
  const page = address & ~(PAGE_BYTES - 1);
  const area = space.areaAt(address);
  if (area === null || area.protection == PROT_NONE) return -EFAULT;
  if (write && (area.protection & PROT_WRITE) == 0) return -EFAULT;
  const entry = ensurePageEntry(space.root, page);
  if (entry == 0) return -ENOMEM;
  const old = load<u32>(entry);
  if (old == 0) return provide(space, area, page, entry, write, spare);
  if (!write || (old & PTE_WRITE) != 0) {
    // Another thread was faster; or the page was kept while access was forbidden.
    store<u32>(entry, old | PTE_PRESENT);
    return 0;
  }
  return makeWritable(space, area, page, entry);
}

/** Gives a page a frame for the first time. */
function provide(space: AddressSpace, area: Area, page: usize, entry: usize, write: bool, spare: usize): i32 {
  let rights: u32 = PTE_PRESENT | PTE_USER | (area.isWritable ? PTE_WRITE : 0);
  let frame: usize = 0;
  const file = area.file;
  if (file) {
    frame = frameOfFile(file, area.filePage(page));
    // Behind the end of the file there is nothing to map.
    if (frame == 0) return -EFAULT;
    if (!area.isShared && write) {
      const copy = copyFrame(frame);
      releaseFrame(frame);
      frame = copy;
    } else if (!area.isShared) {
      rights &= ~PTE_WRITE;
    }
  } else {
    frame = spare != 0 ? spare : takeZeroFrame();
    if (spare != 0) shareFrame(spare);
    const image = area.image;
    if (frame != 0 && image) image.fill(page, frameAddress(frame));
  }
  if (frame == 0) return -ENOMEM;
  store<u32>(entry, frame | rights);
  space.pages++;
  return 0;
}

/** A write to a page that is there: allowed where it is the only user of its frame, else the page gets a copy. */
function makeWritable(space: AddressSpace, area: Area, page: usize, entry: usize): i32 {
  const old = load<u32>(entry);
  const frame = old & ENTRY_FRAME;
  const rights: u32 = PTE_PRESENT | PTE_USER | PTE_WRITE;
  if (area.isShared || frameReferences(frame) == 1) {
    store<u32>(entry, frame | rights);
    // Translations without the right are found out by a fault, at which they are looked up again.
    return 0;
  }
  const copy = copyFrame(frame);
  if (copy == 0) return -ENOMEM;
  store<u32>(entry, copy | rights);
  // Other threads may still read the old frame.
  shootDown(space, page, page + PAGE_BYTES);
  releaseFrame(frame);
  return 0;
}

/** 0 where there is no memory. */
function copyFrame(frame: usize): usize {
  const copy = takeFrame();
  if (copy != 0) memory.copy(frameAddress(copy), frameAddress(frame), PAGE_BYTES);
  return copy;
}
