// How the kernel reaches the memory of a process. It never uses a user's address: it looks the page up in the process's page tables, resolves
// what a fault would, and reaches the frame through its window onto RAM. A bad address is an error (EFAULT), not a fault.
import { copyAhead } from '../lib/copy';
import { PTE_PRESENT, PTE_USER, PTE_WRITE } from '../lib/machine-constants';
import { frameAddress, shareFrame } from '../lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES, pageEntry } from '../lib/page-table';
import { EFAULT } from '../posix/abi';
import { frameOfAddress, HELD_PAGES, setHeldPage, upToPageEnd } from '../lib/unix/user-memory';
import { AddressSpace, USER_END } from './address-space';
import { currentThread } from './cpu';
import { resolve } from './page-fault';

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

/** Holds the page of an address of the current process: where the kernel reaches the byte, or 0 (EFAULT). To be followed by `letGoPage`. */
export function holdPage(address: usize, write: bool): usize {
  const space = currentThread().process.space!;
  space.lock();
  const reached = reach(space, address, write);
  if (reached != 0) shareFrame(frameOfAddress(reached));
  space.unlock();
  return reached;
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
    setHeldPage(i, reached);
    held += upToPageEnd(address + held, bytes - held);
  }
  space.unlock();
  return held;
}
