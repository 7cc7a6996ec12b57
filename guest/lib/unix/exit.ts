// The end of threads and processes, and waiting for it.
//
// The last thread of a process gives back what it has, its address space included, then becomes a zombie in the process table, and goes to the
// scheduler for the last time. Its context is freed by the core's next trap or idle loop, since nobody can free what he stands on.
import {
  ECHILD,
  EDEADLK,
  EINVAL,
  ESRCH,
  SIGCHLD,
  USAGE_BYTES,
  USAGE_FAULTS,
  USAGE_SYSTEM,
  USAGE_USER,
  WNOHANG,
} from '../../posix/abi';
import { nanoseconds } from './clock';
import { currentThread, thisCpu } from 'kernel/cpu';
import { SCRATCH_RECORD, scratchAt } from './scratch';
import { dropDirectory } from 'kernel/naming';
import { saveExports, shutDown } from './power-off';
import { Process } from './process';
import { processes } from './process-table';
import { chargeTime, leaveContext, schedule, yieldTurn } from 'kernel/scheduler';
import { alertThreads, raiseSignal } from './signal';
import { Thread } from 'kernel/thread';
import { THREAD_DEAD } from './thread';
import { copyOut, putWord } from './user-memory';

/** The process that the kernel has started itself. When it ends, so does the machine's run. */
const INIT: i32 = 1;

/** Ends the current process: `status` is an exit status shifted by 8, or a signal. Does not return. */
export function endProcess(status: i32): void {
  const process = currentThread().process;
  process.lock();
  if (!process.isExiting) {
    process.isExiting = true;
    process.survivor = null;
    process.status = status;
    alertThreads(process);
  }
  process.unlock();
  endThread(0);
}

/** Ends the current thread, and with the last one its process. Does not return. */
export function endThread(result: i32): void {
  const thread = currentThread();
  const process = thread.process;
  process.lock();
  const last = --process.liveThreads == 0;
  process.unlock();
  if (last) {
    // Those that are on their way out still have the process in hand.
    waitForOthers(thread);
    if (process.id == INIT) saveExports();
  }
  const cpu = thisCpu();
  chargeTime(cpu, false);
  leaveContext(cpu, thread.context, process.link!);
  cpu.current = null;
  if (!last) {
    process.lock();
    thread.result = result;
    thread.setState(THREAD_DEAD);
    // From here on the thread may be freed.
    process.threadEnded.wakeAll();
    process.unlock();
  } else {
    if (!process.isExiting) process.status = result << 8;
    giveBack(process);
    thread.setState(THREAD_DEAD);
    bequeath(process);
  }
  schedule();
}

/** Lets a thread go on as the only one of its process, the others of which have been told to end, or do so anyway. */
export function waitForOthers(thread: Thread): void {
  const process = thread.process;
  process.lock();
  while (!process.isAlone(thread)) {
    process.unlock();
    yieldTurn();
    process.lock();
  }
  process.unlock();
}

/** Gives back what the process has, but for its threads and its place in the table. */
function giveBack(process: Process): void {
  process.descriptors.closeAll();
  process.descriptors.destroy();
  dropDirectory(process.workingDirectory);
  process.workingDirectory = 0;
  const space = process.space!;
  process.space = null;
  space.destroy();
}

/** Makes the process a zombie, or frees it where nobody is to wait for it. */
function bequeath(process: Process): void {
  if (process.id == INIT) shutDown(process.status);
  processes.lock();
  processes.abandonChildren(process);
  const parent = process.parent;
  process.isZombie = true;
  if (parent === null) {
    processes.drop(process);
  } else {
    parent.childEnded.wakeAll();
    raiseSignal(parent, SIGCHLD);
  }
  processes.unlock();
}

/** waitpid. */
export function waitForChild(pid: i32, status: usize, options: i32, usage: usize): i32 {
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
  store<i64>(record, nanoseconds(child.totalUserTime), USAGE_USER);
  store<i64>(record, nanoseconds(child.totalKernelTime), USAGE_SYSTEM);
  store<i64>(record, child.totalFaults, USAGE_FAULTS);
  processes.drop(child);
  processes.unlock();
  const copied = putWord(status, childStatus);
  if (copied != 0) return copied;
  const told = usage == 0 ? 0 : copyOut(usage, record, USAGE_BYTES);
  return told != 0 ? told : id;
}

/** thread_join. */
export function joinThread(id: i32, result: usize): i32 {
  const self = currentThread();
  const process = self.process;
  if (id == self.id) return -EDEADLK;
  process.lock();
  const thread = process.findThread(id);
  let error = thread === null ? -ESRCH : thread.joining ? -EINVAL : 0;
  let value = 0;
  if (error == 0) {
    const joined = thread!;
    joined.joining = true;
    while (!joined.isDead && error == 0) error = process.threadEnded.sleep(process);
    if (joined.isDead) {
      value = joined.result;
      process.dropThread(joined);
      error = 0;
    } else {
      joined.joining = false;
    }
  }
  process.unlock();
  return error != 0 ? error : putWord(result, value);
}
