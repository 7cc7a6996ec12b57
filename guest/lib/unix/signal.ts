// Signals. Sending one sets a bit in the process and makes one of its threads look: one that sleeps is woken (its system call ends with EINTR), one
// that runs is interrupted. It is taken when a thread is about to return to user code: the default action, or a call of the program's handler, which
// the machine makes before it goes on with what was interrupted (context_upcall).
import { contextSelf, contextUpcall, ipiSend } from '../machine';
import { EINVAL, SIG_DFL, SIG_IGN, SIGCHLD, SIGCONT, SIGKILL, SIGNALS, SIGSEGV, SIGSTOP } from '../../posix/abi';
import { currentThread, thisCpu } from 'kernel/cpu';
import { endProcess, endThread } from './exit';
import { Process } from './process';
import { VECTOR_RESCHEDULE } from 'kernel/scheduler';
import { Thread } from 'kernel/thread';

/** Whether a thread is to look at signals, or to end, instead of waiting. */
export function signalPending(thread: Thread): bool {
  const process = thread.process;
  return process.pendingSignals != 0 || (process.isExiting && process.survivor !== thread);
}

/** By default nothing happens. */
function isHarmless(signal: i32): bool {
  return signal == SIGCHLD || signal == SIGCONT || signal == SIGSTOP;
}

/** Sends a signal to a process that has not ended. */
export function raiseSignal(process: Process, signal: i32): void {
  if (process.ignores(signal) || (isHarmless(signal) && !process.handles(signal))) return;
  atomic.or<u32>(changetype<usize>(process) + offsetof<Process>('pendingSignals'), 1 << signal);
  process.lock();
  alertThreads(process);
  process.unlock();
}

/** Sends a signal for what the process itself has done, which it cannot ignore: it would do it again. */
export function forceSignal(process: Process, signal: i32): void {
  if (process.ignores(signal)) unchecked((process.handlers[signal] = SIG_DFL));
  raiseSignal(process, signal);
}

/** Lets all threads of a process look at what they have been sent. With its lock. */
export function alertThreads(process: Process): void {
  const cpu = thisCpu();
  let thread: Thread | null = process.threads;
  while (thread) {
    if (thread.wake() || thread.isDead || thread === cpu.current) {
      thread = thread.sibling;
      continue;
    }
    ipiSend(thread.core, VECTOR_RESCHEDULE);
    thread = thread.sibling;
  }
}

/** signal(): a handler by its number, SIG_DFL or SIG_IGN; the one before. */
export function setHandler(process: Process, signal: i32, handler: i32): i32 {
  if (signal <= 0 || signal >= SIGNALS || signal == SIGKILL || signal == SIGSTOP) return -EINVAL;
  if (handler < SIG_IGN) return -EINVAL;
  const before = unchecked(process.handlers[signal]);
  unchecked((process.handlers[signal] = handler));
  return before;
}

/** Takes the signals of the current thread's process, on the way back to user code. Does not return when the thread is to end. */
export function takeSignals(thread: Thread): void {
  const process = thread.process;
  while (signalPending(thread)) {
    if (process.isExiting && process.survivor !== thread) endThread(0);
    // A handler must not come between a spawn and its attributes, say: it may spawn something itself.
    const signal = takeOne(process, thread.handlersWait);
    if (signal == 0) return;
    act(process, signal);
  }
}

/** The first signal that is pending; with `unhandled` the first without a handler. 0: none. */
function takeOne(process: Process, unhandled: bool): i32 {
  const word = changetype<usize>(process) + offsetof<Process>('pendingSignals');
  while (true) {
    const pending = atomic.load<u32>(word);
    let signal = 1;
    while (signal < SIGNALS && (((pending >> signal) & 1) == 0 || (unhandled && process.handles(signal)))) signal++;
    if (signal == SIGNALS) return 0;
    if (atomic.cmpxchg<u32>(word, pending, pending & ~(1 << signal)) == pending) return signal;
  }
}

function act(process: Process, signal: i32): void {
  const handler = unchecked(process.handlers[signal]);
  if (handler == SIG_IGN || (handler == SIG_DFL && isHarmless(signal))) return;
  // A handler that is no function of the program is the program's fault.
  if (handler == SIG_DFL) endProcess(signal);
  else if (contextUpcall(contextSelf(), handler, signal, 0) != 0) endProcess(SIGSEGV);
}
