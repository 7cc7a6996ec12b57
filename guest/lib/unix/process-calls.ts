// System calls about the caller's own process and its threads, and what is told of processes.
import { coreCount } from '../machine';
import {
  EFAULT,
  EINVAL,
  ESRCH,
  PROCESS_BYTES,
  PROCESS_CORE,
  PROCESS_NAME,
  PROCESS_NAME_BYTES,
  PROCESS_PAGES,
  PROCESS_STATE,
  PROCESS_THREADS,
  PROCESS_TIME,
  USAGE_FAULTS,
  USAGE_SYSTEM,
  USAGE_USER,
} from '../../posix/abi';
import { nanoseconds } from './clock';
import { currentThread, thisCpu } from 'kernel/cpu';
import { Process } from './process';
import { ARGUMENTS } from './program';
import { yieldTurn } from 'kernel/scheduler';
import { Thread } from 'kernel/thread';
import { ANY_CORE } from './thread';
import { holdPage } from 'kernel/user-memory';
import { copyOut, letGoPage, upToPageEnd } from './user-memory';

/** PROCESS_STATE: R runs or could, S sleeps, Z has ended. */
const RUNNING: i32 = 0x52;
const SLEEPING: i32 = 0x53;
export const ZOMBIE: i32 = 0x5a;

// --- what is told of processes

/** Fills in what the kernel knows of a process for ps: a PROCESS_* record, but for its number, its parent's, and whether it is a zombie. */
export function describe(process: Process, record: usize): void {
  memory.fill(record, 0, PROCESS_BYTES);
  process.lock();
  const space = process.space;
  let state = SLEEPING;
  let core = 0;
  let thread: Thread | null = process.threads;
  while (thread) {
    core = thread.core;
    if (!thread.isSleeping && !thread.isDead) state = RUNNING;
    thread = thread.sibling;
  }
  store<i32>(record, state, PROCESS_STATE);
  store<i32>(record, process.liveThreads, PROCESS_THREADS);
  store<i32>(record, space ? space.pages : 0, PROCESS_PAGES);
  store<i32>(record, core, PROCESS_CORE);
  store<i64>(record, nanoseconds(process.totalUserTime + process.totalKernelTime), PROCESS_TIME);
  memory.copy(record + PROCESS_NAME, process.name, PROCESS_NAME_BYTES);
  process.unlock();
}

/** Fills in a USAGE_* record of a process that has ended. */
export function tellUsage(process: Process, record: usize): void {
  store<i64>(record, nanoseconds(process.totalUserTime), USAGE_USER);
  store<i64>(record, nanoseconds(process.totalKernelTime), USAGE_SYSTEM);
  store<i64>(record, process.totalFaults, USAGE_FAULTS);
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
