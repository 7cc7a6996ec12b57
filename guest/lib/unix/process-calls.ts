// System calls that look at processes and threads, or set what the scheduler and the terminal go by.
import { coreCount } from '../machine';
import {
  EBADF,
  EFAULT,
  EINVAL,
  ENOTTY,
  EPERM,
  ESRCH,
  PROCESS_BYTES,
  PROCESS_CORE,
  PROCESS_ID,
  PROCESS_NAME,
  PROCESS_NAME_BYTES,
  PROCESS_PAGES,
  PROCESS_PARENT,
  PROCESS_STATE,
  PROCESS_THREADS,
  PROCESS_TIME,
} from '../../posix/abi';
import { nanoseconds } from './clock';
import { currentThread, thisCpu } from 'kernel/cpu';
import { SCRATCH_RECORD, scratchAt } from './scratch';
import { Process } from './process';
import { processes } from './process-table';
import { ARGUMENTS } from './program';
import { yieldTurn } from 'kernel/scheduler';
import { terminal } from './terminal';
import { Thread } from 'kernel/thread';
import { ANY_CORE } from './thread';
import { holdPage } from 'kernel/user-memory';
import { copyOut, letGoPage, upToPageEnd } from './user-memory';

/** PROCESS_STATE: R runs or could, S sleeps, Z has ended. */
const RUNNING: i32 = 0x52;
const SLEEPING: i32 = 0x53;
const ZOMBIE: i32 = 0x5a;

// --- groups

/** setpgid(). */
export function setGroup(pid: i32, group: i32): i32 {
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
export function getGroup(pid: i32): i32 {
  if (pid == 0) return currentThread().process.group;
  processes.lock();
  const process = processes.find(pid);
  const group = process ? process.group : -ESRCH;
  processes.unlock();
  return group;
}

/** tcsetpgrp(). */
export function setForeground(fd: i32, group: i32): i32 {
  const file = currentThread().process.descriptors.get(fd);
  if (file === null) return -EBADF;
  const isTerminal = file.isTerminal;
  file.letGo();
  if (!isTerminal) return -ENOTTY;
  processes.lock();
  const exists = processes.hasGroup(group);
  if (exists) terminal.foreground = group;
  processes.unlock();
  return exists ? 0 : -EPERM;
}

// --- ps

/** processes(): how many there are. */
export function listProcesses(buffer: usize, bytes: i32): i32 {
  const record = scratchAt(SCRATCH_RECORD);
  let at = 0;
  let error = 0;
  processes.lock();
  const count = processes.length;
  let process: Process | null = processes.next(0);
  while (process && error == 0) {
    if (at + PROCESS_BYTES > bytes) break;
    describe(process, record);
    error = copyOut(buffer + at, record, PROCESS_BYTES);
    at += PROCESS_BYTES;
    process = processes.after(process);
  }
  processes.unlock();
  return error != 0 ? error : count;
}

function describe(process: Process, record: usize): void {
  memory.fill(record, 0, PROCESS_BYTES);
  process.lock();
  const space = process.space;
  const parent = process.parent;
  let state = SLEEPING;
  let core = 0;
  let thread: Thread | null = process.threads;
  while (thread) {
    core = thread.core;
    if (!thread.isSleeping && !thread.isDead) state = RUNNING;
    thread = thread.sibling;
  }
  store<i32>(record, process.id, PROCESS_ID);
  store<i32>(record, parent ? parent.id : 0, PROCESS_PARENT);
  store<i32>(record, process.isZombie ? ZOMBIE : state, PROCESS_STATE);
  store<i32>(record, process.liveThreads, PROCESS_THREADS);
  store<i32>(record, space ? space.pages : 0, PROCESS_PAGES);
  store<i32>(record, core, PROCESS_CORE);
  store<i64>(record, nanoseconds(process.totalUserTime + process.totalKernelTime), PROCESS_TIME);
  memory.copy(record + PROCESS_NAME, process.name, PROCESS_NAME_BYTES);
  process.unlock();
}

// --- arguments

/** arguments(). */
export function processArguments(buffer: usize, bytes: i32): i32 {
  return copyText(buffer, bytes, ARGUMENTS, currentThread().process.argumentBytes);
}

/** environment(). */
export function environment(buffer: usize, bytes: i32): i32 {
  const process = currentThread().process;
  return copyText(buffer, bytes, ARGUMENTS + process.argumentBytes, process.environmentBytes);
}

/** Copies within the process, if it fits: the bytes, or -EFAULT. */
function copyText(buffer: usize, room: i32, from: usize, bytes: i32): i32 {
  if (room < bytes) return bytes;
  let done: usize = 0;
  while (done < <usize>bytes) {
    const part = upToPageEnd(from + done, <usize>bytes - done);
    const reached = holdPage(from + done, false);
    if (reached == 0) return -EFAULT;
    const error = copyOut(buffer + done, reached, part);
    letGoPage(reached);
    if (error != 0) return error;
    done += part;
  }
  return bytes;
}

// --- threads

/** thread_affinity(). */
export function setAffinity(id: i32, core: i32): i32 {
  if (core < ANY_CORE || core >= coreCount()) return -EINVAL;
  const self = currentThread();
  const process = self.process;
  process.lock();
  const thread = id == 0 ? self : process.findThread(id);
  const found = thread !== null && !thread.isDead;
  if (found) thread!.affinity = core;
  process.unlock();
  if (!found) return -ESRCH;
  if (!self.mayRunOn(thisCpu().id)) yieldTurn();
  return 0;
}
