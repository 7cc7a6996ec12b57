// What happened to a guest's objects: how often, and on which cores, by instance. Told from tallies alone (machine.tally): the guest says which of its
// objects it uses, and the machine counts.
//
// Objects are known by their addresses: the kernel's by virtual ones, which mean the same on all cores, those of programs by physical ones. What is
// created at an address is another instance than what was there before; who still uses an object that was destroyed there uses that one.

import { KERNEL_ADDRESS, TALLY_CREATED, TALLY_DESTROYED, TALLY_EVENTS } from '../platform.ts';
import { Labels } from './labels.ts';
import type { Observer } from './observer.ts';

export interface ObjectInstance {
  /** Virtual address by which it was first known. */
  readonly address: number;
  /** What the guest has called the memory where it lies: see `machine.label`. */
  readonly name: string | undefined;
  /** How often each event happened, by its number. */
  readonly events: readonly number[];
  /** Events that are not its creation or its end. */
  readonly uses: number;
  /** Where it was created and destroyed; undefined where nobody said so. */
  readonly createdOn: number | undefined;
  readonly destroyedOn: number | undefined;
  /** All cores that tallied for it, in order, and how many uses each counted. */
  readonly cores: readonly { readonly core: number; readonly uses: number }[];
  /** Whether it was created, used and destroyed, and all of it on one core. */
  readonly isLocal: boolean;
}

class Counts {
  readonly address: number;
  readonly physical: number | undefined;
  name: string | undefined;
  readonly events = new Float64Array(TALLY_EVENTS);
  readonly cores = new Map<number, number>();
  createdOn: number | undefined;
  destroyedOn: number | undefined;

  constructor(address: number, physical: number | undefined) {
    this.address = address;
    this.physical = physical;
  }

  instance(): ObjectInstance {
    const { address, name, createdOn, destroyedOn } = this;
    const events = [...this.events];
    const cores = [...this.cores].map(([core, uses]) => ({ core, uses })).sort((a, b) => a.core - b.core);
    const uses = cores.reduce((sum, core) => sum + core.uses, 0);
    const isLocal = uses > 0 && createdOn !== undefined && destroyedOn !== undefined && cores.length === 1;
    return { address, name, events, uses, createdOn, destroyedOn, cores, isLocal };
  }
}

export class Objects implements Observer {
  readonly #labels = new Labels();
  /** By physical address for those of programs, which are below the kernel's; the kernel's by virtual address. */
  readonly #live = new Map<number, Counts>();
  readonly #all: Counts[] = [];

  label(_core: number, _time: number, physical: number, bytes: number, name: string): void {
    this.#labels.set(physical, bytes, name);
  }

  tally(core: number, object: number, event: number, physical: () => number | undefined): void {
    const key = object >= KERNEL_ADDRESS ? object : (physical() ?? object);
    let counts = this.#live.get(key);
    if (counts === undefined || event === TALLY_CREATED) {
      this.#name(counts);
      counts = new Counts(object, physical());
      this.#name(counts);
      this.#live.set(key, counts);
      this.#all.push(counts);
    }
    counts.events[Math.min(event, TALLY_EVENTS - 1)]++;
    const used = counts.cores.get(core) ?? 0;
    if (event === TALLY_CREATED) counts.createdOn = core;
    else if (event === TALLY_DESTROYED) counts.destroyedOn = core;
    counts.cores.set(core, event === TALLY_CREATED || event === TALLY_DESTROYED ? used : used + 1);
    if (event === TALLY_DESTROYED) this.#name(counts);
  }

  /** A name that was given when the object was first seen stays; one that was given later is found where it ends. */
  #name(counts: Counts | undefined): void {
    if (counts?.physical === undefined || counts.name !== undefined) return;
    counts.name = this.#labels.between(counts.physical, counts.physical + 1)[0]?.name;
  }

  /** All instances there were, most uses first. */
  instances(): ObjectInstance[] {
    for (const counts of this.#live.values()) this.#name(counts);
    return this.#all.map((counts) => counts.instance()).sort((a, b) => b.uses - a.uses);
  }
}
