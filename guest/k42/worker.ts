// A worker: a thread of a server's process that serves its calls on one CPU, one at a time. Only that CPU uses it.
import { release } from '../lib/objects';
import { PAGE_BYTES } from '../lib/page-table';
import { letGoPage } from '../lib/unix/user-memory';
import { EFAULT } from '../posix/abi';
import { holdPage } from './user-memory';
import {
  PPC_A,
  PPC_B,
  PPC_BLOCK_BYTES,
  PPC_BUFFER,
  PPC_BYTES,
  PPC_C,
  PPC_CALLER,
  PPC_DIRECTORY,
  PPC_RIGHTS,
} from './ppc-numbers';
import { Thread } from './thread';

export class Worker {
  /** Whose call it serves. */
  caller: Thread | null = null;
  /** Whether it has been told of that call. */
  isTold: bool = false;
  /** In the server's list of those that have nothing to do. */
  isFree: bool = false;
  nextFree: Worker | null = null;
  /** Where the program wants calls to be described, which may be at 0, and where the kernel reaches that in a page that it holds; 0: nowhere yet. */
  private block: usize = 0;
  private reached: usize = 0;

  constructor(
    readonly thread: Thread,
    /** COID of the Server. */
    readonly server: usize,
  ) {}

  /** Calls are described at an address of the program's from now on: 0 or -EFAULT. */
  useBlock(block: usize): i32 {
    if (block == this.block && this.reached != 0) return 0;
    if ((block & 3) != 0 || (block & (PAGE_BYTES - 1)) + PPC_BLOCK_BYTES > PAGE_BYTES) return -EFAULT;
    const reached = holdPage(block, true);
    if (reached == 0) return -EFAULT;
    this.dropBlock();
    this.block = block;
    this.reached = reached;
    return 0;
  }

  /** Where the kernel reaches an address of the program's in the block's page, which it holds anyway; 0 for another page. */
  reachedInBlock(address: usize): usize {
    const isThere = this.reached != 0 && (address ^ this.block) < PAGE_BYTES;
    return isThere ? (this.reached & ~(PAGE_BYTES - 1)) | (address & (PAGE_BYTES - 1)) : 0;
  }

  private dropBlock(): void {
    if (this.reached != 0) letGoPage(this.reached);
    this.reached = 0;
  }

  /** Begins with a call, of which it is told when it goes on. Whoever pays for the caller pays for it. */
  begin(caller: Thread): void {
    this.caller = caller;
    this.isTold = false;
    caller.callee = this;
    this.thread.payer = caller.payer;
  }

  /** Describes the call to the program. */
  tell(): void {
    const caller = this.caller!;
    const block = this.reached;
    store<i32>(block, caller.process.id, PPC_CALLER);
    store<i32>(block, caller.a, PPC_A);
    store<i32>(block, caller.b, PPC_B);
    store<i32>(block, caller.c, PPC_C);
    store<u32>(block, caller.bufferBytes, PPC_BYTES);
    store<i32>(block, caller.rights, PPC_RIGHTS);
    store<usize>(block, caller.buffer, PPC_BUFFER);
    store<usize>(block, caller.process.workingDirectory, PPC_DIRECTORY);
    this.isTold = true;
  }

  /** Ends the call with an answer for the caller, who does not go on by that. */
  answer(caller: Thread, answer: i64): void {
    caller.answer = answer;
    this.part(caller);
  }

  /** Caller and worker have nothing to do with each other any more. Those whom the worker has called in turn are its own business. */
  part(caller: Thread): void {
    caller.callee = null;
    this.caller = null;
    const self = this.thread;
    self.payer = self;
    let callee = self.callee;
    while (callee) {
      callee.thread.payer = self;
      callee = callee.thread.callee;
    }
  }

  /** Its thread does not serve calls any more. It is in no list. */
  destroy(): void {
    this.dropBlock();
    this.thread.worker = null;
    release(this);
  }
}
