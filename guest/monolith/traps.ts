// Into the kernel and back: what happens to a thread of a process, or to an idle core, comes in here. See kernel.ts for the machine's entry.
import {
  FAULT_USER,
  TRAP_FINISHED,
  TRAP_INTERRUPT,
  TRAP_MEMORY_GROW,
  TRAP_PAGE_FAULT,
  TRAP_PROTECTION,
  TRAP_SYSCALL,
  TRAP_WASM,
  VECTOR_TIMER,
} from '../lib/machine-constants';
import { panic } from '../lib/panic';
import { SIGILL } from '../posix/abi';
import { complainOfPrivilege, complainOfTrap } from './complaint';
import { Cpu, currentThread, thisCpu } from './cpu';
import { systemCall } from './dispatch';
import { endProcess, endThread } from './exit';
import { enterKernel, leaveKernel } from './lock';
import { growMemory } from './mappings';
import { pageFault } from './page-fault';
import { bury, chargeTime, tick } from './scheduler';
import { serveShootdowns, VECTOR_SHOOTDOWN } from './shootdown';
import { signalPending, takeSignals } from './signal';
import { SYS_SPAWN } from './system-calls';
import { terminal, VECTOR_CONSOLE } from './terminal';
import { Thread } from './thread';

/** The first thread of a process: when its function returns the process ends. */
const MAIN_THREAD: i32 = 1;

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
  // Nothing but an interrupt comes between spawn and its attributes.
  if (cause != TRAP_INTERRUPT && cause != TRAP_SYSCALL + SYS_SPAWN) thread.attributesGiven = false;
  if (cause >= TRAP_SYSCALL) return systemCall(cause - TRAP_SYSCALL, a, b, c, d, e, f);
  if (cause == TRAP_PAGE_FAULT) {
    pageFault(thread, a, b);
  } else if (cause == TRAP_INTERRUPT) {
    interrupt(cpu, a);
  } else if (cause == TRAP_MEMORY_GROW) {
    return growMemory(a);
  } else if (cause == TRAP_FINISHED) {
    finished(thread, a);
  } else if (cause == TRAP_PROTECTION) {
    complainOfPrivilege(thread.process);
    endProcess(SIGILL);
  } else if (cause == TRAP_WASM) {
    const signal = complainOfTrap(thread.process, a);
    endProcess(signal);
  }
  return 0;
}

function interrupt(cpu: Cpu, vector: i32): void {
  if (vector == VECTOR_TIMER) tick(cpu);
  else if (vector == VECTOR_SHOOTDOWN) serveShootdowns();
  else if (vector == VECTOR_CONSOLE) terminal.receive();
  // VECTOR_RESCHEDULE: the core has come into the kernel, where it looks at signals and its run queue anyway.
}

/** A thread's function has returned. */
function finished(thread: Thread, result: i32): void {
  if (thread.id == MAIN_THREAD) endProcess((result & 0xff) << 8);
  else endThread(result);
}
