// Into the kernel and back: what happens to a thread of a process, or to an idle core, comes in here. See kernel.ts for the machine's entry.
import { FAULT_USER, TRAP_INTERRUPT, TRAP_PAGE_FAULT, TRAP_SYSCALL, VECTOR_TIMER } from '../lib/machine-constants';
import { panic } from '../lib/panic';
import { systemCall } from '../lib/unix/dispatch';
import { signalPending, takeSignals } from '../lib/unix/signal';
import { terminal, VECTOR_CONSOLE } from '../lib/unix/terminal';
import { keepHandlersWaiting, userTrap } from '../lib/unix/user-trap';
import { Cpu, currentThread, thisCpu } from './cpu';
import { enterKernel, leaveKernel } from './lock';
import { pageFault } from './page-fault';
import { bury, chargeTime, tick } from './scheduler';
import { serveShootdowns, VECTOR_SHOOTDOWN } from './shootdown';
import { Thread } from './thread';

export function takeTrap(cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  if (cause == TRAP_PAGE_FAULT && (b & FAULT_USER) == 0) panic('page fault in the kernel');
  enterKernel();
  const cpu = thisCpu();
  bury(cpu);
  const thread = cpu.current;
  if (thread === null) {
    interrupt(cpu, a);
    leaveKernel();
    return 0;
  }
  chargeTime(cpu, true);
  const answer = handle(cpu, thread, cause, a, b, c, d, e, f);
  // In the meantime this may have become another core, and after fork another thread.
  const self = currentThread();
  if (signalPending(self)) takeSignals(self);
  chargeTime(thisCpu(), false);
  leaveKernel();
  return answer;
}

function handle(cpu: Cpu, thread: Thread, cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  keepHandlersWaiting(thread, cause);
  if (cause >= TRAP_SYSCALL) return systemCall(cause - TRAP_SYSCALL, a, b, c, d, e, f);
  if (cause == TRAP_PAGE_FAULT) {
    pageFault(thread, a, b);
  } else if (cause == TRAP_INTERRUPT) {
    interrupt(cpu, a);
  } else {
    return userTrap(thread, cause, a);
  }
  return 0;
}

function interrupt(cpu: Cpu, vector: i32): void {
  if (vector == VECTOR_TIMER) tick(cpu);
  else if (vector == VECTOR_SHOOTDOWN) serveShootdowns();
  else if (vector == VECTOR_CONSOLE) terminal.receive();
  // VECTOR_RESCHEDULE: the core has come into the kernel, where it looks at signals and its run queue anyway.
}
