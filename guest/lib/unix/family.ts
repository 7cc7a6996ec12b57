// The family of processes where the kernel has it in a table (process-table.ts): how they come into it, how they leave, and who waits for whom. Kernels that
// leave it to a server have functions of these names of their own: what Unix code imports is kernel/family.
import { EAGAIN, ESRCH, SIGCHLD } from '../../posix/abi';
import { Process } from './process';
import { processes } from './process-table';
import { raiseSignal } from './signal';

/** In the place of a group: the caller's, and one of its own. */
export const CALLERS_GROUP: i32 = -1;
export const OWN_GROUP: i32 = 0;

// --- coming and going

/**
 * Gives a new process its number, and its place behind its parent: in the parent's group (CALLERS_GROUP), one of its own (OWN_GROUP), or another. 0; -EAGAIN where
 * there are too many, -ESRCH where there is no such group. From here on others may find it.
 */
export function enterProcess(child: Process, parent: Process | null, group: i32): i32 {
  processes.lock();
  const wanted = group == CALLERS_GROUP ? parent!.group : group;
  let error = -ESRCH;
  if (wanted == OWN_GROUP || processes.hasGroup(wanted)) error = processes.enter(child, parent, wanted) ? 0 : -EAGAIN;
  processes.unlock();
  return error;
}

/** Takes a process back that has not begun. It is freed by the caller. */
export function withdrawProcess(child: Process): void {
  processes.lock();
  const parent = child.parent!;
  processes.remove(child);
  // Who waits for it waits for nobody now.
  parent.childEnded.wakeAll();
  processes.unlock();
}

/** The process has given back all but what waitpid tells; its last thread can still sleep. The table is told when it has left: `leaveFamily`. */
export function announceEnd(process: Process): void {}

/** The last thread of the process has left it: it becomes a zombie, or is freed where nobody is to wait for it. */
export function leaveFamily(process: Process): void {
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

// --- signals

/** A signal for the group that Ctrl-C reaches. For interrupts, too. */
export function raiseInForeground(signal: i32): void {
  processes.lock();
  raiseInGroup(processes.foreground, signal);
  processes.unlock();
}

/** Whether there is any process in the group. With the process table's lock. */
export function raiseInGroup(group: i32, signal: i32): bool {
  let found = false;
  let process: Process | null = processes.next(0);
  while (process) {
    if (process.group == group) {
      found = true;
      deliverTo(process, signal);
    }
    process = processes.after(process);
  }
  return found;
}

/** With the process table's lock. */
export function deliverTo(process: Process, signal: i32): void {
  if (signal != 0 && !process.isZombie) raiseSignal(process, signal);
}
