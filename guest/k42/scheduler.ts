// Which thread runs where, and switching to it.
//
// A thread belongs to a CPU from its beginning (placement.ts). It stays there, and so do the objects that it uses in their caches; no CPU takes threads from
// others. Who changes a thread's affinity moves it, at its next turn. Threads run for a turn of TURN_CYCLES at most, then the next one of the CPU's run
// queue does, or goes to a CPU that has had nothing to do for as long.
//
// A thread that sleeps or has been put into the queue is still on its CPU until that switches. Nobody else takes it meanwhile, and one that is to move is
// handed on by the idle loop, when its context has been left.
//
// An activation, from the entry of a trap to its return, ends where the thread sleeps, and another begins where it goes on: whoever sleeps has nothing in
// hand that belongs to a clustered object, and does not hold up the end of those that others destroy (cobj/generations.ts).
import { contextDestroy, contextSwitch, cycles, halt, interrupts, timerSet } from '../lib/machine';
import { complainOfAccess } from '../lib/unix/complaint';
import { Link } from '../lib/unix/link';
import { Process } from '../lib/unix/process';
import { forceSignal } from '../lib/unix/signal';
import { THREAD_RUNNABLE, THREAD_RUNNING } from '../lib/unix/thread';
import { armTimer, runTimers } from '../lib/unix/timer-queue';
import { SIGKILL } from '../posix/abi';
import { AddressSpace } from './address-space';
import { tidyBlocks } from './alloc/blocks';
import { cleanUp } from './cobj/clean-up';
import { enterActivation, fallAsleep, leaveActivation, wakeUp } from './cobj/generations';
import { Cpu, cpuOf, thisCpu } from './cpu';
import { serveAll } from './messages';
import { endOfThread } from './ppc';
import { placeFor, relief } from './placement';
import { leaveAt, setSleeps } from './run-queue';
import { Thread } from './thread';

export { VECTOR_RESCHEDULE } from './run-queue';

const TURN_CYCLES: i64 = 1_000_000;
/** How long a server of the kernel's own has until the next look at it; its caller's turn ends with the answer. */
const ANSWER_CYCLES: i64 = 10_000;
/** How long an idle CPU waits until it looks again whether what is put off can be done. */
const CLEAN_UP_CYCLES: i64 = 20_000;
/** How long threads may follow each other until somebody looks. */
const MOST_TURNS_CYCLES: i64 = 200_000;

// --- into the queues

/** Puts a thread that is ready into its CPU's run queue. It may still be on its way from there. */
export function enqueue(thread: Thread): void {
  const cpu = thisCpu();
  if (thread.core == cpu.id) cpu.queue.put(thread);
  else leaveAt(thread.core, thread);
}

/** Gives a new thread its CPU. */
export function startThread(thread: Thread): void {
  thread.core = placeFor(thread);
  enqueue(thread);
}

/** Ends a thread's turn: others that wait for its CPU come first. */
export function yieldTurn(): void {
  const cpu = thisCpu();
  const thread = cpu.current!;
  thread.setState(THREAD_RUNNABLE);
  cpu.queue.put(thread);
  schedule();
}

/**
 * For the timer's interrupt: ends the turn of the CPU's thread when it is time and somebody waits. One of the kernel's own servers answers first: it may hold a lock that all
 * who wait for the CPU would come to want.
 */
export function tick(cpu: Cpu): void {
  const now = cycles();
  runTimers(cpu, now);
  const thread = cpu.current;
  if (thread && now >= cpu.turnEnd) {
    const serves = thread.process.isTrusted;
    if (!serves && (!cpu.queue.isEmpty || !thread.mayStayOn(cpu.id))) {
      const other = relief(cpu, TURN_CYCLES);
      if (other >= 0) move(cpu.queue.take()!, other);
      yieldTurn();
      return;
    }
    cpu.turnEnd = now + (serves ? ANSWER_CYCLES : TURN_CYCLES);
    cpu.isOverdue = serves;
  }
  armTimer(cpu);
}

/** The current thread has its answer from one of the kernel's own servers: its turn ends if it would have ended before. */
@inline
export function endOverdueTurn(): void {
  if (thisCpu().isOverdue) yieldTurn();
}

// --- from the queues

/** The next thread of the CPU's queue; none, too, when the current one is to leave for another CPU first. */
function takeNext(cpu: Cpu): Thread | null {
  let thread = cpu.queue.take();
  while (thread && !thread.mayStayOn(cpu.id)) {
    // Its affinity has changed.
    if (thread === cpu.current) {
      cpu.departing = thread;
      return null;
    }
    move(thread, thread.affinity);
    thread = cpu.queue.take();
  }
  return thread;
}

function move(thread: Thread, core: i32): void {
  thread.core = core;
  leaveAt(core, thread);
}

/** Lets another thread run, or the CPU idle. The caller has said before what is to become of the current one, if there is one. */
export function schedule(): void {
  const cpu = thisCpu();
  const thread = cpu.current;
  const next = takeNext(cpu);
  if (thread && next === thread) {
    begin(cpu, thread);
    return;
  }
  chargeTime(cpu, false);
  if (cpu.charged >= cpu.cleanUpTime) cleanUpBetween(cpu);
  if (next) {
    begin(cpu, next);
    switchTo(next.context);
  } else {
    cpu.current = null;
    switchTo(cpu.idle);
  }
}

/** Where threads change so often that no turn ends by the timer, objects that were destroyed come to their end here. */
function cleanUpBetween(cpu: Cpu): void {
  cpu.cleanUpTime = cpu.charged + MOST_TURNS_CYCLES;
  leaveActivation(cpu.generation);
  cleanUp();
  cpu.generation = enterActivation();
}

/** Makes ready for a thread's turn. */
function begin(cpu: Cpu, thread: Thread): void {
  const now = cycles();
  thread.setState(THREAD_RUNNING);
  thread.core = cpu.id;
  cpu.current = thread;
  cpu.charged = now;
  cpu.turnEnd = now + TURN_CYCLES;
  cpu.isOverdue = false;
  cpu.switches++;
  loadSpace(cpu, thread.process.space);
  armTimer(cpu);
}

/** Goes on as another thread for the rest of the current one's turn, at the same payer's expense. Returns when somebody goes on with this one. */
export function handOver(cpu: Cpu, thread: Thread): void {
  thread.setState(THREAD_RUNNING);
  cpu.current = thread;
  loadSpace(cpu, thread.process.space);
  switchTo(thread.context);
}

/** Goes on as another context of this CPU's, until somebody goes on with this one: then this is another activation. */
function switchTo(context: i32): void {
  leaveActivation(thisCpu().generation);
  contextSwitch(context);
  continueFork();
}

/** The copy of a context that fork has made begins, in the middle of the kernel. */
export function continueFork(): void {
  thisCpu().generation = enterActivation();
}

/** Lets the CPU walk the page tables of its thread's address space; a process that is ending has none. */
@inline
function loadSpace(cpu: Cpu, space: AddressSpace | null): void {
  if (space && !space.load()) killForMemory(cpu.current!.process);
}

/** Where there is no memory for page tables the CPU has none of a process loaded now, and this one cannot go on. */
function killForMemory(process: Process): void {
  complainOfAccess(process, SIGKILL, 0, false);
  forceSignal(process, SIGKILL);
}

// --- the idle loop

/** What each CPU does when nothing else is to be done. Never returns. */
export function idle(): void {
  for (;;) {
    const cpu = thisCpu();
    bury(cpu);
    const departing = cpu.departing;
    if (departing) {
      cpu.departing = null;
      move(departing, departing.affinity);
    }
    serveAll();
    const next = takeNext(cpu);
    if (next) {
      begin(cpu, next);
      contextSwitch(next.context);
    } else {
      sleep(cpu);
    }
  }
}

/** Halts until an interrupt, and takes it. Where objects wait for their end the CPU looks after them now and then. */
function sleep(cpu: Cpu): void {
  armTimer(cpu);
  setSleeps(true);
  if (cpu.queue.isEmpty) {
    if (cleanUp()) wakeBy(cpu, cycles() + CLEAN_UP_CYCLES);
    tidyBlocks();
    fallAsleep();
    // Threads may have waited for what was done just now.
    if (cpu.queue.isEmpty) halt();
    wakeUp();
  }
  setSleeps(false);
  interrupts(true);
  interrupts(false);
}

/** Sets the timer of an idle CPU to a time, unless a thread is to be woken before. */
function wakeBy(cpu: Cpu, time: i64): void {
  const first = cpu.timers.first;
  timerSet(first ? min(first.deadline, time) : time);
}

// --- time and remains

/** Charges the time since the last charge to whoever pays for the CPU's thread, if it has one. */
export function chargeTime(cpu: Cpu, user: bool): void {
  const now = cycles();
  const thread = cpu.current;
  if (thread) {
    const payer = thread.payer;
    if (user) payer.userTime += now - cpu.charged;
    else payer.kernelTime += now - cpu.charged;
  }
  cpu.charged = now;
}

/** The current thread leaves its context, and its share in a link. They are freed once the CPU does not stand on them any more. */
export function leaveContext(cpu: Cpu, context: i32, link: Link): void {
  endOfThread(cpu.current!);
  bury(cpu);
  cpu.deadContext = context;
  cpu.deadLink = link;
}

/** Frees what a thread has left that has ended on this CPU. */
export function bury(cpu: Cpu): void {
  const context = cpu.deadContext;
  if (context == 0) return;
  cpu.deadContext = 0;
  contextDestroy(context);
  cpu.deadLink!.letGo();
}
