// The numbers of events in words, for every view of them.
import { REQUEST_NAMES, SOURCE_CORE, SOURCE_MEMORY, SOURCE_SHARED, STATE_NAMES } from '../coherence/states.ts';
import {
  SYSCALL_MASK,
  TRAP_FINISHED,
  TRAP_MEMORY_GROW,
  TRAP_PAGE_FAULT,
  TRAP_PROTECTION,
  TRAP_SYSCALL,
  TRAP_WASM,
  VECTOR_TIMER,
  WOKEN_BY_DEADLINE,
  WOKEN_BY_INTERRUPT,
  WOKEN_BY_WRITE,
} from '../platform.ts';
import { SLEEPS_HALT, SLEEPS_MWAIT, SLEEPS_PARKED, SLEEPS_WAIT } from '../state/layout.ts';

const TRAPS: ReadonlyMap<number, string> = new Map([
  [TRAP_PAGE_FAULT, 'page fault'],
  [TRAP_PROTECTION, 'protection fault'],
  [TRAP_WASM, 'wasm trap'],
  [TRAP_FINISHED, 'finished'],
  [TRAP_MEMORY_GROW, 'memory.grow'],
]);

const SLEEPS: ReadonlyMap<number, string> = new Map<number, string>([
  [SLEEPS_HALT, 'halt'],
  [SLEEPS_MWAIT, 'mwait'],
  [SLEEPS_WAIT, 'atomic wait'],
  [SLEEPS_PARKED, 'polling'],
]);

const WAKES: ReadonlyMap<number, string> = new Map([
  [WOKEN_BY_WRITE, 'write'],
  [WOKEN_BY_INTERRUPT, 'interrupt'],
  [WOKEN_BY_DEADLINE, 'deadline'],
]);

/** Of a TRAP_* cause. */
export function trapName(cause: number): string {
  if (cause >= TRAP_SYSCALL && cause <= TRAP_SYSCALL + SYSCALL_MASK) return `syscall ${cause - TRAP_SYSCALL}`;
  return TRAPS.get(cause) ?? `trap ${cause}`;
}

export function interruptName(vector: number): string {
  return vector === VECTOR_TIMER ? 'timer interrupt' : `interrupt ${vector}`;
}

/** Of a SLEEPS_*. */
export function sleepName(kind: number): string {
  return SLEEPS.get(kind) ?? `sleep ${kind}`;
}

/** Of a WOKEN_BY_*. */
export function wakeName(reason: number): string {
  return WAKES.get(reason) ?? `reason ${reason}`;
}

/** Of a REQUEST_*. */
export function requestName(request: number): string {
  return REQUEST_NAMES[request] ?? `request ${request}`;
}

/** Of a SOURCE_* and the number of the supplier. */
export function sourceName(source: number, supplier: number): string {
  switch (source) {
    case SOURCE_MEMORY:
      return `memory of node ${supplier}`;
    case SOURCE_SHARED:
      return `shared cache of group ${supplier}`;
    case SOURCE_CORE:
      return `core ${supplier}`;
    default:
      return 'no data';
  }
}

/** Of a STATE_*. */
export function stateName(state: number): string {
  return STATE_NAMES[state] ?? `state ${state}`;
}
