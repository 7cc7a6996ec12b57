// A thread of this kernel: one that can wait in a run queue.
import { UnixThread } from '../lib/unix/thread';

export class Thread extends UnixThread {
  /** In a run queue. */
  queueNext: Thread | null = null;
}
