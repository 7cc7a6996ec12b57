// What K42's kernel has of the family of processes: that is the process server's to know (servers/process-server.ts), which the kernel tells who comes and
// who goes. Programs ask the server themselves (posix-processes.ts).
import { release } from '../lib/objects';
import { LockableLine } from '../lib/unix/lockable-line';
import { nameOne } from '../lib/unix/names';
import { Process } from '../lib/unix/process';
import { WaitQueue } from '../lib/unix/wait-queue';
import { EAGAIN, ENOMEM, ENOSYS } from '../posix/abi';
import { askServer } from './ask-server';
import { currentThread } from './cpu';
import { dropHandle, HANDLE_PROCESS, newHandle } from './handle';
import { Lockable } from './lock';
import { ENDED, NEW, WITHDRAW } from './process-service';
import { yieldTurn } from './scheduler';
import { PROCESS_SERVER } from './service-numbers';

export { CALLERS_GROUP, OWN_GROUP } from './process-service';

/** What is kept in each process. */
export abstract class Relative extends Lockable {
  /** By which the server knows it. */
  handle: usize = 0;
  /** How often the server has told it that a child is not what it was. With the lock. */
  childEvents: i32 = 0;
  /** Woken then. */
  readonly childEnded: WaitQueue = new WaitQueue();
  /** How many of the two that have it last have let it go: its last thread, and the server. */
  private letGo: i32 = 0;

  /** Whether the other one had before. */
  letGoAsSecond(): bool {
    return atomic.add<i32>(changetype<usize>(this) + offsetof<Relative>('letGo'), 1) == 1;
  }

  protected releaseRelative(): void {
    release(this.childEnded);
  }
}

// --- coming and going

/** Asks the server, until there is memory for a worker. */
function tell(operation: i32, number: i32, status: i32 = 0): void {
  let answer: i64 = 0;
  do {
    answer = askServer(PROCESS_SERVER, operation, number, status);
    if (answer == -ENOMEM || answer == -EAGAIN) yieldTurn();
  } while (answer == -ENOMEM || answer == -EAGAIN);
}

/** Has the server give a new process its number: 0, or an error. From here on others may find it. */
export function enterProcess(child: Process, parent: Process | null, group: i32): i32 {
  const handle = newHandle(HANDLE_PROCESS, changetype<usize>(child));
  child.handle = handle;
  const answer = <i32>askServer(PROCESS_SERVER, NEW, parent ? parent.id : 0, group, handle);
  if (answer < 0) dropHandle(handle);
  else child.id = answer;
  return min(answer, 0);
}

/** Takes a process back that has not begun. It is freed by the caller. */
export function withdrawProcess(child: Process): void {
  tell(WITHDRAW, child.id);
  dropHandle(child.handle);
}

/** The process has given back all but what waitpid tells: for the server it ends now. */
export function announceEnd(process: Process): void {
  tell(ENDED, process.id, process.status);
}

/** Its last thread has left it. */
export function leaveFamily(process: Process): void {
  if (process.letGoAsSecond()) process.destroy();
}

// --- children

/** Sleeps until the server has told the current process more often of its children than it was told `seen` times: 0 or -EINTR. */
export function waitForChildren(seen: i32): i32 {
  const thread = currentThread();
  const process = thread.process;
  let reason = 0;
  process.lock();
  while (process.childEvents - seen <= 0 && reason == 0) reason = process.childEnded.sleep(process);
  const hasChanged = process.childEvents - seen > 0;
  process.unlock();
  // A handler of SIGCHLD comes when the program has asked what has become of its child, which is next.
  thread.handlersWait = hasChanged;
  return hasChanged ? 0 : reason;
}

/** There are no system calls about others. */
export function familyCall(n: i32, a: i32, b: i32, c: i32, d: i32): i64 {
  return -ENOSYS;
}

// --- the terminal

/** What all share: signals of the terminal that the server has not taken yet. Which group they are for is its business. */
export class Families extends LockableLine {
  private pending: u32 = 0;
  private readonly arrived: WaitQueue = new WaitQueue();

  name(): void {
    nameOne(this, "terminal's signals");
  }

  leaveSignal(signal: i32): void {
    this.lock();
    this.pending |= 1 << signal;
    this.arrived.wakeAll();
    this.unlock();
  }

  /** Waits for one; or -EINTR. */
  takeSignal(): i32 {
    let reason = 0;
    this.lock();
    while (this.pending == 0 && reason == 0) reason = this.arrived.sleep(this);
    const signal = <i32>ctz<u32>(this.pending);
    const isThere = this.pending != 0;
    if (isThere) this.pending &= ~(1 << signal);
    this.unlock();
    return isThere ? signal : reason;
  }
}

/** The same on each CPU. */
export let families: Families = changetype<Families>(0);

export function setFamilies(value: Families): void {
  families = value;
}

/** Also for interrupts: the server is not called, but has a thread that waits. */
export function raiseInForeground(signal: i32): void {
  families.leaveSignal(signal);
}
