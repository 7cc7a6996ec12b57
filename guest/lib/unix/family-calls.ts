// System calls about other processes, where the kernel has the family in a table: see family.ts.
import {
  EBADF,
  ECHILD,
  EINVAL,
  ENOSYS,
  ENOTTY,
  EPERM,
  ESRCH,
  PROCESS_BYTES,
  PROCESS_ID,
  PROCESS_PARENT,
  PROCESS_STATE,
  SIGNALS,
  USAGE_BYTES,
  WNOHANG,
} from '../../posix/abi';
import { currentThread } from 'kernel/cpu';
import { deliverTo, raiseInGroup } from './family';
import { Process } from './process';
import { describe, tellUsage, ZOMBIE } from './process-calls';
import { processes } from './process-table';
import { SCRATCH_RECORD, scratchAt } from './scratch';
import * as sys from './system-calls';
import { copyOut, putWord } from './user-memory';

export function familyCall(n: i32, a: i32, b: i32, c: i32, d: i32): i64 {
  switch (n) {
    case sys.SYS_WAITPID:
      return waitForChild(a, b, c, d);
    case sys.SYS_KILL:
      return sendSignal(a, b);
    case sys.SYS_GETPPID:
      return parentOf(currentThread().process);
    case sys.SYS_SETPGID:
      return setGroup(a, b);
    case sys.SYS_GETPGID:
      return getGroup(a);
    case sys.SYS_TCSETPGRP:
      return setForeground(a, b);
    case sys.SYS_PROCESSES:
      return listProcesses(a, b);
    default:
      return -ENOSYS;
  }
}

/** getppid(): 0 where the parent has ended. */
function parentOf(process: Process): i32 {
  processes.lock();
  const parent = process.parent;
  const id = parent ? parent.id : 0;
  processes.unlock();
  return id;
}

/** waitpid(). */
function waitForChild(pid: i32, status: usize, options: i32, usage: usize): i32 {
  if ((options & ~WNOHANG) != 0 || pid == 0 || pid < -1) return -EINVAL;
  const parent = currentThread().process;
  let error = 0;
  processes.lock();
  let child = processes.findEnded(parent, pid);
  while (child === null && error == 0) {
    if (!processes.hasChild(parent, pid)) error = -ECHILD;
    else if (options & WNOHANG) break;
    else error = parent.childEnded.sleep(processes);
    // A child that has ended counts for more than a signal, which may be SIGCHLD.
    child = processes.findEnded(parent, pid);
  }
  if (child === null) {
    processes.unlock();
    return error;
  }
  const id = child.id;
  const childStatus = child.status;
  const record = scratchAt(SCRATCH_RECORD);
  tellUsage(child, record);
  processes.drop(child);
  processes.unlock();
  const copied = putWord(status, childStatus);
  if (copied != 0) return copied;
  const told = usage == 0 ? 0 : copyOut(usage, record, USAGE_BYTES);
  return told != 0 ? told : id;
}

/** kill(): to a process, a group (below -1), or the caller's group (0). */
function sendSignal(target: i32, signal: i32): i32 {
  if (<u32>signal >= <u32>SIGNALS) return -EINVAL;
  if (target == -1) return -EPERM;
  processes.lock();
  let found = false;
  if (target > 0) {
    const process = processes.find(target);
    found = process !== null;
    if (process) deliverTo(process, signal);
  } else {
    const group = target == 0 ? currentThread().process.group : -target;
    found = raiseInGroup(group, signal);
  }
  processes.unlock();
  return found ? 0 : -ESRCH;
}

// --- groups

/** setpgid(). */
function setGroup(pid: i32, group: i32): i32 {
  if (group < 0) return -EINVAL;
  const self = currentThread().process;
  processes.lock();
  const process = pid == 0 ? self : processes.find(pid);
  let error = process === null || (process !== self && process.parent !== self) ? -ESRCH : 0;
  if (error == 0) {
    const wanted = group == 0 ? process!.id : group;
    if (wanted == process!.id || processes.hasGroup(wanted)) process!.group = wanted;
    else error = -EPERM;
  }
  processes.unlock();
  return error;
}

/** getpgid(). */
function getGroup(pid: i32): i32 {
  if (pid == 0) return currentThread().process.group;
  processes.lock();
  const process = processes.find(pid);
  const group = process ? process.group : -ESRCH;
  processes.unlock();
  return group;
}

/** tcsetpgrp(). */
function setForeground(fd: i32, group: i32): i32 {
  const file = currentThread().process.descriptors.get(fd);
  if (file === null) return -EBADF;
  const isTerminal = file.isTerminal;
  file.letGo();
  if (!isTerminal) return -ENOTTY;
  processes.lock();
  const exists = processes.hasGroup(group);
  if (exists) processes.foreground = group;
  processes.unlock();
  return exists ? 0 : -EPERM;
}

// --- ps

/** processes(): how many there are. */
function listProcesses(buffer: usize, bytes: i32): i32 {
  const record = scratchAt(SCRATCH_RECORD);
  let at = 0;
  let error = 0;
  processes.lock();
  const count = processes.length;
  let process: Process | null = processes.next(0);
  while (process && error == 0) {
    if (at + PROCESS_BYTES > bytes) break;
    describe(process, record);
    const parent = process.parent;
    store<i32>(record, process.id, PROCESS_ID);
    store<i32>(record, parent ? parent.id : 0, PROCESS_PARENT);
    if (process.isZombie) store<i32>(record, ZOMBIE, PROCESS_STATE);
    error = copyOut(buffer + at, record, PROCESS_BYTES);
    at += PROCESS_BYTES;
    process = processes.after(process);
  }
  processes.unlock();
  return error != 0 ? error : count;
}
