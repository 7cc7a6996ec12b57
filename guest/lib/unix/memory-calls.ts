// The system calls of memory: mmap, munmap, mprotect, brk, memory.grow. They change what may be; page faults find out.
import { File } from '../fs/file';
import { memoryIsShort } from 'kernel/memory';
import { PAGE_BYTES } from '../page-table';
import {
  EACCES,
  EBADF,
  EINVAL,
  ENOMEM,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROGRAM_END,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../../posix/abi';
import { AddressSpace, USER_END } from 'kernel/address-space';
import { currentThread, thisCpu } from 'kernel/cpu';
import { anonymousFile } from './file-pages';

const ALL_RIGHTS: i32 = PROT_READ | PROT_WRITE | PROT_EXEC;
const WASM_PAGE: usize = 65536;

@inline
function roundUp(bytes: usize): usize {
  return (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/** Whether it is a range of whole pages in user memory that is not empty. */
function isRange(address: usize, bytes: usize): bool {
  return (address & (PAGE_BYTES - 1)) == 0 && bytes > 0 && bytes <= USER_END && address <= USER_END - roundUp(bytes);
}

/** mmap(): the address, or an error. */
export function map(address: usize, bytes: usize, protection: i32, flags: i32, fd: i32, offset: i64): i32 {
  const kind = flags & (MAP_SHARED | MAP_PRIVATE);
  const known = MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS;
  if ((protection & ~ALL_RIGHTS) != 0 || (flags & ~known) != 0) return -EINVAL;
  if (kind != MAP_SHARED && kind != MAP_PRIVATE) return -EINVAL;
  if (offset < 0 || (offset & (PAGE_BYTES - 1)) != 0) return -EINVAL;
  const fixed = (flags & MAP_FIXED) != 0;
  if (!isRange(fixed ? address : 0, bytes)) return -EINVAL;
  if (memoryIsShort()) return -ENOMEM;
  let file: File | null = null;
  let readOnly = false;
  if ((flags & MAP_ANONYMOUS) == 0) {
    file = fileToMap(fd, kind == MAP_SHARED && (protection & PROT_WRITE) != 0);
    if (file === null) return thisCpu().error;
    readOnly = kind == MAP_SHARED && !isOpenForWriting(fd);
  } else if (kind == MAP_SHARED) {
    // Shared with children that fork makes: pages of a file without a name.
    file = anonymousFile(roundUp(bytes));
  }
  const space = currentThread().process.space!;
  const answer = space.map(address, roundUp(bytes), protection, flags, file, offset, readOnly);
  if (answer < 0 && file) file.put();
  return answer;
}

/** The file behind a descriptor, with a reference; none where it cannot be mapped, or not be written to as it is asked. */
function fileToMap(fd: i32, writes: bool): File | null {
  const open = currentThread().process.descriptors.get(fd);
  thisCpu().error = -EBADF;
  if (open === null) return null;
  thisCpu().error = -EACCES;
  const node = open.canRead && (open.canWrite || !writes) ? open.node : null;
  if (node) node.get();
  open.letGo();
  return node;
}

function isOpenForWriting(fd: i32): bool {
  const open = currentThread().process.descriptors.get(fd);
  if (open === null) return false;
  const answer = open.canWrite;
  open.letGo();
  return answer;
}

/** munmap(). */
export function unmap(address: usize, bytes: usize): i32 {
  if (!isRange(address, bytes)) return -EINVAL;
  return currentThread().process.space!.unmap(address, address + roundUp(bytes));
}

/** mprotect(). */
export function protect(address: usize, bytes: usize, protection: i32): i32 {
  if (!isRange(address, bytes) || (protection & ~ALL_RIGHTS) != 0) return -EINVAL;
  return currentThread().process.space!.protect(address, address + roundUp(bytes), protection);
}

/** brk(): where the program's memory ends then. */
export function moveBreak(end: usize): i32 {
  const space = currentThread().process.space!;
  space.lock();
  if (end != 0) setHeapEnd(space, end);
  const answer = <i32>space.heapEnd;
  space.unlock();
  return answer;
}

/** memory.grow: the pages of 64 KiB that there were, or -1. */
export function growMemory(pages: u32): i32 {
  const space = currentThread().process.space!;
  space.lock();
  const before = (space.heapEnd + WASM_PAGE - 1) / WASM_PAGE;
  const fits = <u64>before + pages <= <u64>(PROGRAM_END / WASM_PAGE);
  const grown = pages == 0 || (fits && setHeapEnd(space, (before + pages) * WASM_PAGE));
  space.unlock();
  return grown ? <i32>before : -1;
}

function setHeapEnd(space: AddressSpace, end: usize): bool {
  const from = roundUp(space.heapEnd);
  const to = roundUp(end);
  if (end > PROGRAM_END || to < end) return false;
  if (to > from && !space.extend(from, to)) return false;
  if (to < from && !space.shrink(to, from)) return false;
  space.heapEnd = end;
  return true;
}
