// Calls about other processes, where the kernel has them in a table.
import * as sys from './system-calls';
import { call } from './trap';

export function waitpid(pid: i32, status: i32, options: i32, usage: i32): i32 {
  return call(sys.SYS_WAITPID, pid, status, options, usage);
}

export function kill(pid: i32, signal: i32): i32 {
  return call(sys.SYS_KILL, pid, signal);
}

export function getppid(): i32 {
  return call(sys.SYS_GETPPID);
}

export function setpgid(pid: i32, group: i32): i32 {
  return call(sys.SYS_SETPGID, pid, group);
}

export function getpgid(pid: i32): i32 {
  return call(sys.SYS_GETPGID, pid);
}

export function tcsetpgrp(fd: i32, group: i32): i32 {
  return call(sys.SYS_TCSETPGRP, fd, group);
}

export function processes(buffer: i32, bytes: i32): i32 {
  return call(sys.SYS_PROCESSES, buffer, bytes);
}
