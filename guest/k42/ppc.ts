// Protected procedure calls: a thread calls a function of another process, on its own CPU.
//
// A caller hands its CPU over to a worker, a thread of the server's process, and gets it back with the answer: the page tables and the context are switched,
// and that is all. No run queue is asked, no other CPU is interrupted, and nothing is written that other CPUs use: each CPU has workers of its own for each
// server (server.ts), made when there is none free. So there are as many calls at a time as callers, and calls within calls.
//
// The worker runs for the rest of the caller's turn and at its payer's expense, also when the CPU's timer comes between, or when it sleeps: then
// it goes on by the run queue like any thread. Caller and worker stay on the CPU until the answer, so a call needs no lock.
//
// Who is who is the kernel's to say: the worker is told of the caller's process, and its answer goes to the caller whose call it serves. Of the caller's
// memory it reaches the buffer that came with the call, by copies that the kernel makes, as long as the call lasts.
//
//   the caller gets a signal   the call ends with -EINTR; what the worker answers later is lost
//   the worker's thread ends   the call ends with -EPIPE
//   the server ends            calls that run go on; further ones end with -ESRCH
//
// The kernel's own servers (service-numbers.ts) are called in the same way, also by the kernel itself (ask-server.ts), with three differences: they reach all of
// the caller's memory, no signal ends a call, and what they take of memory is the kernel's reserve.
import { memoryStaysShort } from './mem/global-pm';
import { signalPending } from '../lib/unix/signal';
import { THREAD_SLEEPING } from '../lib/unix/thread';
import { letGoPage, upToPageEnd } from '../lib/unix/user-memory';
import { NEVER, prepareToSleep, sleepUntil } from '../lib/unix/wait-queue';
import { EACCES, EFAULT, EINTR, EINVAL, ENOMEM, EPERM, EPIPE, ESRCH } from '../posix/abi';
import { dref } from './cobj/rep';
import { currentThread, thisCpu } from './cpu';
import {
  MOST_SERVERS,
  PPC_GIVE,
  PPC_KERNEL,
  PPC_TAKE,
  SYS_PPC_CALL,
  SYS_PPC_FETCH,
  SYS_PPC_SERVE,
  SYS_PPC_STORE,
  SYS_PPC_WAIT,
} from './ppc-numbers';
import { processCall } from './process-calls';
import { servedCall } from './served-calls';
import { serverIsReady } from './servers';
import { FIRST_TRUSTED, SYS_SERVED, SYS_SERVED_END } from './service-numbers';
import { chargeTime, endOverdueTurn, handOver, schedule } from './scheduler';
import { isError, Server } from './server';
import { closeServer, openServer, takeWorkerOf } from './server-table';
import { Thread } from './thread';
import { copyFrom, copyTo, holdPage } from './user-memory';
import { Worker } from './worker';

/** The system calls that only this kernel has: see ppc-numbers.ts and process-numbers.ts. */
export function ppcCall(n: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  switch (n) {
    case SYS_PPC_CALL:
      return callServer(a, b, c, d, e, f);
    case SYS_PPC_SERVE:
      return serve(a, b, c);
    case SYS_PPC_WAIT:
      return answerAndWait(a, ((<i64>c) << 32) | <i64>(<u32>b));
    case SYS_PPC_FETCH:
      return fetch(a, b, c);
    case SYS_PPC_STORE:
      return put(a, b, c);
    default:
      return n >= SYS_SERVED && n < SYS_SERVED_END ? servedCall(n, a, b, c, d) : processCall(n, a);
  }
}

// --- callers

/** Calls a server for the current thread: its answer, or an error. `server`: its number, with PPC_GIVE and PPC_TAKE. */
function callServer(server: i32, a: i32, b: i32, c: i32, buffer: usize, bytes: u32): i64 {
  return callWith(server & (MOST_SERVERS - 1), server & (PPC_GIVE | PPC_TAKE), a, b, c, buffer, bytes);
}

/** The same with rights that the kernel gives. */
export function callWith(number: i32, rights: i32, a: i32, b: i32, c: i32, buffer: usize, bytes: u32): i64 {
  const found = takeWorkerOf(number);
  if (isError(found)) return <i32>found;
  const worker = changetype<Worker>(found);
  const caller = currentThread();
  caller.a = a;
  caller.b = b;
  caller.c = c;
  caller.buffer = buffer;
  caller.bufferBytes = bytes;
  caller.rights = rights;
  worker.begin(caller);
  caller.setState(THREAD_SLEEPING);
  // A signal that comes later finds the caller asleep, and wakes it.
  if (number < FIRST_TRUSTED && signalPending(caller)) return callOff(caller, worker);
  handOver(thisCpu(), worker.thread);
  if (number >= FIRST_TRUSTED) return answerOf(caller);
  const callee = caller.callee;
  if (callee === null) return caller.answer;
  // Not the answer, but a signal has woken it.
  callee.part(caller);
  return -EINTR;
}

/** What one of the kernel's servers answers: signals wake the caller, but have to wait. */
function answerOf(caller: Thread): i64 {
  while (caller.callee !== null) {
    caller.setState(THREAD_SLEEPING);
    schedule();
  }
  endOverdueTurn();
  return caller.answer;
}

/** The caller does not wait; somebody may have woken it already, and so put it into the run queue. */
function callOff(caller: Thread, worker: Worker): i64 {
  worker.part(caller);
  worker.thread.setState(THREAD_SLEEPING);
  if (serverOf(worker).giveWorker(changetype<usize>(worker)) != 0) worker.thread.wake();
  if (!caller.stayAwake()) schedule();
  return -EINTR;
}

// --- servers

@inline
function serverOf(worker: Worker): Server {
  return dref<Server>(worker.server);
}

/** Lets the current process serve calls of a number by a function of its program's, with an argument. -EBUSY; -EINTR when a signal ends it. */
function serve(number: i32, fn: i32, argument: i32): i32 {
  if (number <= 0 || number >= MOST_SERVERS) return -EINVAL;
  const process = currentThread().process;
  if (number >= FIRST_TRUSTED && !process.isTrusted) return -EPERM;
  if (memoryStaysShort()) return -ENOMEM;
  const error = openServer(number, process, fn, argument);
  if (error != 0) return error;
  if (process.isTrusted) serverIsReady();
  let reason = 0;
  while (reason == 0) {
    prepareToSleep();
    reason = sleepUntil(NEVER);
  }
  closeServer(number);
  return reason;
}

/** A worker answers its call, if it has one and has been told of it, and waits for the next: 0, when that is described in `block`, or an error. */
function answerAndWait(block: usize, answer: i64): i32 {
  const thread = currentThread();
  const worker = thread.worker;
  if (worker === null) return -EPERM;
  const error = worker.useBlock(block);
  if (error != 0) return error;
  if (worker.caller === null || worker.isTold) {
    rest(worker, answer);
    if (worker.caller === null) {
      const ended = serverOf(worker).takeBack(changetype<usize>(worker));
      return ended != 0 ? ended : -EINTR;
    }
  }
  worker.tell();
  return 0;
}

/** Lets the caller go on, and waits for a call, a signal or the server's end. */
function rest(worker: Worker, answer: i64): void {
  const thread = worker.thread;
  thread.setState(THREAD_SLEEPING);
  const waits = serverOf(worker).giveWorker(changetype<usize>(worker)) == 0 && !signalPending(thread);
  const caller = worker.caller;
  if (caller && waits && caller.mayRunOn(thread.core) && caller.stayAwake()) {
    worker.answer(caller, answer);
    handOver(thisCpu(), caller);
    return;
  }
  chargeTime(thisCpu(), false);
  if (caller) {
    worker.answer(caller, answer);
    caller.wake();
  }
  if (waits || !thread.stayAwake()) schedule();
}

// --- the caller's buffer

/** Copies from the buffer of the call that the current thread serves: 0 or an error. */
function fetch(offset: u32, to: usize, bytes: u32): i32 {
  return copyInBuffer(offset, to, bytes, PPC_GIVE);
}

/** Copies to it. */
function put(offset: u32, from: usize, bytes: u32): i32 {
  return copyInBuffer(offset, from, bytes, PPC_TAKE);
}

function copyInBuffer(offset: u32, own: usize, bytes: u32, right: i32): i32 {
  const worker = currentThread().worker;
  if (worker === null || !worker.isTold) return -EPERM;
  const caller = worker.caller;
  if (caller === null) return -ESRCH;
  if ((caller.rights & right) == 0) return -EACCES;
  if (offset > caller.bufferBytes || bytes > caller.bufferBytes - offset) return -EFAULT;
  return copyBetween(caller, caller.buffer + offset, own, bytes, right == PPC_GIVE);
}

/**
 * Copies between the caller's memory, at `others`, and that of the current process, at `own`, page by page, since a page of its own can be held while the
 * other's are looked up: 0 or -EFAULT.
 */
export function copyBetween(caller: Thread, others: usize, own: usize, bytes: u32, fetches: bool): i32 {
  const isKernel = (caller.rights & PPC_KERNEL) != 0;
  while (bytes > 0) {
    const part = upToPageEnd(own, bytes);
    const inBlock = caller.callee!.reachedInBlock(own);
    const reached = inBlock != 0 ? inBlock : holdPage(own, fetches);
    if (reached == 0) return -EFAULT;
    let error = 0;
    if (isKernel) memory.copy(fetches ? reached : others, fetches ? others : reached, part);
    else if (fetches) error = copyFrom(caller.process.space!, reached, others, part);
    else error = copyTo(caller.process.space!, others, reached, part);
    if (inBlock == 0) letGoPage(reached);
    if (error != 0) return error;
    own += part;
    others += part;
    bytes -= <u32>part;
  }
  return 0;
}

// --- ends

/** The current thread ends, or goes on as another program: whoever waits for it to answer is told so. */
export function endOfThread(thread: Thread): void {
  const worker = thread.worker;
  if (worker === null) return;
  const caller = worker.caller;
  if (caller) {
    worker.answer(caller, -EPIPE);
    caller.wake();
  }
  const server = serverOf(worker);
  server.takeBack(changetype<usize>(worker));
  server.dropWorker(changetype<usize>(worker));
}
