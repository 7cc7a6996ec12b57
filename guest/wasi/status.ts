// What files are: fdstat and filestat, and what of them can be changed.
//
// Rights are told, since wasi-libc opens files with those of their directory, but not enforced: a descriptor can do what it was opened for.
import {
  O_ACCMODE,
  O_APPEND,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFMT,
  S_IFREG,
  STAT_DEVICE,
  STAT_INODE,
  STAT_LINKS,
  STAT_MODE,
  STAT_MODIFIED,
  STAT_SIZE,
} from '../posix/abi';
import { fileFlags, fstat, ftruncate, isatty, stat } from '../posix/posix';
import * as wasi from './abi';
import { resolve } from './descriptors';
import { errnoOf } from './errno';
import { SCRATCH_PATH, SCRATCH_STATUS } from './scratch';

const RIGHTS_OF_ALL: i64 =
  wasi.RIGHTS_FD_FDSTAT_SET_FLAGS | wasi.RIGHTS_FD_SYNC | wasi.RIGHTS_FD_FILESTAT_GET | wasi.RIGHTS_POLL_FD_READWRITE;
const RIGHTS_OF_DIRECTORIES: i64 =
  wasi.RIGHTS_FD_READDIR |
  wasi.RIGHTS_PATH_CREATE_DIRECTORY |
  wasi.RIGHTS_PATH_CREATE_FILE |
  wasi.RIGHTS_PATH_OPEN |
  wasi.RIGHTS_PATH_READLINK |
  wasi.RIGHTS_PATH_RENAME_SOURCE |
  wasi.RIGHTS_PATH_RENAME_TARGET |
  wasi.RIGHTS_PATH_FILESTAT_GET |
  wasi.RIGHTS_PATH_REMOVE_DIRECTORY |
  wasi.RIGHTS_PATH_UNLINK_FILE;
const RIGHTS_TO_WRITE: i64 = wasi.RIGHTS_FD_WRITE | wasi.RIGHTS_FD_DATASYNC;
const RIGHTS_TO_RESIZE: i64 = wasi.RIGHTS_FD_ALLOCATE | wasi.RIGHTS_FD_FILESTAT_SET_SIZE;
const RIGHTS_TO_SEEK: i64 = wasi.RIGHTS_FD_SEEK | wasi.RIGHTS_FD_TELL;

export function filetypeOf(mode: i32): i32 {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return wasi.FILETYPE_REGULAR_FILE;
    case S_IFDIR:
      return wasi.FILETYPE_DIRECTORY;
    case S_IFCHR:
      return wasi.FILETYPE_CHARACTER_DEVICE;
    case S_IFIFO:
      return wasi.FILETYPE_SOCKET_STREAM;
    default:
      return wasi.FILETYPE_UNKNOWN;
  }
}

// --- fdstat

export function fd_fdstat_get(fd: i32, out: usize): i32 {
  const error = fstat(fd, SCRATCH_STATUS);
  if (error < 0) return errnoOf(error);
  const type = filetypeOf(load<i32>(SCRATCH_STATUS, STAT_MODE));
  const flags = fileFlags(fd, -1);
  const isDirectory = type == wasi.FILETYPE_DIRECTORY;
  memory.fill(out, 0, wasi.FDSTAT_BYTES);
  store<u8>(out, <u8>type, wasi.FDSTAT_FILETYPE);
  store<u16>(out, <u16>fdflagsOf(flags), wasi.FDSTAT_FLAGS);
  store<i64>(
    out,
    isDirectory ? RIGHTS_OF_ALL | RIGHTS_OF_DIRECTORIES : rightsOfFile(fd, type, flags),
    wasi.FDSTAT_RIGHTS_BASE,
  );
  store<i64>(out, isDirectory ? rightsOfEverything() : 0, wasi.FDSTAT_RIGHTS_INHERITING);
  return wasi.ERRNO_SUCCESS;
}

function fdflagsOf(flags: i32): i32 {
  return ((flags & O_APPEND) != 0 ? wasi.FDFLAGS_APPEND : 0) | ((flags & O_NONBLOCK) != 0 ? wasi.FDFLAGS_NONBLOCK : 0);
}

function rightsOfFile(fd: i32, type: i32, flags: i32): i64 {
  const isRegular = type == wasi.FILETYPE_REGULAR_FILE;
  const access = flags & O_ACCMODE;
  let rights = RIGHTS_OF_ALL;
  if (access != O_WRONLY) rights |= wasi.RIGHTS_FD_READ;
  if (access != O_RDONLY) rights |= isRegular ? RIGHTS_TO_WRITE | RIGHTS_TO_RESIZE : RIGHTS_TO_WRITE;
  if (isRegular) rights |= wasi.RIGHTS_FD_ADVISE;
  // wasi-libc takes a character device that cannot be sought for a terminal.
  if (isRegular || (type == wasi.FILETYPE_CHARACTER_DEVICE && isatty(fd) != 1)) rights |= RIGHTS_TO_SEEK;
  return rights;
}

function rightsOfEverything(): i64 {
  return (
    RIGHTS_OF_ALL |
    RIGHTS_OF_DIRECTORIES |
    RIGHTS_TO_WRITE |
    RIGHTS_TO_RESIZE |
    RIGHTS_TO_SEEK |
    wasi.RIGHTS_FD_READ |
    wasi.RIGHTS_FD_ADVISE
  );
}

export function fd_fdstat_set_flags(fd: i32, fdflags: i32): i32 {
  if ((fdflags & ~wasi.FDFLAGS_ALL) != 0) return wasi.ERRNO_INVAL;
  const append = (fdflags & wasi.FDFLAGS_APPEND) != 0 ? O_APPEND : 0;
  const nonblock = (fdflags & wasi.FDFLAGS_NONBLOCK) != 0 ? O_NONBLOCK : 0;
  return errnoOf(fileFlags(fd, append | nonblock));
}

/** Rights can be given up, which changes nothing, but not got. */
export function fd_fdstat_set_rights(fd: i32, base: i64, inheriting: i64): i32 {
  const error = fstat(fd, SCRATCH_STATUS);
  if (error < 0) return errnoOf(error);
  const type = filetypeOf(load<i32>(SCRATCH_STATUS, STAT_MODE));
  const isDirectory = type == wasi.FILETYPE_DIRECTORY;
  const has = isDirectory ? RIGHTS_OF_ALL | RIGHTS_OF_DIRECTORIES : rightsOfFile(fd, type, fileFlags(fd, -1));
  const gives = isDirectory ? rightsOfEverything() : 0;
  return (base & ~has) == 0 && (inheriting & ~gives) == 0 ? wasi.ERRNO_SUCCESS : wasi.ERRNO_NOTCAPABLE;
}

// --- filestat

export function fd_filestat_get(fd: i32, out: usize): i32 {
  const error = fstat(fd, SCRATCH_STATUS);
  if (error == 0) fillIn(out);
  return errnoOf(error);
}

/** There are no links to follow. */
export function path_filestat_get(fd: i32, lookupflags: i32, path: usize, pathBytes: i32, out: usize): i32 {
  const bytes = resolve(fd, path, pathBytes, SCRATCH_PATH);
  if (bytes < 0) return errnoOf(bytes);
  const error = stat(SCRATCH_PATH, bytes, SCRATCH_STATUS);
  if (error == 0) fillIn(out);
  return errnoOf(error);
}

/** The kernel keeps one time, that of the last change of the contents. */
function fillIn(out: usize): void {
  const modified = load<i64>(SCRATCH_STATUS, STAT_MODIFIED);
  store<u64>(out, load<u32>(SCRATCH_STATUS, STAT_DEVICE), wasi.FILESTAT_DEVICE);
  store<i64>(out, load<i64>(SCRATCH_STATUS, STAT_INODE), wasi.FILESTAT_INODE);
  store<u64>(out, filetypeOf(load<i32>(SCRATCH_STATUS, STAT_MODE)), wasi.FILESTAT_FILETYPE);
  store<u64>(out, load<u32>(SCRATCH_STATUS, STAT_LINKS), wasi.FILESTAT_LINKS);
  store<i64>(out, load<i64>(SCRATCH_STATUS, STAT_SIZE), wasi.FILESTAT_SIZE);
  store<i64>(out, modified, wasi.FILESTAT_ACCESSED);
  store<i64>(out, modified, wasi.FILESTAT_MODIFIED);
  store<i64>(out, modified, wasi.FILESTAT_CHANGED);
}

// --- size

export function fd_filestat_set_size(fd: i32, size: i64): i32 {
  return errnoOf(ftruncate(fd, size));
}

/** Makes the file long enough; its pages come when they are written. */
export function fd_allocate(fd: i32, offset: i64, length: i64): i32 {
  const error = fstat(fd, SCRATCH_STATUS);
  if (error < 0) return errnoOf(error);
  if (offset < 0 || length < 0) return wasi.ERRNO_INVAL;
  const end = offset + length;
  if (end < 0) return wasi.ERRNO_FBIG;
  return end <= load<i64>(SCRATCH_STATUS, STAT_SIZE) ? wasi.ERRNO_SUCCESS : errnoOf(ftruncate(fd, end));
}
