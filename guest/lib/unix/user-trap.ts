// What happens to a thread of a process in user mode, but for system calls, page faults and interrupts.
import { Thread } from 'kernel/thread';
import {
  TRAP_FINISHED,
  TRAP_INTERRUPT,
  TRAP_MEMORY_GROW,
  TRAP_PROTECTION,
  TRAP_SYSCALL,
  TRAP_WASM,
} from '../machine-constants';
import { SIGILL } from '../../posix/abi';
import { complainOfPrivilege, complainOfTrap } from './complaint';
import { endProcess, endThread } from './exit';
import { growMemory } from './memory-calls';
import { MAIN_THREAD } from './process';
import { SYS_SPAWN } from './system-calls';

/** Whatever traps: handlers wait until the next call, through interrupts; and until the end of a spawn, whose attributes came before. */
@inline
export function keepHandlersWaiting(thread: Thread, cause: i32): void {
  if (cause != TRAP_INTERRUPT && cause != TRAP_SYSCALL + SYS_SPAWN) thread.handlersWait = false;
}

/** The trap's answer, for user code. */
export function userTrap(thread: Thread, cause: i32, a: i32): i64 {
  if (cause == TRAP_MEMORY_GROW) {
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

/** A thread's function has returned. */
function finished(thread: Thread, result: i32): void {
  if (thread.id == MAIN_THREAD) endProcess((result & 0xff) << 8);
  else endThread(result);
}
