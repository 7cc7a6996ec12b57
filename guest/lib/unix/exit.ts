// The end of threads and processes, and waiting for it.
//
// The last thread of a process gives back what it has, its address space included, leaves the process to its family (kernel/family), and goes to the
// scheduler for the last time. Its context is freed by the core's next trap or idle loop, since nobody can free what he stands on.
import { EDEADLK, EINVAL, ESRCH } from '../../posix/abi';
import { panic } from '../panic';
import { currentThread, thisCpu } from 'kernel/cpu';
import { announceEnd, leaveFamily } from 'kernel/family';
import { dropDirectory } from 'kernel/naming';
import { saveExports, shutDown } from './power-off';
import { Process } from './process';
import { chargeTime, leaveContext, schedule, yieldTurn } from 'kernel/scheduler';
import { alertThreads } from './signal';
import { Thread } from 'kernel/thread';
import { THREAD_DEAD } from './thread';
import { putWord } from './user-memory';

/** The process that the kernel has started itself. When it ends, so does the machine's run. */
const INIT: i32 = 1;

/** Ends the current process: `status` is an exit status shifted by 8, or a signal. Does not return. */
export function endProcess(status: i32): void {
  const process = currentThread().process;
  process.lock();
  // An exec that still waits for other threads comes to nothing.
  if (!process.isExiting || process.survivor !== null) {
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
  if (last) endLast(thread, result);
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
    if (thread.isDetached && !thread.joining) process.dropThread(thread);
    process.unlock();
  } else {
    thread.setState(THREAD_DEAD);
    leaveFamily(process);
  }
  schedule();
}

/** What the last thread does before it leaves its process, while it can still sleep. */
function endLast(thread: Thread, result: i32): void {
  const process = thread.process;
  if (process.isTrusted) panic('a process has ended that all others need');
  // Those that are on their way out still have the process in hand.
  waitForOthers(thread);
  if (!process.isExiting) process.status = (result & 0xff) << 8;
  if (process.id == INIT) saveExports();
  giveBack(process);
  if (process.id == INIT) shutDown(process.status);
  announceEnd(process);
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
  // Others may be looking at it for ps.
  process.lock();
  process.space = null;
  process.unlock();
  space.destroy();
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
