// A process: threads that share an address space, open files and signals. It is a zombie from when its last thread has ended until its parent has
// waited for it.
//
// Its lock guards its threads, its working directory and what exit and signals do with them. Who its parent and its children are is the family's business
// (kernel/family).
import { release } from '../objects';
import { PROCESS_NAME_BYTES, SIG_DFL, SIG_IGN, SIGNALS } from '../../posix/abi';
import { AddressSpace } from 'kernel/address-space';
import { Descriptors } from './descriptors';
import { Link } from './link';
import { NAME_PROCESS, nameKind } from './names';
import { ProgramLoader } from './program';
import { Relative } from 'kernel/family';
import { Thread } from 'kernel/thread';
import { WaitQueue } from './wait-queue';

/** Threads of one process. */
export const MOST_THREADS: i32 = 512;
/** The thread that runs `main`: when that returns the process ends. */
export const MAIN_THREAD: i32 = 1;

export class Process extends Relative {
  /** Its number, 0 before it is in the family. */
  id: i32 = 0;

  // --- what it runs
  space: AddressSpace | null = null;
  link: Link | null = null;
  /** Of the program. */
  private readonly nameWords: StaticArray<u64> = new StaticArray<u64>(PROCESS_NAME_BYTES / 8);
  argumentBytes: i32 = 0;
  environmentBytes: i32 = 0;

  // --- threads
  threads: Thread | null = null;
  /** How many have not ended, and how many there are with those that have not been joined. */
  liveThreads: i32 = 0;
  threadCount: i32 = 0;
  private lastThreadId: i32 = 0;
  /** Woken when a thread ends. */
  readonly threadEnded: WaitQueue = new WaitQueue();
  /** All threads are to end, but for this one where exec goes on with it. */
  isExiting: bool = false;
  survivor: Thread | null = null;

  /** One of the kernel's own, which works for all: it is no program's to kill, and does not run out of memory before the kernel does. */
  isTrusted: bool = false;

  // --- files
  /** Where relative paths begin, as the kernel names directories (kernel/naming); 0: it has none any more. */
  workingDirectory: usize = 0;

  // --- signals
  /** Those that have been sent, a bit each. */
  pendingSignals: u32 = 0;
  readonly handlers: StaticArray<i32> = new StaticArray<i32>(SIGNALS);

  // --- what waitpid tells
  status: i32 = 0;
  /** Of threads that have ended: cycles, page faults. */
  userTime: i64 = 0;
  kernelTime: i64 = 0;
  faults: i64 = 0;

  constructor(readonly descriptors: Descriptors) {
    super();
    nameKind(NAME_PROCESS, changetype<usize>(this), offsetof<Process>());
    for (let signal = 0; signal < SIGNALS; signal++) unchecked((this.handlers[signal] = SIG_DFL));
  }

  /** Text in UTF-8, filled up with zeroes to PROCESS_NAME_BYTES. */
  get name(): usize {
    return changetype<usize>(this.nameWords);
  }

  /** Takes the last part of a path, or as much of it as there is room for. */
  setName(path: usize, bytes: i32): void {
    let start = bytes;
    while (start > 0 && load<u8>(path + start - 1) != 0x2f) start--;
    memory.fill(this.name, 0, PROCESS_NAME_BYTES);
    memory.copy(this.name, path + start, min(bytes - start, PROCESS_NAME_BYTES - 1));
  }

  /** Takes over a program that has been loaded. */
  runs(loader: ProgramLoader, path: usize, pathBytes: i32, argumentBytes: i32, environmentBytes: i32): void {
    this.space = loader.space;
    this.link = loader.link;
    this.setName(path, pathBytes);
    this.argumentBytes = argumentBytes;
    this.environmentBytes = environmentBytes;
  }

  /** Takes over a copy of what a process has in memory. */
  forks(parent: Process, space: AddressSpace, link: Link): void {
    this.space = space;
    this.link = link;
    memory.copy(this.name, parent.name, PROCESS_NAME_BYTES);
    this.argumentBytes = parent.argumentBytes;
    this.environmentBytes = parent.environmentBytes;
  }

  /** Whether a signal calls a function of the program. */
  handles(signal: i32): bool {
    return unchecked(this.handlers[signal]) >= 0;
  }

  ignores(signal: i32): bool {
    return unchecked(this.handlers[signal]) == SIG_IGN;
  }

  // --- threads; with its lock

  /** Adds a thread for a context; it does not run yet. */
  addThread(context: i32): Thread {
    const thread = new Thread(++this.lastThreadId, this, context);
    thread.sibling = this.threads;
    this.threads = thread;
    this.liveThreads++;
    this.threadCount++;
    return thread;
  }

  findThread(id: i32): Thread | null {
    let thread = this.threads;
    while (thread && thread.id != id) thread = thread.sibling;
    return thread;
  }

  /** Whether all other threads have ended. */
  isAlone(thread: Thread): bool {
    let at = this.threads;
    while (at && (at === thread || at.isDead)) at = at.sibling;
    return at === null;
  }

  /** Drops all threads but one; they have ended. */
  dropOthers(survivor: Thread): void {
    let thread = this.threads;
    while (thread) {
      const next = thread.sibling;
      if (thread !== survivor) {
        this.dropThread(thread);
      }
      thread = next;
    }
  }

  /** Takes a thread that has ended out, and frees it; what it has used stays with the process. */
  dropThread(thread: Thread): void {
    let previous: Thread | null = null;
    let at = this.threads;
    while (at && at !== thread) {
      previous = at;
      at = at.sibling;
    }
    if (previous) previous.sibling = thread.sibling;
    else this.threads = thread.sibling;
    this.threadCount--;
    this.userTime += thread.userTime;
    this.kernelTime += thread.kernelTime;
    this.faults += thread.faults;
    thread.destroy();
  }

  /** Cycles that it has run: in user mode, and in the kernel. */
  get totalUserTime(): i64 {
    let time = this.userTime;
    let thread: Thread | null = this.threads;
    while (thread) {
      time += thread.userTime;
      thread = thread.sibling;
    }
    return time;
  }

  get totalKernelTime(): i64 {
    let time = this.kernelTime;
    let thread: Thread | null = this.threads;
    while (thread) {
      time += thread.kernelTime;
      thread = thread.sibling;
    }
    return time;
  }

  get totalFaults(): i64 {
    let faults = this.faults;
    let thread: Thread | null = this.threads;
    while (thread) {
      faults += thread.faults;
      thread = thread.sibling;
    }
    return faults;
  }

  /** Frees what is left of it. */
  destroy(): void {
    while (this.threads) this.dropThread(this.threads!);
    this.releaseRelative();
    release(this.threadEnded);
    release(this.nameWords);
    release(this.handlers);
    release(this);
  }
}
