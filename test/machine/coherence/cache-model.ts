// Private caches as plainly as possible, with data: every copy of a line, in private and shared caches and in memory, carries the number
// of the store that it has seen. A load or store that finds another number than the line's newest is an error. Data moves only where
// the controller says that it does (CoherenceListener.moved).
import { ENTRY_DIRTY, ENTRY_NOT_PRESENT } from '../../../machine/cache/shared-cache.ts';
import { CoherenceAudit } from '../../../machine/coherence/audit.ts';
import { CoherenceController, type SavedCoherence, type Tables } from '../../../machine/coherence/controller.ts';
import type { MemoryProfile } from '../../../machine/coherence/fabric.ts';
import {
  type CoherenceListener,
  MEMORY_PLACE,
  type PrivateCaches,
  SHARED_PLACE,
} from '../../../machine/coherence/listener.ts';
import * as states from '../../../machine/coherence/states.ts';

export class DataError extends Error {
  override readonly name = 'DataError';
}

const PLACES = SHARED_PLACE + 128 + 1;

export interface ModelOptions {
  readonly lines: number;
  readonly sets: number;
  readonly ways: number;
  readonly tables?: Tables;
  /** What coherence is given in place of the model itself: a faulty wrapper. */
  readonly wrap?: (caches: PrivateCaches) => PrivateCaches;
  /** Check invariants at every transaction; without it only data and notices are checked. */
  readonly audit?: boolean;
}

export class CacheModel implements PrivateCaches, CoherenceListener {
  controller: CoherenceController;
  readonly cores: number;
  readonly lines: number;
  /** By core: when it is ready for its next access, in ticks. */
  readonly clocks: Float64Array;
  accesses = 0;
  readonly #sets: number;
  readonly #ways: number;
  /** By core and way: line or -1, and its state. */
  readonly #tags: Int32Array;
  readonly #states: Uint8Array;
  /** By place (memory is the last) and line: the store that the data has seen. */
  readonly #data: Int32Array;
  readonly #newest: Int32Array;
  readonly #newController: () => CoherenceController;
  readonly #beginning: SavedCoherence;
  #lostCore = -1;
  #lostLine = -1;
  #taken = -1;

  constructor(profile: MemoryProfile, options: ModelOptions) {
    this.lines = options.lines;
    this.#sets = options.sets;
    this.#ways = options.ways;
    const { nodes, groupsPerNode, coresPerGroup } = profile.topology;
    this.cores = nodes * groupsPerNode * coresPerGroup;
    const entries = this.cores * this.#sets * this.#ways;
    this.#tags = new Int32Array(entries).fill(-1);
    this.#states = new Uint8Array(entries);
    this.#data = new Int32Array(PLACES * this.lines);
    this.#newest = new Int32Array(this.lines);
    this.clocks = new Float64Array(this.cores);
    const seen = options.wrap ? options.wrap(this) : this;
    this.#newController = () => {
      const controller = new CoherenceController(profile, this.lines * profile.lineBytes, seen, options.tables);
      controller.listener = this;
      if (options.audit !== false) controller.audit = new CoherenceAudit(controller);
      return controller;
    };
    this.controller = this.#newController();
    this.#beginning = this.controller.save();
  }

  /** Everything is as at the beginning, which takes less time than a new model. */
  reset(): void {
    const { controller } = this;
    controller.restore(this.#beginning);
    if (controller.audit) controller.audit = new CoherenceAudit(controller);
    this.#tags.fill(-1);
    for (const array of [this.#states, this.#data, this.#newest, this.clocks]) array.fill(0);
  }

  /** Goes on with a new controller that is restored from what the other one has saved. */
  replaceController(): void {
    const saved = structuredClone(this.controller.save());
    this.controller = this.#newController();
    this.controller.restore(saved);
  }

  state(core: number, line: number): number {
    const entry = this.#find(core, line);
    return entry < 0 ? states.STATE_I : this.#states[entry]!;
  }

  setState(core: number, line: number, state: number): void {
    const entry = this.#find(core, line);
    if (entry < 0) throw new DataError(`core ${core} is told to change line ${line}, which it does not have`);
    if (this.#lostCore !== core || this.#lostLine !== line)
      throw new DataError(`core ${core} loses line ${line} without notice`);
    this.#lostCore = -1;
    this.#states[entry] = state;
    if (state === states.STATE_I) this.#tags[entry] = -1;
  }

  lost(core: number, line: number): void {
    this.#lostCore = core;
    this.#lostLine = line;
  }

  taken(line: number): void {
    this.#taken = line;
  }

  moved(line: number, from: number, to: number): void {
    this.#data[this.#at(to, line)] = this.#data[this.#at(from, line)]!;
  }

  /** A load or store. `way` chooses the way that makes room. */
  access(core: number, line: number, isStore: boolean, way: number): void {
    this.accesses++;
    const state = this.state(core, line);
    if (isStore ? state >= states.STATE_M || state === states.STATE_E : state !== states.STATE_I) {
      if (isStore) this.#set(core, line, states.STATE_M);
    } else if (isStore) {
      this.#request(core, line, state === states.STATE_I ? states.REQUEST_GET_M : states.REQUEST_UPGRADE, way);
    } else {
      this.#request(core, line, states.REQUEST_GET_S, way);
    }
    this.#touch(core, line, isStore, false);
  }

  /** Writes a whole line without reading it. */
  claim(core: number, line: number, way: number): void {
    this.accesses++;
    const state = this.state(core, line);
    if (state === states.STATE_E || state === states.STATE_M) this.#set(core, line, states.STATE_M);
    else this.#request(core, line, states.REQUEST_CLAIM, way);
    this.#touch(core, line, true, true);
  }

  /** Gives a line up, if the core has it. */
  evict(core: number, line: number): void {
    const entry = this.#find(core, line);
    if (entry >= 0) this.#evict(core, entry);
  }

  /** Where the line's data is the newest: a letter for each place that there is. */
  staleness(line: number): string {
    const places = [MEMORY_PLACE];
    for (let core = 0; core < this.cores; core++) if (this.state(core, line) !== states.STATE_I) places.push(core);
    this.controller.groups?.caches.forEach((cache, group) => {
      if (cache.state(line) !== ENTRY_NOT_PRESENT) places.push(SHARED_PLACE + group);
    });
    return places.map((place) => (this.#data[this.#at(place, line)] === this.#newest[line] ? 'n' : 'o')).join('');
  }

  /** Gives everything up; then the newest data must be in memory or in a shared cache that is to write it back. */
  drain(): void {
    for (let core = 0; core < this.cores; core++) for (let line = 0; line < this.lines; line++) this.evict(core, line);
    const { groups } = this.controller;
    for (let line = 0; line < this.lines; line++) {
      let place = MEMORY_PLACE;
      groups?.caches.forEach((cache, group) => {
        if (cache.state(line) === ENTRY_DIRTY) place = SHARED_PLACE + group;
      });
      const found = this.#data[this.#at(place, line)]!;
      if (found !== this.#newest[line])
        throw new DataError(
          `line ${line}: store ${this.#newest[line]} is lost; ${place === MEMORY_PLACE ? 'memory' : 'a shared cache'} has store ${found}`,
        );
    }
  }

  #request(core: number, line: number, request: number, way: number): void {
    const { controller } = this;
    const now = this.clocks[core]!;
    this.#taken = -1;
    const end = controller.fetch(core, line, request, now);
    const { granted } = controller;
    if (request !== states.REQUEST_GET_S && controller.monitors.has(line) && this.#taken !== line)
      throw new DataError(`core ${core} takes the monitored line ${line} without notice`);
    if (request !== states.REQUEST_GET_S && granted !== states.STATE_M)
      throw new DataError(`core ${core} asks to write line ${line} and gets ${states.STATE_NAMES[granted]}`);
    if (granted === states.STATE_I) throw new DataError(`core ${core} asks for line ${line} and gets nothing`);
    this.clocks[core] = end;
    let entry = this.#find(core, line);
    if (entry < 0) entry = this.#makeRoom(core, line, way);
    this.#tags[entry] = line;
    this.#states[entry] = granted;
  }

  #makeRoom(core: number, line: number, way: number): number {
    const first = this.#firstOf(core, line);
    for (let entry = first; entry < first + this.#ways; entry++) if (this.#tags[entry]! < 0) return entry;
    const chosen = first + (way % this.#ways);
    this.#evict(core, chosen);
    return chosen;
  }

  #evict(core: number, entry: number): void {
    const line = this.#tags[entry]!;
    const state = this.#states[entry]!;
    this.#tags[entry] = -1;
    this.#states[entry] = states.STATE_I;
    this.controller.evict(core, line, state, this.clocks[core]!);
  }

  #touch(core: number, line: number, isStore: boolean, whole: boolean): void {
    const at = this.#at(core, line);
    const newest = this.#newest[line]!;
    if (!whole && this.#data[at] !== newest)
      throw new DataError(`core ${core} sees store ${this.#data[at]} of line ${line}; the newest is ${newest}`);
    if (isStore) {
      this.#newest[line] = newest + 1;
      this.#data[at] = newest + 1;
    }
  }

  #set(core: number, line: number, state: number): void {
    this.#states[this.#find(core, line)] = state;
  }

  #firstOf(core: number, line: number): number {
    return (core * this.#sets + (line % this.#sets)) * this.#ways;
  }

  #find(core: number, line: number): number {
    const first = this.#firstOf(core, line);
    for (let entry = first; entry < first + this.#ways; entry++) if (this.#tags[entry] === line) return entry;
    return -1;
  }

  #at(place: number, line: number): number {
    return (place === MEMORY_PLACE ? PLACES - 1 : place) * this.lines + line;
  }
}
