// The machine's events, and where windows end because of them.
//
// What one core does to another at a time is scheduled here, and done between windows by whoever takes the events out. A window
// never passes the first event: REG_UNTIL is kept at it, also while windows run.

import type { ConsoleInput } from '../device/console.ts';
import { REG_ALONE, REG_CUT, REG_UNTIL, REG_WINDOW_END } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { ALONE_UNPARKED, CUT_EVENT, CUT_RELEASED } from '../state/parking-layout.ts';
import { loadTime, storeTime } from '../time/clock.ts';
import { EventQueue, type SavedEvents, type TimedEvent } from '../time/event-queue.ts';

/** A time, in ticks, that no run reaches. */
export const FAR = 2 ** 52;

/** What can happen at a given time, to a core if not said otherwise. `by` is the core that caused it, -1 for none. */
export type MachineEvent =
  /** To the console. */
  | ConsoleInput
  /** An interrupt arrives. `source`: INTERRUPT_* of machine/interrupt/interrupts.ts. */
  | {
      readonly kind: 'interrupt';
      readonly core: number;
      readonly vector: number;
      readonly source: number;
      readonly by: number;
    }
  /** A sleeping core's deadline. */
  | { readonly kind: 'deadline'; readonly core: number }
  /** A sleeping core is woken by another: the line that it monitors was written, or it was notified. */
  | { readonly kind: 'wake'; readonly core: number; readonly by: number }
  /** A core begins to run: the parameters of core_start. */
  | {
      readonly kind: 'start';
      readonly core: number;
      readonly link: number;
      readonly fn: number;
      readonly argument: number;
      readonly root: number;
    };

export class Agenda {
  readonly events = new EventQueue<MachineEvent>();
  readonly #memory: MachineMemory;

  constructor(memory: MachineMemory) {
    this.#memory = memory;
  }

  /** Lets something happen at a time in ticks; returns its name for `cancel`. */
  schedule(time: number, event: MachineEvent): number {
    const memory = this.#memory;
    if (time < loadTime(memory, REG_UNTIL)) {
      storeTime(memory, REG_UNTIL, time);
      // A core that is alone has a long window: see cutWindow in machine/native/clock.ts.
      if (memory.load32(REG_ALONE) && time < loadTime(memory, REG_WINDOW_END)) {
        memory.store32(REG_CUT, memory.load32(REG_CUT) | CUT_EVENT);
      }
    }
    return this.events.schedule(time, event);
  }

  /** False when the event has happened or was cancelled before. */
  cancel(name: number): boolean {
    const found = this.events.cancel(name);
    // No window ends for what does not happen.
    if (found) {
      const memory = this.#memory;
      storeTime(memory, REG_UNTIL, Math.min(this.events.nextTime, FAR));
      // Nor does one that stands for many: it ends with that of the usual length in which this was.
      if (memory.load32(REG_ALONE) === ALONE_UNPARKED) {
        memory.store32(REG_CUT, memory.load32(REG_CUT) | CUT_RELEASED);
      }
    }
    return found;
  }

  get nextTime(): number {
    return this.events.nextTime;
  }

  take(now: number): TimedEvent<MachineEvent> | undefined {
    return this.events.take(now);
  }

  save(): SavedEvents<MachineEvent> {
    return this.events.save();
  }

  restore(saved: SavedEvents<MachineEvent>): void {
    this.events.restore(saved);
  }
}
