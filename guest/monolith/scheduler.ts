// Which thread runs where, and switching to it.
//
// A thread that is ready is put into a run queue: that of the core where it ran last, or of a core that idles, which is woken by an
// interrupt. Each core takes the first of its queue; threads run for a turn of TURN_CYCLES at most. With `locks=percpu` a core whose queue is
// empty takes a thread from another's before it idles.
//
// A thread that sleeps or is put into a queue is still on its core until that switches. The machine refuses to switch to a context that runs
// elsewhere (EBUSY): then the core goes to its idle loop, which waits for it. To wait on one's own context would not do: two cores could each
// wait for the thread that the other is on.
import { AddressSpace } from './address-space';
import { Cpu, cpuOf, thisCpu } from './cpu';
import { MOST_LINE_BYTES } from '../lib/limits';
import { CpuSet } from '../lib/cpu-set';
import { enterKernel, granularity, leaveKernel, LOCKS_PER_CPU, relax } from './lock';
import { contextDestroy, contextSwitch, coreCount, cycles, halt, interrupts, ipiSend } from '../lib/machine';
import { Link } from '../lib/unix/link';
import { nameOne } from '../lib/unix/names';
import { Thread } from './thread';
import { ANY_CORE, THREAD_RUNNABLE, THREAD_RUNNING } from '../lib/unix/thread';
import { armTimer, runTimers } from '../lib/unix/timer-queue';
import { EBUSY } from '../posix/abi';

/** The interrupt that makes a core look at its run queue, and at what its thread has been sent. */
export const VECTOR_RESCHEDULE: i32 = 1;
const TURN_CYCLES: i64 = 1_000_000;

/** Cores that halt, or are about to. */
const idleCores = changetype<CpuSet>(memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES));

/** For reports of those outside. */
export function nameIdleCores(): void {
  nameOne(idleCores, 'idle cores');
}

// --- into the queues

/** Puts a thread that is ready into a run queue. It may still be on its way from a core. */
export function enqueue(thread: Thread): void {
  const core = place(thread);
  cpuOf(core).queue.put(thread);
  if (idleCores.remove(core)) ipiSend(core, VECTOR_RESCHEDULE);
}

/** Where a thread is to run: where it must, or where it was, unless that core is at work and another idles. */
function place(thread: Thread): i32 {
  if (thread.affinity != ANY_CORE) return thread.affinity;
  const last = thread.core;
  if (idleCores.has(last)) return last;
  const idle = nearestIdle(last);
  return idle < 0 ? last : idle;
}

/** The first idle core behind `core`, going round: cores with neighbouring numbers share caches. */
function nearestIdle(core: i32): i32 {
  const found = idleCores.next(core);
  return found < 0 ? idleCores.next(0) : found;
}

/** Puts a new thread into the queue of the core that has least to do, or where it must run. */
export function startThread(thread: Thread): void {
  thread.core = leastLoaded(thisCpu().id);
  enqueue(thread);
}

function leastLoaded(first: i32): i32 {
  const cores = coreCount();
  let best = first;
  let least = i32.MAX_VALUE;
  for (let i = 0; i < cores && least > 0; i++) {
    const core = (first + i) % cores;
    const cpu = cpuOf(core);
    const load = cpu.queue.length + (cpu.current ? 1 : 0);
    if (load >= least) continue;
    best = core;
    least = load;
  }
  return best;
}

/** Ends a thread's turn: others that wait for its core come first. */
export function yieldTurn(): void {
  const thread = thisCpu().current!;
  thread.setState(THREAD_RUNNABLE);
  enqueue(thread);
  schedule();
}

/** For the timer's interrupt: ends the turn of the core's thread when it is time and somebody waits. */
export function tick(cpu: Cpu): void {
  const now = cycles();
  runTimers(cpu, now);
  const thread = cpu.current;
  if (thread && now >= cpu.turnEnd) {
    if (cpu.queue.length > 0 || !thread.mayRunOn(cpu.id)) {
      yieldTurn();
      return;
    }
    cpu.turnEnd = now + TURN_CYCLES;
  }
  armTimer(cpu);
}

// --- from the queues

/** The next thread of the core's queue. */
function takeNext(cpu: Cpu): Thread | null {
  if (granularity != LOCKS_PER_CPU) return cpu.queue.take(cpu.id);
  while (true) {
    const thread = cpu.queue.takeFirst();
    if (thread === null || thread.mayRunOn(cpu.id)) return thread;
    // Its affinity has changed while it waited here.
    enqueue(thread);
  }
}

/** Lets another thread run, or the core idle. The caller has said before what is to become of the current one, if there is one. */
export function schedule(): void {
  const cpu = thisCpu();
  const thread = cpu.current;
  const next = takeNext(cpu);
  if (thread && next === thread) {
    begin(cpu, thread);
    return;
  }
  chargeTime(cpu, false);
  if (next) {
    begin(cpu, next);
    if (switchTo(next.context) == 0) return;
    cpu.handover = next;
  }
  cpu.current = null;
  switchTo(cpu.idle);
}

/** Makes ready for a thread's turn on a core. */
function begin(cpu: Cpu, thread: Thread): void {
  const now = cycles();
  thread.setState(THREAD_RUNNING);
  thread.core = cpu.id;
  cpu.current = thread;
  cpu.charged = now;
  cpu.turnEnd = now + TURN_CYCLES;
  cpu.switches++;
  loadSpace(cpu, thread.process.space);
  armTimer(cpu);
}

/** Goes on as another context; 0 once this one is gone on with, on whichever core, or -EBUSY where the other has not left its core. */
function switchTo(context: i32): i32 {
  leaveKernel();
  const answer = contextSwitch(context);
  enterKernel();
  return answer;
}

/** Lets the core walk the page tables of an address space. */
function loadSpace(cpu: Cpu, space: AddressSpace | null): void {
  const last = cpu.space;
  if (space === null || space === last) return;
  if (last) last.cores.remove(cpu.id);
  // Whoever changes the tables from now on tells this core; it has seen nothing of them yet.
  space.cores.add(cpu.id);
  cpu.space = space;
  space.load();
}

/** The copy of a context that fork has made begins. */
export function continueFork(): void {
  enterKernel();
}

// --- the idle loop

/** What each core does when nothing else is to be done. Never returns. */
export function idle(): void {
  enterKernel();
  while (true) {
    const cpu = thisCpu();
    bury(cpu);
    let next = find(cpu);
    if (next === null) {
      idleCores.add(cpu.id);
      // Whoever puts a thread into the queue from here on sees that this core idles, and wakes it.
      next = find(cpu);
      if (next === null) sleep(cpu);
      idleCores.remove(cpu.id);
    }
    if (next) runFromIdle(cpu, next);
  }
}

/** Runs a thread until the core idles again, as soon as the thread has left the core where it was. */
function runFromIdle(cpu: Cpu, thread: Thread): void {
  begin(cpu, thread);
  while (switchTo(thread.context) == -EBUSY) {
    relax();
  }
}

function find(cpu: Cpu): Thread | null {
  const handover = cpu.handover;
  if (handover) {
    cpu.handover = null;
    return handover;
  }
  const next = takeNext(cpu);
  return next || granularity != LOCKS_PER_CPU ? next : steal(cpu);
}

/** Takes a thread that waits for another core. */
function steal(cpu: Cpu): Thread | null {
  const cores = coreCount();
  for (let i = 1; i < cores; i++) {
    const other = cpuOf((cpu.id + i) % cores);
    if (changetype<usize>(other) == 0) continue;
    const found = other.queue.take(cpu.id);
    if (found) return found;
  }
  return null;
}

/** Halts until an interrupt, and takes it. */
function sleep(cpu: Cpu): void {
  armTimer(cpu);
  leaveKernel();
  halt();
  interrupts(true);
  interrupts(false);
  enterKernel();
}

// --- time and remains

/** Charges the time since the last charge to the core's thread, if it has one. */
export function chargeTime(cpu: Cpu, user: bool): void {
  const now = cycles();
  const thread = cpu.current;
  if (thread) {
    if (user) thread.userTime += now - cpu.charged;
    else thread.kernelTime += now - cpu.charged;
  }
  cpu.charged = now;
}

/** What the core stands on belongs to nobody any more: a thread's context, and its share in a link. They are freed once the core has left them. */
export function leaveContext(cpu: Cpu, context: i32, link: Link): void {
  bury(cpu);
  cpu.deadContext = context;
  cpu.deadLink = link;
}

/** Frees what a thread has left that has ended on this core: it could not do that itself while it was on its context. */
export function bury(cpu: Cpu): void {
  const context = cpu.deadContext;
  if (context == 0) return;
  cpu.deadContext = 0;
  contextDestroy(context);
  cpu.deadLink!.letGo();
}
