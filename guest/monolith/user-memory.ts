// Between the kernel and the memory of a process. The kernel never uses a user's address: it looks the page up in the process's page tables,
// resolves what a fault would, and reaches the frame through its window onto RAM. A bad address is an error (EFAULT), not a fault.
import { copyAhead } from '../lib/copy';
import { PTE_PRESENT, PTE_USER, PTE_WRITE } from '../lib/machine-constants';
import { frameAddress, releaseFrame, shareFrame } from '../lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES, pageEntry } from '../lib/page-table';
import { EFAULT, ENAMETOOLONG, ENOENT, PATH_MAX } from '../posix/abi';
import { AddressSpace, USER_END } from './address-space';
import { currentThread, SCRATCH_HELD, SCRATCH_PATH, SCRATCH_WORD, scratchAt } from './cpu';
import { resolve } from './page-fault';

/** How many pages are held at once, at most: what a transfer does in one step. */
const HELD_PAGES: i32 = 16;
const PAGE_BITS: i32 = 12;

/** Address in the kernel of a byte of the user's, good to the end of its page while the caller has the space's lock; 0: EFAULT. */
function reach(space: AddressSpace, address: usize, write: bool): usize {
  if (address >= USER_END) return 0;
  const needed: u32 = PTE_PRESENT | PTE_USER | (write ? PTE_WRITE : 0);
  let entry = pageEntry(space.root, address);
  if (entry == 0 || (load<u32>(entry) & needed) != needed) {
    if (resolve(space, address, write) != 0) return 0;
    entry = pageEntry(space.root, address);
  }
  return frameAddress(load<u32>(entry) & ENTRY_FRAME) + (address & (PAGE_BYTES - 1));
}

/** Bytes from an address to the end of its page, `bytes` at most. */
@inline
export function upToPageEnd(address: usize, bytes: usize): usize {
  return min(bytes, PAGE_BYTES - (address & (PAGE_BYTES - 1)));
}

/** Copies from the user: 0 or -EFAULT, when some of it may have been copied. */
export function copyFrom(space: AddressSpace, to: usize, from: usize, bytes: usize): i32 {
  while (bytes > 0) {
    const part = upToPageEnd(from, bytes);
    space.lock();
    const source = reach(space, from, false);
    if (source != 0) copyAhead(to, source, part);
    space.unlock();
    if (source == 0) return -EFAULT;
    to += part;
    from += part;
    bytes -= part;
  }
  return 0;
}

/** Copies to the user: 0 or -EFAULT, when some of it may have been copied. */
export function copyTo(space: AddressSpace, to: usize, from: usize, bytes: usize): i32 {
  while (bytes > 0) {
    const part = upToPageEnd(to, bytes);
    space.lock();
    const target = reach(space, to, true);
    if (target != 0) copyAhead(target, from, part);
    space.unlock();
    if (target == 0) return -EFAULT;
    to += part;
    from += part;
    bytes -= part;
  }
  return 0;
}

/** The same for the current process. */
export function copyIn(to: usize, from: usize, bytes: usize): i32 {
  return copyFrom(currentThread().process.space!, to, from, bytes);
}

export function copyOut(to: usize, from: usize, bytes: usize): i32 {
  return copyTo(currentThread().process.space!, to, from, bytes);
}

/**
 * Holds the page of an address for a transfer that takes other locks, or sleeps: where the kernel reaches the byte, or 0 (EFAULT). The page stays
 * even if the process unmaps it. To be followed by `letGoPage`.
 */
export function holdPage(address: usize, write: bool): usize {
  const space = currentThread().process.space!;
  space.lock();
  const reached = reach(space, address, write);
  if (reached != 0) shareFrame(frameOfAddress(reached));
  space.unlock();
  return reached;
}

export function letGoPage(reached: usize): void {
  releaseFrame(frameOfAddress(reached));
}

/**
 * Holds the pages of a range, or of its beginning: HELD_PAGES at most, up to the first that cannot be reached. Returns how many bytes they are, and 0 for
 * EFAULT. Where the kernel reaches each is told by `heldPage`; to be followed by `letGoRange` with these bytes, on the same core.
 */
export function holdRange(address: usize, bytes: usize, write: bool): usize {
  const space = currentThread().process.space!;
  let held: usize = 0;
  space.lock();
  for (let i = 0; i < HELD_PAGES && held < bytes; i++) {
    const reached = reach(space, address + held, write);
    if (reached == 0) break;
    shareFrame(frameOfAddress(reached));
    store<usize>(scratchAt(SCRATCH_HELD + ((<usize>i) << 2)), reached);
    held += upToPageEnd(address + held, bytes - held);
  }
  space.unlock();
  return held;
}

/** The first byte of the i-th page of the range that is held. */
@inline
export function heldPage(i: i32): usize {
  return load<usize>(scratchAt(SCRATCH_HELD + ((<usize>i) << 2)));
}

export function letGoRange(address: usize, bytes: usize): void {
  const pages = <i32>(((address + bytes - 1) >> PAGE_BITS) - (address >> PAGE_BITS)) + 1;
  for (let i = 0; i < pages; i++) letGoPage(heldPage(i));
}

@inline
function frameOfAddress(reached: usize): usize {
  return (reached & ~(PAGE_BYTES - 1)) - frameAddress(0);
}

/** Stores an i32 for the user, unless the address is 0: 0 or -EFAULT. */
export function putWord(to: usize, value: i32): i32 {
  if (to == 0) return 0;
  const word = scratchAt(SCRATCH_WORD);
  store<i32>(word, value);
  return copyOut(to, word, 4);
}

/** Copies a path to the core's memory for it (SCRATCH_PATH, or another place): its bytes, or an error. */
export function copyPath(path: usize, bytes: i32, place: usize = SCRATCH_PATH): i32 {
  if (bytes == 0) return -ENOENT;
  if (<u32>bytes > <u32>PATH_MAX) return -ENAMETOOLONG;
  const error = copyIn(scratchAt(place), path, bytes);
  return error != 0 ? error : bytes;
}
