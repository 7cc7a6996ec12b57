// Opening files and changing directories, by paths that begin at a directory descriptor.
import {
  EINVAL,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from '../posix/abi';
import { mkdir, open, rename, rmdir, stat, unlink } from '../posix/posix';
import * as wasi from './abi';
import { remember, resolve } from './descriptors';
import { errnoOf } from './errno';
import { SCRATCH_OTHER_PATH, SCRATCH_PATH, SCRATCH_STATUS } from './scratch';

/** Permissions of what is made: WASI has none. */
const FILE_MODE: i32 = 0o644;
const DIRECTORY_MODE: i32 = 0o755;

const RIGHTS_TO_READ: i64 = wasi.RIGHTS_FD_READ | wasi.RIGHTS_FD_READDIR;
const RIGHTS_TO_CHANGE: i64 =
  wasi.RIGHTS_FD_WRITE | wasi.RIGHTS_FD_DATASYNC | wasi.RIGHTS_FD_ALLOCATE | wasi.RIGHTS_FD_FILESTAT_SET_SIZE;

/** The rights that are asked for say whether a file is opened for reading or writing. Links there are none, so `lookupflags` change nothing. */
export function path_open(
  fd: i32,
  lookupflags: i32,
  path: usize,
  pathBytes: i32,
  oflags: i32,
  rights: i64,
  inheriting: i64,
  fdflags: i32,
  out: usize,
): i32 {
  if ((oflags & ~wasi.OFLAGS_ALL) != 0 || (fdflags & ~wasi.FDFLAGS_ALL) != 0) return wasi.ERRNO_INVAL;
  const bytes = resolve(fd, path, pathBytes, SCRATCH_PATH);
  if (bytes < 0) return errnoOf(bytes);
  const opened = open(SCRATCH_PATH, bytes, accessOf(oflags, rights) | flagsOf(oflags, fdflags), FILE_MODE);
  if (opened < 0) return errnoOf(opened);
  remember(opened, SCRATCH_PATH, bytes);
  store<i32>(out, opened);
  return wasi.ERRNO_SUCCESS;
}

function accessOf(oflags: i32, rights: i64): i32 {
  // Directories are not written, whatever rights somebody asks for.
  if ((rights & RIGHTS_TO_CHANGE) == 0 || (oflags & wasi.OFLAGS_DIRECTORY) != 0) return O_RDONLY;
  return (rights & RIGHTS_TO_READ) != 0 ? O_RDWR : O_WRONLY;
}

function flagsOf(oflags: i32, fdflags: i32): i32 {
  let flags = 0;
  if ((oflags & wasi.OFLAGS_CREAT) != 0) flags |= O_CREAT;
  if ((oflags & wasi.OFLAGS_DIRECTORY) != 0) flags |= O_DIRECTORY;
  if ((oflags & wasi.OFLAGS_EXCL) != 0) flags |= O_EXCL;
  if ((oflags & wasi.OFLAGS_TRUNC) != 0) flags |= O_TRUNC;
  if ((fdflags & wasi.FDFLAGS_APPEND) != 0) flags |= O_APPEND;
  if ((fdflags & wasi.FDFLAGS_NONBLOCK) != 0) flags |= O_NONBLOCK;
  return flags;
}

export function path_create_directory(fd: i32, path: usize, pathBytes: i32): i32 {
  const bytes = resolve(fd, path, pathBytes, SCRATCH_PATH);
  return errnoOf(bytes < 0 ? bytes : mkdir(SCRATCH_PATH, bytes, DIRECTORY_MODE));
}

export function path_remove_directory(fd: i32, path: usize, pathBytes: i32): i32 {
  const bytes = resolve(fd, path, pathBytes, SCRATCH_PATH);
  return errnoOf(bytes < 0 ? bytes : rmdir(SCRATCH_PATH, bytes));
}

export function path_unlink_file(fd: i32, path: usize, pathBytes: i32): i32 {
  const bytes = resolve(fd, path, pathBytes, SCRATCH_PATH);
  return errnoOf(bytes < 0 ? bytes : unlink(SCRATCH_PATH, bytes));
}

export function path_rename(fd: i32, path: usize, pathBytes: i32, toFd: i32, toPath: usize, toPathBytes: i32): i32 {
  const bytes = resolve(fd, path, pathBytes, SCRATCH_PATH);
  if (bytes < 0) return errnoOf(bytes);
  const toBytes = resolve(toFd, toPath, toPathBytes, SCRATCH_OTHER_PATH);
  return errnoOf(toBytes < 0 ? toBytes : rename(SCRATCH_PATH, bytes, SCRATCH_OTHER_PATH, toBytes));
}

/** What is there is no symbolic link. */
export function path_readlink(fd: i32, path: usize, pathBytes: i32, buffer: usize, bufferBytes: i32, out: usize): i32 {
  const bytes = resolve(fd, path, pathBytes, SCRATCH_PATH);
  if (bytes < 0) return errnoOf(bytes);
  const error = stat(SCRATCH_PATH, bytes, SCRATCH_STATUS);
  return errnoOf(error < 0 ? error : -EINVAL);
}
