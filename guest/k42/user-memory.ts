// How the kernel reaches the memory of a process. It never uses a user's address: it looks the page up in this CPU's tables of the process's HAT, lets a fault be
// handled where it is not there, and reaches the frame through its window onto RAM. A bad address is an error (EFAULT), not a fault.
//
// What this CPU has mapped stays while it serves no messages, since who takes a page away waits for its answer. So a copy needs no lock.
import { copyAhead } from '../lib/copy';
import { PTE_PRESENT, PTE_USER, PTE_WRITE } from '../lib/machine-constants';
import { frameAddress, shareFrame } from '../lib/page-frames';
import { ENTRY_FRAME, PAGE_BYTES } from '../lib/page-table';
import { frameOfAddress, HELD_PAGES, setHeldPage, upToPageEnd } from '../lib/unix/user-memory';
import { EFAULT } from '../posix/abi';
import { AddressSpace, USER_END } from './address-space';
import { dref } from './cobj/rep';
import { currentThread } from './cpu';
import { HAT } from './mem/hat';

/** Address in the kernel of a byte of the user's, good to the end of its page until this CPU serves messages; 0: EFAULT. */
function reach(space: AddressSpace, address: usize, write: bool): usize {
  if (address >= USER_END) return 0;
  const needed: u32 = PTE_PRESENT | PTE_USER | (write ? PTE_WRITE : 0);
  let entry = dref<HAT>(space.hat).entry(address);
  while ((entry & needed) != needed) {
    if (space.handleFault(address, write) != 0) return 0;
    entry = dref<HAT>(space.hat).entry(address);
  }
  return frameAddress(entry & ENTRY_FRAME) + (address & (PAGE_BYTES - 1));
}

/** Copies from the user: 0 or -EFAULT, when some of it may have been copied. */
export function copyFrom(space: AddressSpace, to: usize, from: usize, bytes: usize): i32 {
  while (bytes > 0) {
    const part = upToPageEnd(from, bytes);
    const source = reach(space, from, false);
    if (source == 0) return -EFAULT;
    copyAhead(to, source, part);
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
    const target = reach(space, to, true);
    if (target == 0) return -EFAULT;
    copyAhead(target, from, part);
    to += part;
    from += part;
    bytes -= part;
  }
  return 0;
}

/** Holds the page of an address of the current process: where the kernel reaches the byte, or 0 (EFAULT). To be followed by `letGoPage`. */
export function holdPage(address: usize, write: bool): usize {
  const reached = reach(currentThread().process.space!, address, write);
  if (reached != 0) shareFrame(frameOfAddress(reached));
  return reached;
}

/**
 * Holds the pages of a range, or of its beginning: HELD_PAGES at most, up to the first that cannot be reached. Returns how many bytes they are, and 0 for
 * EFAULT. Where the kernel reaches each is told by `heldPage`; to be followed by `letGoRange` with these bytes, on the same CPU.
 */
export function holdRange(address: usize, bytes: usize, write: bool): usize {
  let held: usize = 0;
  for (let i = 0; i < HELD_PAGES && held < bytes; i++) {
    const reached = holdPage(address + held, write);
    if (reached == 0) break;
    setHeldPage(i, reached);
    held += upToPageEnd(address + held, bytes - held);
  }
  return held;
}
