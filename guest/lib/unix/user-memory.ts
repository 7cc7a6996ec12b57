// Between the kernel and the memory of the current process. How a page of it is reached is the kernel's own (kernel/user-memory).
//
// Pages that are held stay even if the process unmaps them: so a transfer can take other locks, or sleep.
import { currentThread } from 'kernel/cpu';
import { copyFrom, copyTo } from 'kernel/user-memory';
import { frameAddress, releaseFrame } from '../page-frames';
import { PAGE_BYTES } from '../page-table';
import { ENAMETOOLONG, ENOENT, PATH_MAX } from '../../posix/abi';
import { SCRATCH_HELD, SCRATCH_PATH, SCRATCH_WORD, scratchAt } from './scratch';

/** How many pages are held at once, at most: what a transfer does in one step. */
export const HELD_PAGES: i32 = 16;
const PAGE_BITS: i32 = 12;

/** Bytes from an address to the end of its page, `bytes` at most. */
@inline
export function upToPageEnd(address: usize, bytes: usize): usize {
  return min(bytes, PAGE_BYTES - (address & (PAGE_BYTES - 1)));
}

// --- copies

/** Copies from the user: 0 or -EFAULT, when some of it may have been copied. */
export function copyIn(to: usize, from: usize, bytes: usize): i32 {
  return copyFrom(currentThread().process.space!, to, from, bytes);
}

/** Copies to the user: 0 or -EFAULT, when some of it may have been copied. */
export function copyOut(to: usize, from: usize, bytes: usize): i32 {
  return copyTo(currentThread().process.space!, to, from, bytes);
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

// --- pages that are held

/** Lets go of what `holdPage` has answered. */
export function letGoPage(reached: usize): void {
  releaseFrame(frameOfAddress(reached));
}

/** Remembers where the kernel reaches the i-th page of a range, for `holdRange`. */
@inline
export function setHeldPage(i: i32, reached: usize): void {
  store<usize>(scratchAt(SCRATCH_HELD + ((<usize>i) << 2)), reached);
}

/** The first byte of the i-th page of the range that `holdRange` holds. */
@inline
export function heldPage(i: i32): usize {
  return load<usize>(scratchAt(SCRATCH_HELD + ((<usize>i) << 2)));
}

/** Lets go of the range of which `holdRange` has answered that so many bytes are held; on the same core. */
export function letGoRange(address: usize, bytes: usize): void {
  const pages = <i32>(((address + bytes - 1) >> PAGE_BITS) - (address >> PAGE_BITS)) + 1;
  for (let i = 0; i < pages; i++) letGoPage(heldPage(i));
}

/** The frame that the kernel reaches at an address. */
@inline
export function frameOfAddress(reached: usize): usize {
  return (reached & ~(PAGE_BYTES - 1)) - frameAddress(0);
}
