// A thread: a context of the machine that belongs to a process, and whether it runs, is ready or sleeps. What else a kernel keeps for each is in its own
// class (kernel/thread), which is derived from this one.
import { release } from '../objects';
import { NAME_THREAD, nameKind } from './names';
import { Process } from './process';
import { enqueue } from 'kernel/scheduler';
import { Thread } from 'kernel/thread';
import { Waiter } from './wait-queue';

/** On a core, or on its way to or from one. */
export const THREAD_RUNNING: i32 = 0;
/** In a run queue. */
export const THREAD_RUNNABLE: i32 = 1;
/** Waits, for one of the wait queues that it is in, its timer or a signal. */
export const THREAD_SLEEPING: i32 = 2;
export const THREAD_DEAD: i32 = 3;

export const ANY_CORE: i32 = -1;

export abstract class UnixThread {
  private state: i32 = THREAD_RUNNABLE;
  /** Core where it runs, or has run last. */
  core: i32 = 0;
  /** The only core that it may run on, or ANY_CORE. */
  affinity: i32 = ANY_CORE;
  /** For what it waits outside of poll. */
  readonly waiter: Waiter = new Waiter();
  /** In a timer queue. */
  timerNext: Thread | null = null;
  deadline: i64 = 0;
  timedOut: bool = false;
  /** Cycles that it has run in user mode and in the kernel. */
  userTime: i64 = 0;
  kernelTime: i64 = 0;
  /** Page faults that it has had. */
  faults: i64 = 0;
  /** The next thread of its process. */
  sibling: Thread | null = null;
  /** What its function has returned. */
  result: i32 = 0;
  joining: bool = false;
  /** The kernel has made it for itself: nobody is to join it, so it is freed when it ends. */
  isDetached: bool = false;
  /** Operands of the next spawn: see system-calls.ts. */
  spawnFds: usize = 0;
  spawnFdCount: i32 = -1;
  spawnGroup: i32 = -1;
  /** Handlers of signals are not called before the next system call, which belongs to the one that has just been made. */
  handlersWait: bool = false;

  constructor(
    public id: i32,
    readonly process: Process,
    public context: i32,
  ) {
    this.waiter.thread = changetype<Thread>(this);
    nameKind(NAME_THREAD, changetype<usize>(this), offsetof<Thread>());
  }

  @inline
  private get stateWord(): usize {
    return changetype<usize>(this) + offsetof<UnixThread>('state');
  }

  @inline
  mayRunOn(core: i32): bool {
    return this.affinity == ANY_CORE || this.affinity == core;
  }

  get isDead(): bool {
    return atomic.load<i32>(this.stateWord) == THREAD_DEAD;
  }

  get isSleeping(): bool {
    return atomic.load<i32>(this.stateWord) == THREAD_SLEEPING;
  }

  setState(state: i32): void {
    atomic.store<i32>(this.stateWord, state);
  }

  /** Lets it go on if it sleeps: whether it did. Only one of several who call this at once does it. */
  wake(): bool {
    if (atomic.cmpxchg<i32>(this.stateWord, THREAD_SLEEPING, THREAD_RUNNABLE) != THREAD_SLEEPING) return false;
    enqueue(changetype<Thread>(this));
    return true;
  }

  /** Takes sleep back, before it has begun: false where somebody has woken it already, and so put it into a run queue. */
  stayAwake(): bool {
    return atomic.cmpxchg<i32>(this.stateWord, THREAD_SLEEPING, THREAD_RUNNING) == THREAD_SLEEPING;
  }

  /** What the next spawn gives its child besides the program. */
  giveAttributes(fds: usize, fdCount: i32, group: i32): void {
    this.spawnFds = fds;
    this.spawnFdCount = fdCount;
    this.spawnGroup = group;
    this.handlersWait = true;
  }

  destroy(): void {
    release(this.waiter);
    release(this);
  }
}
