// How time goes on: windows in which the cores run, and between them what happens at its time.

import type { Console } from '../device/console.ts';
import { type Agenda, FAR, type MachineEvent } from '../interrupt/agenda.ts';
import type { Interrupts } from '../interrupt/interrupts.ts';
import { recordOf, type Sleepers, WAKE_DEADLINE, WAKE_LINE } from '../interrupt/sleepers.ts';
import {
  CORE_TIME,
  MAX_WINDOW_CYCLES,
  REG_RUNNABLE,
  REG_UNTIL,
  REG_WINDOW_END,
  SLEEPS_WAIT,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { REG_PARKED } from '../state/parking-layout.ts';
import { loadTime, storeTime } from '../time/clock.ts';
import type { BringUp } from './bring-up.ts';
import type { NativeExports } from './native-exports.ts';
import type { Waiters } from './waiters.ts';

/** Time in ticks, and how many windows there have been. */
export interface SavedWindows {
  readonly time: number;
  readonly rotation: number;
}

/** Where what happens at its time happens. */
export interface WindowParts {
  readonly agenda: Agenda;
  readonly interrupts: Interrupts;
  readonly sleepers: Sleepers;
  readonly waiters: Waiters;
  readonly kernels: BringUp;
  readonly console: Console;
}

export class Windows {
  /** Where the last window ended, in ticks. */
  time = 0;
  /** Whether cores run now, or events happen: what is asked for from inside of that finds the machine between two states. */
  running = false;
  readonly #memory: MachineMemory;
  readonly #native: NativeExports;
  readonly #agenda: Agenda;
  readonly #interrupts: Interrupts;
  readonly #sleepers: Sleepers;
  readonly #waiters: Waiters;
  readonly #kernels: BringUp;
  readonly #console: Console;
  readonly #windowTicks: number;
  readonly #cores: number;
  #rotation = 0;

  constructor(memory: MachineMemory, native: NativeExports, parts: WindowParts, cores: number, windowCycles: number) {
    this.#cores = cores;
    this.#memory = memory;
    this.#native = native;
    this.#agenda = parts.agenda;
    this.#interrupts = parts.interrupts;
    this.#sleepers = parts.sleepers;
    this.#waiters = parts.waiters;
    this.#kernels = parts.kernels;
    this.#console = parts.console;
    this.#windowTicks = windowCycles * TICKS_PER_CYCLE;
  }

  /**
   * Does what is due, then runs windows until the next event, until one ends at `limit` (ticks) or later, or until a core finishes or stops. When
   * no core runs, time jumps to the next event, or to the limit; when all that do are parked, over the windows before that. False when nothing is left
   * that could happen.
   */
  step(limit: number): boolean {
    this.running = true;
    try {
      return this.#step(limit);
    } finally {
      this.running = false;
    }
  }

  #step(limit: number): boolean {
    const memory = this.#memory;
    for (let due = this.#agenda.take(this.time); due; due = this.#agenda.take(this.time)) {
      this.#happen(due.what, due.time);
    }
    const next = this.#agenda.nextTime;
    const runnable = memory.load32(REG_RUNNABLE);
    if (next === Number.POSITIVE_INFINITY && runnable === 0) return false;
    if (limit === Number.POSITIVE_INFINITY && this.stuck) return false;
    if (runnable === 0) {
      this.time = Math.max(this.time, Math.min(next, limit));
      return true;
    }
    if (memory.load32(REG_PARKED) === runnable) {
      this.#passOver(runnable, Math.min(next, FAR), limit);
      return true;
    }
    storeTime(memory, REG_UNTIL, Math.min(next, FAR));
    this.#rotation = this.#native.run(
      BigInt(this.time),
      BigInt(this.#windowTicks),
      BigInt(MAX_WINDOW_CYCLES * TICKS_PER_CYCLE),
      BigInt(Math.min(limit, FAR)),
      this.#rotation,
    );
    let end = loadTime(memory, REG_WINDOW_END);
    // The last core that ran fell asleep or was done within the window: it is not later than that.
    if (memory.load32(REG_RUNNABLE) === 0) end = Math.min(end, this.#latest());
    this.time = Math.max(this.time, end);
    return true;
  }

  /** Whether every core that does not sleep and is not done is parked, and nothing is left that could happen to one. */
  get stuck(): boolean {
    const runnable = this.#memory.load32(REG_RUNNABLE);
    return (
      runnable > 0 && this.#memory.load32(REG_PARKED) === runnable && this.#agenda.nextTime === Number.POSITIVE_INFINITY
    );
  }

  /** All runnable cores are parked: windows pass, up to the next event (ticks), or to the first that ends at the limit or later. */
  #passOver(runnable: number, next: number, limit: number): void {
    const ticks = this.#windowTicks;
    const start = this.time;
    if (runnable === 1) {
      // Windows of a core alone are not counted, and end at the limit.
      this.time = Math.max(start, Math.min(next, limit));
    } else {
      const windows = Math.max(0, Math.ceil((Math.min(next, limit) - start) / ticks));
      this.time = Math.min(next, start + windows * ticks);
      this.#rotation = ((this.#rotation + windows) % 2 ** 32) | 0;
    }
    storeTime(this.#memory, REG_WINDOW_END, this.time);
  }

  save(): SavedWindows {
    return { time: this.time, rotation: this.#rotation };
  }

  restore({ time, rotation }: SavedWindows): void {
    this.time = time;
    this.#rotation = rotation;
  }

  /** The latest of the cores' own times. */
  #latest(): number {
    let latest = 0;
    for (let core = 0; core < this.#cores; core++) {
      latest = Math.max(latest, loadTime(this.#memory, recordOf(core) + CORE_TIME));
    }
    return latest;
  }

  #happen(event: MachineEvent, time: number): void {
    if (event.kind === 'input') return this.#console.arrive(event, time);
    const { core } = event;
    if (event.kind === 'interrupt') {
      this.#interrupts.arrive(core, event.vector, event.source, event.by, time);
    } else if (event.kind === 'start') {
      this.#kernels.arrive(event, time);
    } else if (event.kind === 'wake') {
      this.#sleepers.wake(core, time, WAKE_LINE, event.by);
    } else {
      const kind = this.#sleepers.kind(core);
      if (kind === SLEEPS_WAIT) this.#waiters.forget(core);
      this.#sleepers.wake(core, time + this.#sleepers.latency(kind), WAKE_DEADLINE, -1);
    }
  }
}
