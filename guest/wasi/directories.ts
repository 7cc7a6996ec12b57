// Directories that are open: those that a program begins with, and listings.
//
// A listing's cookies count its entries. The kernel only goes on where it stands, or begins again; what it has last told is kept with the descriptor,
// so that a program whose buffer ends within an entry finds that entry again. A cookie from before is found by beginning again.
import {
  DIRENT_BYTES,
  DIRENT_INODE,
  DIRENT_NAME,
  DIRENT_NAME_BYTES,
  DIRENT_TYPE,
  OPEN_MAX,
  SEEK_SET,
} from '../posix/abi';
import { lseek, readdir } from '../posix/posix';
import * as wasi from './abi';
import { Descriptor, descriptorAt, LISTING_BYTES, opened } from './descriptors';
import { errnoOf } from './errno';
import { SCRATCH_STATUS } from './scratch';
import { filetypeOf } from './status';

// --- preopened directories

export function fd_prestat_get(fd: i32, out: usize): i32 {
  const descriptor = opened(fd);
  if (descriptor === null || !descriptor.isPreopened) return wasi.ERRNO_BADF;
  store<i32>(out, wasi.PREOPENTYPE_DIR, wasi.PRESTAT_TYPE);
  store<i32>(out, descriptor.pathBytes, wasi.PRESTAT_NAME_BYTES);
  return wasi.ERRNO_SUCCESS;
}

export function fd_prestat_dir_name(fd: i32, name: usize, nameBytes: i32): i32 {
  const descriptor = opened(fd);
  if (descriptor === null || !descriptor.isPreopened) return wasi.ERRNO_BADF;
  if (<u32>nameBytes < <u32>descriptor.pathBytes) return wasi.ERRNO_NAMETOOLONG;
  memory.copy(name, descriptor.path, descriptor.pathBytes);
  return wasi.ERRNO_SUCCESS;
}

// --- listings

/** Entries from `cookie` on, as many as fit; the last one is cut where the buffer ends, which is then full. */
export function fd_readdir(fd: i32, buffer: usize, bytes: i32, cookie: i64, out: usize): i32 {
  if (<u32>fd >= <u32>OPEN_MAX) return wasi.ERRNO_BADF;
  const descriptor = descriptorAt(fd);
  if (cookie == 0 || cookie < descriptor.listingStart) {
    const error = lseek(fd, 0, SEEK_SET);
    if (error < 0) return errnoOf(error);
    descriptor.listingStart = 0;
    descriptor.listingBytes = 0;
  }
  let used: u32 = 0;
  let next = descriptor.listingStart;
  let at = 0;
  while (used < <u32>bytes) {
    if (at == descriptor.listingBytes) {
      const got = readOn(fd, descriptor, next);
      if (got < 0) return errnoOf(got);
      if (got == 0) break;
      at = 0;
    }
    const record = descriptor.listing + at;
    at += load<u16>(record, DIRENT_BYTES);
    if (next++ >= cookie) used += put(record, next, buffer + used, <u32>bytes - used);
  }
  store<u32>(out, used);
  return wasi.ERRNO_SUCCESS;
}

/** Replaces the entries that are kept by the following ones, of which `start` is the first; at the end it leaves the last ones. */
function readOn(fd: i32, descriptor: Descriptor, start: i32): i32 {
  const got = readdir(fd, descriptor.listing, LISTING_BYTES);
  if (got > 0) {
    descriptor.listingStart = start;
    descriptor.listingBytes = got;
  }
  return got;
}

/** Writes an entry, or the part of it for which there is room; returns its bytes. */
function put(record: usize, next: i64, to: usize, room: u32): u32 {
  const nameBytes = <u32>load<u16>(record, DIRENT_NAME_BYTES);
  const header = SCRATCH_STATUS;
  store<i64>(header, next, wasi.DIRENT_NEXT);
  store<i64>(header, load<i64>(record, DIRENT_INODE), wasi.DIRENT_INODE);
  store<u32>(header, nameBytes, wasi.DIRENT_NAME_BYTES);
  store<u32>(header, filetypeOf(load<u16>(record, DIRENT_TYPE) << 12), wasi.DIRENT_FILETYPE);
  memory.copy(to, header, min(wasi.DIRENT_BYTES, room));
  if (room <= wasi.DIRENT_BYTES) return room;
  const named = min(nameBytes, room - wasi.DIRENT_BYTES);
  memory.copy(to + wasi.DIRENT_BYTES, record + DIRENT_NAME, named);
  return wasi.DIRENT_BYTES + named;
}
