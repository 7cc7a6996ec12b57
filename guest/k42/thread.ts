// A thread of this kernel: it belongs to a CPU, and may be at either end of a protected procedure call (ppc.ts), or at both.
import { File } from '../lib/fs/file';
import { UnixThread } from '../lib/unix/thread';
import { Process } from '../lib/unix/process';
import { Worker } from './worker';

export class Thread extends UnixThread {
  /** In a run queue, or on the way to one. */
  queueNext: Thread | null = null;
  /** Who is charged for its time: itself, or the thread whose call it serves, by however many calls between. */
  payer: Thread = changetype<Thread>(0);

  // --- the call that it makes, while it waits for the answer

  /** Who serves it. */
  callee: Worker | null = null;
  /** Its operands: words, and which part of the caller's memory it may copy from (PPC_GIVE) or to (PPC_TAKE). */
  a: i32 = 0;
  b: i32 = 0;
  c: i32 = 0;
  buffer: usize = 0;
  bufferBytes: u32 = 0;
  rights: i32 = 0;
  answer: i64 = 0;

  /** What a server has given the kernel, with a reference, in answer to this thread's call. */
  given: File | null = null;

  /** Where it serves calls. */
  worker: Worker | null = null;

  constructor(id: i32, process: Process, context: i32) {
    super(id, process, context);
    this.payer = this;
  }

  /** Whether its turns may be on a CPU. Both ends of a call are on one CPU, so an affinity that is given meanwhile has to wait. */
  @inline
  mayStayOn(core: i32): bool {
    return this.mayRunOn(core) || this.callee !== null || this.worker !== null;
  }
}
