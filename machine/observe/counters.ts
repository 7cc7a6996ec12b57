// Reads all counters of a machine, for the whole run and for regions that the guest names.
//
// A region is what happens between the marks `NAME begin` and `NAME end`, on whichever cores. It may be entered again: its counts add up.
// Where several cores begin it, it lasts until as many have ended it. Counts of other cores than the one that marks are those at the
// end of their last window.
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import { COUNTERS, type CounterDefinition, type CounterScope } from './counter-list.ts';
import { type CoreEvents, type CounterSource, counterSources } from './counter-sources.ts';
import type { ObservedMachine, Observer } from './observer.ts';

export interface CounterValue extends CounterDefinition {
  readonly scope: CounterScope;
  /** The thing that counts: `core 3`, `link 0 to 1`. */
  readonly of: string;
  readonly counter: string;
  readonly value: number;
}

export interface CounterRegion {
  readonly name: string;
  /** How often it was entered. */
  readonly entries: number;
  readonly values: readonly CounterValue[];
}

/** The region that is the whole run. */
export const WHOLE_RUN = 'run';

interface OpenRegion {
  entries: number;
  /** How many begins without an end there are. */
  open: number;
  readonly sums: Float64Array;
  start: Float64Array;
}

export class Counters implements Observer {
  #sources: CounterSource[] = [];
  #events: CoreEvents[] = [];
  /** By core: since when it sleeps, in ticks; -1 while it is awake. */
  #asleep = new Float64Array(0);
  readonly #regions = new Map<string, OpenRegion>();

  attach(machine: ObservedMachine): void {
    if (this.#sources.length > 0) throw new Error('these counters belong to a machine already: each needs its own');
    this.#events = Array.from({ length: machine.coreCount }, () => {
      return { traps: 0, interrupts: 0, ipisSent: 0, contextSwitches: 0, sleeps: 0, sleepCycles: 0 };
    });
    this.#asleep = new Float64Array(machine.coreCount).fill(-1);
    this.#sources = counterSources(machine, this.#events);
  }

  trap(core: number): void {
    this.#events[core].traps++;
  }

  interrupt(core: number): void {
    this.#events[core].interrupts++;
  }

  ipi(core: number): void {
    this.#events[core].ipisSent++;
  }

  contextSwitch(core: number): void {
    this.#events[core].contextSwitches++;
  }

  sleep(core: number, time: number): void {
    this.#events[core].sleeps++;
    this.#asleep[core] = time;
  }

  wake(core: number, time: number): void {
    if (this.#asleep[core] >= 0) this.#events[core].sleepCycles += (time - this.#asleep[core]) / TICKS_PER_CYCLE;
    this.#asleep[core] = -1;
  }

  mark(_core: number, _time: number, name: string): void {
    const match = /^(.+) (begin|end)$/.exec(name);
    if (!match) return;
    const [, region, which] = match;
    if (which === 'begin') this.#begin(region);
    else this.#end(region);
  }

  #begin(name: string): void {
    let region = this.#regions.get(name);
    if (!region) {
      const values = this.#read();
      region = { entries: 0, open: 0, sums: new Float64Array(values.length), start: values };
      this.#regions.set(name, region);
    }
    if (region.open === 0) region.start = this.#read();
    region.entries++;
    region.open++;
  }

  #end(name: string): void {
    const region = this.#regions.get(name);
    // An end without its begin is another region's matter.
    if (!region || region.open === 0) return;
    region.open--;
    if (region.open > 0) return;
    this.#read().forEach((value, i) => {
      region.sums[i] += value - region.start[i];
    });
  }

  #read(): Float64Array {
    return Float64Array.from(this.#sources.flatMap((source) => source.read()));
  }

  /** The whole run so far, then the guest's regions that have been left, in the order in which they were first entered. */
  regions(): CounterRegion[] {
    const whole = { name: WHOLE_RUN, entries: 1, values: this.#describe(this.#read()) };
    const named = [...this.#regions].filter(([, { entries, open }]) => entries > open);
    return [whole, ...named.map(([name, { entries, sums }]) => ({ name, entries, values: this.#describe(sums) }))];
  }

  /** Only counters that this machine has. */
  #describe(values: Float64Array): CounterValue[] {
    let next = 0;
    const all = this.#sources.flatMap(({ scope, name }) =>
      Object.entries<CounterDefinition>(COUNTERS[scope]).map(([counter, definition]): CounterValue => {
        return { scope, of: name, counter, ...definition, value: values[next++] };
      }),
    );
    return all.filter(({ value }) => !Number.isNaN(value));
  }
}
