// memory.atomic.wait and notify: which cores wait for an address, in the order in which they began to.

import type { Sleepers } from '../interrupt/sleepers.ts';
import { SLEEPS_WAIT } from '../state/layout.ts';

/** Answer of memory.atomic.wait when the word is not what was expected; the others are WAKE_LINE and WAKE_DEADLINE. */
export const WAIT_NOT_EQUAL = 1;

export interface Waiter {
  readonly core: number;
  /** Host address of the word. */
  readonly host: number;
}

export class Waiters {
  readonly #sleepers: Sleepers;
  #waiters: Waiter[] = [];

  constructor(sleepers: Sleepers) {
    this.#sleepers = sleepers;
  }

  /** The running core leaves to wait for the word at a host address, until `deadline` at the latest (ticks). */
  add(core: number, host: number, now: number, deadline: number | undefined): void {
    this.#waiters.push({ core, host });
    this.#sleepers.sleep(core, SLEEPS_WAIT, now, deadline);
  }

  /** Wakes at most `count` cores that wait for the address, at a time in ticks; returns how many. */
  notify(host: number, count: number, time: number, by: number): number {
    let woken = 0;
    const still: Waiter[] = [];
    for (const waiter of this.#waiters) {
      if (waiter.host !== host || woken === count) {
        still.push(waiter);
        continue;
      }
      this.#sleepers.scheduleWake(waiter.core, time, by);
      woken++;
    }
    this.#waiters = still;
    return woken;
  }

  /** The core does not wait any more. */
  forget(core: number): void {
    this.#waiters = this.#waiters.filter((waiter) => waiter.core !== core);
  }

  save(): Waiter[] {
    return this.#waiters.map(({ core, host }) => ({ core, host }));
  }

  restore(waiters: readonly Waiter[]): void {
    this.#waiters = [...waiters];
  }
}
