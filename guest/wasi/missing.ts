// Functions of WASI for which the POSIX-like API has nothing: links, times other than those that the kernel notes, sockets. They answer ENOSYS.
import { ERRNO_NOSYS } from './abi';

export function fd_filestat_set_times(fd: i32, accessed: i64, modified: i64, flags: i32): i32 {
  return ERRNO_NOSYS;
}

export function path_filestat_set_times(
  fd: i32,
  lookupflags: i32,
  path: usize,
  pathBytes: i32,
  accessed: i64,
  modified: i64,
  flags: i32,
): i32 {
  return ERRNO_NOSYS;
}

export function path_link(
  fd: i32,
  lookupflags: i32,
  path: usize,
  pathBytes: i32,
  toFd: i32,
  toPath: usize,
  toPathBytes: i32,
): i32 {
  return ERRNO_NOSYS;
}

export function path_symlink(target: usize, targetBytes: i32, fd: i32, path: usize, pathBytes: i32): i32 {
  return ERRNO_NOSYS;
}

export function sock_accept(fd: i32, flags: i32, out: usize): i32 {
  return ERRNO_NOSYS;
}

export function sock_recv(fd: i32, vectors: usize, count: i32, flags: i32, bytesOut: usize, flagsOut: usize): i32 {
  return ERRNO_NOSYS;
}

export function sock_send(fd: i32, vectors: usize, count: i32, flags: i32, out: usize): i32 {
  return ERRNO_NOSYS;
}

export function sock_shutdown(fd: i32, how: i32): i32 {
  return ERRNO_NOSYS;
}
