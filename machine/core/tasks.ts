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
import type { Image } from './image.ts';
import type { CoreStatus } from './machine-options.ts';
import { GuestTrap, type TrapFrame } from './trap.ts';

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

/** A trap as a snapshot keeps it; images by their numbers. */
export interface SavedTrap {
  readonly code: number;
  readonly core: number;
  readonly cycle: number;
  readonly address?: bigint;
  readonly detail?: string;
  readonly frames: readonly (Omit<TrapFrame, 'image'> & { readonly image: number })[];
}

/** Id of the function that a core was started with, record of the context, and how it trapped. */
export interface SavedTask {
  readonly target: number;
  readonly context: number;
  readonly trap?: SavedTrap;
}

export interface SavedTasks {
  /** By core; null where it was never started. */
  readonly tasks: readonly (SavedTask | null)[];
  /** Records of the cores' own contexts; 0 where there is none. */
  readonly contexts: readonly number[];
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

  /** Throws an Error when the core is not done with what it was started with, and cannot run something else. */
  checkIdle(core: number, what: string): void {
    if (this.#parts.cores.isFree(core)) return;
    const { state, cycles } = this.status(core);
    const before = `${this.#tasks[core]?.target.name} (${state}, at cycle ${cycles})`;
    throw new Error(
      `core ${core} is not done with ${before}: it cannot run ${what}; run the machine first, or let another core do it`,
    );
  }

  /** A context that begins with a call, for a core of its own; see `checkIdle`. */
  context(core: number, target: FunctionRef, args: readonly bigint[]): Context {
    this.checkIdle(core, target.name);
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

  /** Adds every core's state, time, counters and results. */
  addTo(digest: Digest): void {
    const { cores } = this.#parts;
    for (let core = 0; core < cores.count; core++) {
      const status = this.status(core);
      digest.addText(status.state);
      digest.add64(cores.time(core));
      for (const count of [status.instructions, status.accesses, status.readMisses, status.writeMisses]) {
        digest.add64(BigInt(count));
      }
      for (const bits of status.results ?? []) digest.add64(bits);
    }
  }

  save(images: readonly Image[]): SavedTasks {
    return {
      tasks: Array.from(this.#tasks, (task) => (task ? saveTask(task, images) : null)),
      contexts: Array.from(this.#contexts, (context) => context?.record ?? 0),
    };
  }

  /** When instances are restored already. */
  restore(saved: SavedTasks, images: readonly Image[]): void {
    const { memory, stackBytes, functions } = this.#parts;
    saved.contexts.forEach((record, core) => {
      if (record !== 0) this.#contexts[core] = new Context(memory, stackBytes, record);
    });
    saved.tasks.forEach((task, core) => {
      if (!task) return;
      const own = this.#contexts[core];
      const context = own?.record === task.context ? own : new Context(memory, stackBytes, task.context);
      const target = functions.byId(task.target);
      if (!target) throw new Error(`the snapshot has no function ${task.target}, which core ${core} runs`);
      this.#tasks[core] = { target, context, ...(task.trap ? { trap: restoreTrap(task.trap, images) } : {}) };
    });
  }
}

function saveTask({ target, context, trap }: Task, images: readonly Image[]): SavedTask {
  return { target: target.id, context: context.record, ...(trap ? { trap: saveTrap(trap, images) } : {}) };
}

function saveTrap({ code, core, cycle, address, detail, frames }: GuestTrap, images: readonly Image[]): SavedTrap {
  return {
    code,
    core,
    cycle,
    ...(address === undefined ? {} : { address }),
    ...(detail === undefined ? {} : { detail }),
    frames: frames.map((frame) => ({ ...frame, image: images.indexOf(frame.image) })),
  };
}

function restoreTrap({ code, core, cycle, address, detail, frames }: SavedTrap, images: readonly Image[]): GuestTrap {
  const calls = frames.map((frame) => ({ ...frame, image: images[frame.image] }));
  return new GuestTrap(code, core, cycle, calls, address, detail);
}
