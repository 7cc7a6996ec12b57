// A server with a Rep on each CPU that calls it: the workers that are free there, the last one first, since it is what the CPU has in its caches. The Root has
// what there is one of: the process, and the function in which workers begin. A call needs nothing of the Root but where a worker must be made.
import { contextCreate, contextDestroy, coreId } from '../lib/machine';
import { memoryStaysShort } from './mem/global-pm';
import { MOST_THREADS, Process } from '../lib/unix/process';
import { THREAD_RUNNING } from '../lib/unix/thread';
import { EAGAIN, ENOMEM, ESRCH } from '../posix/abi';
import { PerCpuRoot } from './cobj/cluster-root';
import { destroy } from './cobj/destruction';
import { Rep } from './cobj/rep';
import { callOn } from './messages';
import { Server } from './server';
import { Worker } from './worker';

class ServerRep extends Server {
  private free: Worker | null = null;

  constructor(private isClosed: bool) {
    super();
  }

  private get home(): ServerRoot {
    return changetype<ServerRoot>(this.root);
  }

  override takeWorker(): usize {
    if (this.isClosed) return -ESRCH;
    let worker = this.free;
    while (worker) {
      this.free = worker.nextFree;
      worker.isFree = false;
      // Who has been woken otherwise has a signal to look at, or is to end.
      if (worker.thread.stayAwake()) return changetype<usize>(worker);
      worker = this.free;
    }
    return this.home.makeWorker();
  }

  override giveWorker(address: usize): i32 {
    if (this.isClosed) return -ESRCH;
    const worker = changetype<Worker>(address);
    worker.nextFree = this.free;
    worker.isFree = true;
    this.free = worker;
    return 0;
  }

  override takeBack(address: usize): i32 {
    const worker = changetype<Worker>(address);
    if (worker.isFree) {
      let previous: Worker | null = null;
      let at = this.free!;
      while (at !== worker) {
        previous = at;
        at = at.nextFree!;
      }
      if (previous) previous.nextFree = worker.nextFree;
      else this.free = worker.nextFree;
      worker.isFree = false;
    }
    return this.isClosed ? -ESRCH : 0;
  }

  override dropWorker(address: usize): i32 {
    changetype<Worker>(address).destroy();
    this.home.loseWorker();
    return 0;
  }

  override close(): i32 {
    this.home.close();
    return 0;
  }

  /** On its own CPU. */
  closeHere(): void {
    this.isClosed = true;
    let worker = this.free;
    this.free = null;
    while (worker) {
      const next = worker.nextFree;
      worker.isFree = false;
      worker.thread.wake();
      worker = next;
    }
  }
}

export class ServerRoot extends PerCpuRoot {
  private isClosed: bool = false;
  private workers: i32 = 0;

  constructor(
    private readonly process: Process,
    private readonly fn: i32,
    private readonly argument: i32,
  ) {
    super();
  }

  override createRep(cpu: i32): Rep {
    return new ServerRep(this.isClosed);
  }

  /** A worker for this CPU, about to run: its address, or an error. */
  makeWorker(): usize {
    if (!this.process.isTrusted && memoryStaysShort()) return -ENOMEM;
    this.lock();
    // As long as it is open one of the process's threads is in `serve`.
    const answer = this.isClosed ? <usize>-ESRCH : this.addWorker(this.process);
    this.unlock();
    return answer;
  }

  private addWorker(process: Process): usize {
    const link = process.link!;
    const context = contextCreate(link.number, this.fn, this.argument, true);
    if (context < 0) return context;
    process.lock();
    if (process.isExiting || (process.threadCount >= MOST_THREADS && !process.isTrusted)) {
      process.unlock();
      contextDestroy(context);
      return -EAGAIN;
    }
    const thread = process.addThread(context);
    thread.core = coreId();
    thread.affinity = thread.core;
    thread.isDetached = true;
    thread.setState(THREAD_RUNNING);
    const worker = new Worker(thread, this.coid);
    thread.worker = worker;
    process.unlock();
    link.hold();
    this.workers++;
    return changetype<usize>(worker);
  }

  close(): void {
    this.lock();
    this.isClosed = true;
    for (let cpu = 0; cpu < this.clusters; cpu++) {
      const rep = this.repAt(cpu);
      if (rep) callOn(cpu, closeRep.index, changetype<usize>(rep));
    }
    const isLast = this.workers == 0;
    this.unlock();
    if (isLast) destroy(this.coid);
  }

  loseWorker(): void {
    this.lock();
    const isLast = --this.workers == 0 && this.isClosed;
    this.unlock();
    if (isLast) destroy(this.coid);
  }
}

function closeRep(rep: usize, nothing: usize, nobody: usize): i32 {
  changetype<ServerRep>(rep).closeHere();
  return 0;
}
