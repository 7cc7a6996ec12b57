// Page faults of user code. docs/walks/page-fault-k42.md walks through one.
import { FAULT_WRITE } from '../lib/machine-constants';
import { complainOfAccess } from '../lib/unix/complaint';
import { forceSignal } from '../lib/unix/signal';
import { ENOMEM, SIGKILL, SIGSEGV } from '../posix/abi';
import { Thread } from './thread';

/** The trap: resolves it, or sends the signal that follows from it. */
export function pageFault(thread: Thread, address: usize, access: i32): void {
  const process = thread.process;
  const write = (access & FAULT_WRITE) != 0;
  thread.faults++;
  const error = process.space!.handleFault(address, write);
  if (error == 0) return;
  const signal = error == -ENOMEM ? SIGKILL : SIGSEGV;
  if (!process.handles(signal)) complainOfAccess(process, signal, address, write);
  forceSignal(process, signal);
}
