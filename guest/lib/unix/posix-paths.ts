// Calls about names, where the kernel itself knows what files are called: a trap each.
import * as sys from './system-calls';
import { call } from './trap';

export function open(path: i32, pathBytes: i32, flags: i32, mode: i32): i32 {
  return call(sys.SYS_OPEN, path, pathBytes, flags, mode);
}

export function stat(path: i32, pathBytes: i32, out: i32): i32 {
  return call(sys.SYS_STAT, path, pathBytes, out);
}

export function fstat(fd: i32, out: i32): i32 {
  return call(sys.SYS_FSTAT, fd, out);
}

export function readdir(fd: i32, buffer: i32, bytes: i32): i32 {
  return call(sys.SYS_READDIR, fd, buffer, bytes);
}

export function mkdir(path: i32, pathBytes: i32, mode: i32): i32 {
  return call(sys.SYS_MKDIR, path, pathBytes, mode);
}

export function unlink(path: i32, pathBytes: i32): i32 {
  return call(sys.SYS_UNLINK, path, pathBytes);
}

export function rmdir(path: i32, pathBytes: i32): i32 {
  return call(sys.SYS_RMDIR, path, pathBytes);
}

export function rename(from: i32, fromBytes: i32, to: i32, toBytes: i32): i32 {
  return call(sys.SYS_RENAME, from, fromBytes, to, toBytes);
}

export function chdir(path: i32, pathBytes: i32): i32 {
  return call(sys.SYS_CHDIR, path, pathBytes);
}

export function getcwd(buffer: i32, bytes: i32): i32 {
  return call(sys.SYS_GETCWD, buffer, bytes);
}
