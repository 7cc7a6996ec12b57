// What of the posix image is the same for all kernels: what programs import as `posix` is a trap into the kernel each, with the same operands
// (system-calls.ts). It has no memory of its own. A kernel's image is this and its calls about names: posix.ts, or the kernel's own.
import { syscall } from '../machine';
import { call, high } from './trap';
import { EINVAL } from '../../posix/abi';
import * as sys from './system-calls';

// --- files

export function read(fd: i32, buffer: i32, bytes: i32): i32 {
  return call(sys.SYS_READ, fd, buffer, bytes);
}

export function write(fd: i32, buffer: i32, bytes: i32): i32 {
  return call(sys.SYS_WRITE, fd, buffer, bytes);
}

export function pread(fd: i32, buffer: i32, bytes: i32, offset: i64): i32 {
  return call(sys.SYS_PREAD, fd, buffer, bytes, <i32>offset, high(offset));
}

export function pwrite(fd: i32, buffer: i32, bytes: i32, offset: i64): i32 {
  return call(sys.SYS_PWRITE, fd, buffer, bytes, <i32>offset, high(offset));
}

export function close(fd: i32): i32 {
  return call(sys.SYS_CLOSE, fd);
}

export function lseek(fd: i32, offset: i64, whence: i32): i64 {
  return syscall(sys.SYS_LSEEK, fd, <i32>offset, high(offset), whence, 0, 0);
}

export function ftruncate(fd: i32, bytes: i64): i32 {
  return call(sys.SYS_FTRUNCATE, fd, <i32>bytes, high(bytes));
}

export function pipe(out: i32, flags: i32): i32 {
  return call(sys.SYS_PIPE, out, flags);
}

export function dup2(from: i32, to: i32): i32 {
  return call(sys.SYS_DUP2, from, to);
}

export function isatty(fd: i32): i32 {
  return call(sys.SYS_ISATTY, fd);
}

export function file_flags(fd: i32, flags: i32): i32 {
  return call(sys.SYS_FILE_FLAGS, fd, flags);
}

export function poll(records: i32, count: i32, timeout: i64): i32 {
  return call(sys.SYS_POLL, records, count, <i32>timeout, high(timeout));
}

// --- memory

export function mmap(address: i32, bytes: i32, protection: i32, flags: i32, fd: i32, offset: i64): i32 {
  // What does not fit into its part of the word is nothing that mmap knows.
  if (<u32>protection >= <u32>(1 << sys.MMAP_FLAGS_SHIFT) || <u32>flags >= 1 << 16) return -EINVAL;
  return call(
    sys.SYS_MMAP,
    address,
    bytes,
    protection | (flags << sys.MMAP_FLAGS_SHIFT),
    fd,
    <i32>offset,
    high(offset),
  );
}

export function munmap(address: i32, bytes: i32): i32 {
  return call(sys.SYS_MUNMAP, address, bytes);
}

export function mprotect(address: i32, bytes: i32, protection: i32): i32 {
  return call(sys.SYS_MPROTECT, address, bytes, protection);
}

export function brk(end: i32): i32 {
  return call(sys.SYS_BRK, end);
}

// --- processes

export function spawn(
  path: i32,
  pathBytes: i32,
  args: i32,
  argsBytes: i32,
  environment: i32,
  environmentBytes: i32,
  fds: i32,
  fdCount: i32,
  group: i32,
): i32 {
  call(sys.SYS_SPAWN_ATTRIBUTES, fds, fdCount, group);
  return call(sys.SYS_SPAWN, path, pathBytes, args, argsBytes, environment, environmentBytes);
}

export function exec(
  path: i32,
  pathBytes: i32,
  args: i32,
  argsBytes: i32,
  environment: i32,
  environmentBytes: i32,
): i32 {
  return call(sys.SYS_EXEC, path, pathBytes, args, argsBytes, environment, environmentBytes);
}

export function fork(): i32 {
  return call(sys.SYS_FORK);
}

export function exit(status: i32): void {
  call(sys.SYS_EXIT, status);
}

export function signal(signal: i32, handler: i32): i32 {
  return call(sys.SYS_SIGNAL, signal, handler);
}

export function getpid(): i32 {
  return call(sys.SYS_GETPID);
}

function processArguments(buffer: i32, bytes: i32): i32 {
  return call(sys.SYS_ARGUMENTS, buffer, bytes);
}

export { processArguments as arguments };

export function environment(buffer: i32, bytes: i32): i32 {
  return call(sys.SYS_ENVIRONMENT, buffer, bytes);
}

// --- threads

export function thread_create(fn: i32, argument: i32, core: i32): i32 {
  return call(sys.SYS_THREAD_CREATE, fn, argument, core);
}

export function thread_join(thread: i32, result: i32): i32 {
  return call(sys.SYS_THREAD_JOIN, thread, result);
}

export function thread_exit(result: i32): void {
  call(sys.SYS_THREAD_EXIT, result);
}

export function thread_self(): i32 {
  return call(sys.SYS_THREAD_SELF);
}

export function thread_yield(): i32 {
  return call(sys.SYS_THREAD_YIELD);
}

export function thread_affinity(thread: i32, core: i32): i32 {
  return call(sys.SYS_THREAD_AFFINITY, thread, core);
}

export function cores(): i32 {
  return call(sys.SYS_CORES);
}

export function futex_wait(word: i32, expected: i32, timeout: i64): i32 {
  return call(sys.SYS_FUTEX_WAIT, word, expected, <i32>timeout, high(timeout));
}

export function futex_wake(word: i32, count: i32): i32 {
  return call(sys.SYS_FUTEX_WAKE, word, count);
}

// --- time and the rest

export function clock(id: i32): i64 {
  return syscall(sys.SYS_CLOCK, id, 0, 0, 0, 0, 0);
}

export function nanosleep(nanoseconds: i64): i32 {
  return call(sys.SYS_NANOSLEEP, <i32>nanoseconds, high(nanoseconds));
}

export function random(buffer: i32, bytes: i32): i32 {
  return call(sys.SYS_RANDOM, buffer, bytes);
}
