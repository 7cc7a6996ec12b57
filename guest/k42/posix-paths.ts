// Calls about names: each is a protected procedure call to the file server, which runs on this CPU.
import { syscall } from '../lib/machine';
import { SYS_FSTAT } from '../lib/unix/system-calls';
import { call } from '../lib/unix/trap';
import { EIO, ENOENT, EPIPE, ESRCH, S_IFDIR, S_IFMT, STAT_MODE } from '../posix/abi';
import * as service from './file-service';
import { SYS_PPC_CALL } from './ppc-numbers';
import { FILE_SERVER } from './service-numbers';

function ask(operation: i32, a: i32, b: i32, c: i32 = 0, d: i32 = 0): i32 {
  const answer = <i32>syscall(SYS_PPC_CALL, FILE_SERVER, operation, a, b, c, d);
  // It is there as long as the kernel is.
  return answer == -ESRCH || answer == -EPIPE ? -EIO : answer;
}

export function open(path: i32, pathBytes: i32, flags: i32, mode: i32): i32 {
  return ask(service.OPEN, path, pathBytes, flags, mode);
}

export function stat(path: i32, pathBytes: i32, out: i32): i32 {
  return ask(service.STAT, path, pathBytes, out);
}

/** Of a directory the kernel knows its number, and that it is one. Of one that has been removed nobody knows more: it has no links. */
export function fstat(fd: i32, out: i32): i32 {
  const error = call(SYS_FSTAT, fd, out);
  const isDirectory = error == 0 && (load<i32>(out + STAT_MODE) & S_IFMT) == S_IFDIR;
  if (!isDirectory) return error;
  const answer = ask(service.STAT_OPEN, fd, out);
  return answer == -ENOENT ? 0 : answer;
}

export function readdir(fd: i32, buffer: i32, bytes: i32): i32 {
  return ask(service.LIST, fd, buffer, bytes);
}

export function mkdir(path: i32, pathBytes: i32, mode: i32): i32 {
  return ask(service.MAKE_DIRECTORY, path, pathBytes, mode);
}

export function unlink(path: i32, pathBytes: i32): i32 {
  return ask(service.UNLINK, path, pathBytes);
}

export function rmdir(path: i32, pathBytes: i32): i32 {
  return ask(service.REMOVE_DIRECTORY, path, pathBytes);
}

export function rename(from: i32, fromBytes: i32, to: i32, toBytes: i32): i32 {
  return ask(service.RENAME, from, fromBytes, to, toBytes);
}

export function chdir(path: i32, pathBytes: i32): i32 {
  return ask(service.ENTER, path, pathBytes);
}

export function getcwd(buffer: i32, bytes: i32): i32 {
  return ask(service.WHERE, buffer, bytes);
}
