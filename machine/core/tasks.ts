// What each core was started with, and what became of it.

import {
  CAUSE_FIRST_TRAP,
  CAUSE_MEMORY_BOUNDS,
  CAUSE_NESTED_FAULT,
  CAUSE_PAGE_FAULT,
  CONTEXT_FINISHED,
  LEAVE_STOP,
  LEAVE_WAIT,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { backtrace } from './backtrace.ts';
import { Context } from './context.ts';
import type { Cores } from './cores.ts';
import { type Digest, EVENT_START, EVENT_TRAP } from './digest.ts';
import { type FunctionRef, maskBits } from './external.ts';
import type { FunctionTable } from './function-table.ts';
import type { CoreStatus } from './machine-options.ts';
import { GuestTrap } from './trap.ts';

/** Causes of traps that happen at an address. */
const FAULTS: ReadonlySet<number> = new Set([CAUSE_MEMORY_BOUNDS, CAUSE_PAGE_FAULT, CAUSE_NESTED_FAULT]);

export interface Task {
  readonly target: FunctionRef;
  readonly context: Context;
  trap?: GuestTrap;
}

/** Times are ticks. */
export interface TaskListener {
  start?(core: number, time: number, name: string): void;
  /** Trapped, with nobody to take the trap: `what` says so. */
  stop?(core: number, time: number, what: string): void;
}

export interface TaskParts {
  readonly memory: MachineMemory;
  readonly cores: Cores;
  readonly functions: FunctionTable;
  readonly digest: Digest;
  /** What the frames of one context can take. */
  readonly stackBytes: number;
  readonly listener: TaskListener | undefined;
}

export class Tasks {
  readonly #parts: TaskParts;
  readonly #tasks: (Task | undefined)[] = [];
  /** Frame stacks are kept with their core: nothing outlives a task but its results. */
  readonly #contexts: (Context | undefined)[] = [];

  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  /** Nothing before the core is started for the first time. */
  of(core: number): Task | undefined {
    return this.#tasks[core];
  }

  /** A context that begins with a call, for a core of its own. */
  context(core: number, target: FunctionRef, args: readonly bigint[]): Context {
    const { memory, stackBytes } = this.#parts;
    const context = this.#contexts[core] ?? new Context(memory, stackBytes);
    this.#contexts[core] = context;
    context.enter(target, args);
    return context;
  }

  /** A core has begun with a function. */
  started(core: number, target: FunctionRef, context: Context): void {
    const { digest, cores, listener } = this.#parts;
    this.#tasks[core] = { target, context };
    const time = cores.time(core);
    digest.event(EVENT_START, core, time);
    digest.add64(BigInt(target.index));
    listener?.start?.(core, Number(time), target.name);
  }

  /** Takes note of the cores that trapped in the last window; the first trap, if there is one. */
  takeTraps(): GuestTrap | undefined {
    const { cores } = this.#parts;
    let first: GuestTrap | undefined;
    for (let core = 0; core < cores.count; core++) {
      const task = this.#tasks[core];
      if (!task || task.trap || !cores.isStopped(core)) continue;
      const cause = cores.cause(core);
      if (cause < CAUSE_FIRST_TRAP) continue;
      task.trap = this.#trap(core, cause);
      first ??= task.trap;
    }
    return first;
  }

  #trap(core: number, cause: number): GuestTrap {
    const { memory, cores, functions, digest, listener } = this.#parts;
    const time = cores.time(core);
    digest.event(EVENT_TRAP, core, time);
    digest.add64(BigInt(cause));
    cores.retire(core);
    const address = FAULTS.has(cause) ? cores.faultAddress(core) : undefined;
    const frames = backtrace(memory, functions, cores.top(core));
    const detail = functions.takeTrapDetail(cause, cores.top(core));
    const trap = new GuestTrap(cause, core, Number(time) / TICKS_PER_CYCLE, frames, address, detail);
    listener?.stop?.(core, Number(time), trap.message);
    return trap;
  }

  results({ target, context }: Task): bigint[] {
    return context.results(target.type.results.length).map((bits, i) => maskBits(target.type.results[i], bits));
  }

  status(core: number): CoreStatus {
    const { cores } = this.#parts;
    const task = this.#tasks[core];
    const counters = cores.counters(core);
    const cycles = Number(cores.time(core)) / TICKS_PER_CYCLE;
    if (!task) return { state: 'idle', cycles, ...counters };
    if (task.trap) return { state: 'trapped', cycles, ...counters, trap: task.trap };
    if (cores.isDone(core)) {
      const results = task.context.state === CONTEXT_FINISHED ? { results: this.results(task) } : {};
      return { state: 'finished', cycles, ...counters, ...results };
    }
    const cause = cores.isStopped(core) ? cores.cause(core) : undefined;
    const state = cause === LEAVE_WAIT ? 'waiting' : cause === LEAVE_STOP ? 'exited' : 'running';
    return { state, cycles, ...counters };
  }
}
