// Calls about other processes: each is a protected procedure call to the process server, which runs on this CPU. To wait is the kernel's part.
import { syscall } from '../lib/machine';
import { SYS_ISATTY, SYS_THREAD_YIELD } from '../lib/unix/system-calls';
import { call } from '../lib/unix/trap';
import { EAGAIN, ENOMEM, ENOTTY, WNOHANG } from '../posix/abi';
import { SYS_PPC_CALL } from './ppc-numbers';
import * as service from './process-service';
import { PROCESS_SERVER } from './service-numbers';

function ask(operation: i32, a: i32 = 0, b: i32 = 0, c: i32 = 0, d: i32 = 0): i64 {
  let answer: i64 = 0;
  do {
    answer = syscall(SYS_PPC_CALL, PROCESS_SERVER, operation, a, b, c, d);
    // The kernel could not make a worker: there will be one when others have ended.
  } while ((answer == -ENOMEM || answer == -EAGAIN) && call(SYS_THREAD_YIELD) == 0);
  return answer;
}

export function waitpid(pid: i32, status: i32, options: i32, usage: i32): i32 {
  let reason = 0;
  while (true) {
    const answer = ask(service.WAIT, pid, status, options, usage);
    const ended = <i32>answer;
    if (ended != 0 || (options & WNOHANG) != 0) return ended;
    // A child that has ended counts for more than a signal, which may be SIGCHLD.
    if (reason != 0) return reason;
    reason = call(service.SYS_CHILD_WAIT, <i32>(answer >> 32));
  }
}

export function kill(pid: i32, signal: i32): i32 {
  return <i32>ask(service.KILL, pid, signal);
}

export function getppid(): i32 {
  return <i32>ask(service.PARENT);
}

export function setpgid(pid: i32, group: i32): i32 {
  return <i32>ask(service.SET_GROUP, pid, group);
}

export function getpgid(pid: i32): i32 {
  return <i32>ask(service.GROUP, pid);
}

export function tcsetpgrp(fd: i32, group: i32): i32 {
  const isTerminal = call(SYS_ISATTY, fd);
  if (isTerminal < 0) return isTerminal;
  return isTerminal == 0 ? -ENOTTY : <i32>ask(service.SET_FOREGROUND, group);
}

export function processes(buffer: i32, bytes: i32): i32 {
  return <i32>ask(service.LIST, buffer, bytes);
}
