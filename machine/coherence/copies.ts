// The copies of lines in private caches, and the protocol's table applied to them. It keeps the presence map's core bits and owner
// core equal to what the caches hold.
import type { Origin } from '../interconnect/origin.ts';
import { COUNT_DOWNGRADES, COUNT_INVALIDATIONS, COUNT_RECALLS, COUNTERS, type CoherenceCounters } from './counters.ts';
import type { CoherenceListener, PrivateCaches } from './listener.ts';
import { OWNER_CORE_MASK, OWNERS, type PresenceMap } from './presence.ts';
import { type CompiledProtocol, NO_ROW } from './protocols.ts';
import { EVENT_NAMES, EVENT_RECALL, EVENTS, STATE_I, STATE_NAMES, STATE_S } from './states.ts';

export class Copies {
  readonly protocol: CompiledProtocol;
  readonly presence: PresenceMap;
  readonly caches: PrivateCaches;
  readonly counters: CoherenceCounters;
  listener: CoherenceListener | undefined = undefined;
  /** Copies changed by probes since somebody set it to 0. */
  changed = 0;
  readonly #origin: Origin;
  readonly #next: Uint8Array;
  readonly #actions: Uint8Array;
  readonly #words: Int32Array;
  readonly #coresAt: number;
  readonly #coreWords: number;

  constructor(
    protocol: CompiledProtocol,
    presence: PresenceMap,
    caches: PrivateCaches,
    counters: CoherenceCounters,
    origin: Origin,
  ) {
    this.#origin = origin;
    this.protocol = protocol;
    this.presence = presence;
    this.caches = caches;
    this.counters = counters;
    this.#next = protocol.next;
    this.#actions = protocol.actions;
    this.#words = presence.words;
    this.#coresAt = presence.coresAt;
    this.#coreWords = presence.coreWords;
  }

  /** Number of the table's row. Throws if the protocol has none: then the states were already wrong. */
  row(state: number, event: number): number {
    const row = state * EVENTS + event;
    if (this.#next[row] === NO_ROW) this.#noRow(state, event);
    return row;
  }

  actions(state: number, event: number): number {
    return this.#actions[this.row(state, event)]!;
  }

  next(state: number, event: number): number {
    return this.#next[this.row(state, event)]!;
  }

  /** As `next`, when no other cache has the line. */
  alone(state: number, event: number): number {
    return this.protocol.alone[this.row(state, event)]!;
  }

  /** A core of which the presence map says that it has a copy: its state. */
  stateOf(core: number, line: number, base: number): number {
    return (this.#words[base + OWNERS]! & OWNER_CORE_MASK) === core + 1 ? this.caches.state(core, line) : STATE_S;
  }

  /** Executes a probe on a core's copy, for a transaction of core `by` that is done at `time` (ticks since the Origin). Returns the actions. */
  probe(core: number, line: number, base: number, state: number, event: number, by: number, time: number): number {
    const row = this.row(state, event);
    const next = this.#next[row]!;
    this.counters.rows[row]!++;
    if (next !== state) {
      const { listener } = this;
      listener?.lost?.(core, line, by, this.#origin.time + time);
      this.caches.setState(core, line, next);
      this.changed++;
      const count = next !== STATE_I ? COUNT_DOWNGRADES : event === EVENT_RECALL ? COUNT_RECALLS : COUNT_INVALIDATIONS;
      this.counters.cores[core * COUNTERS + count]!++;
      if (next === STATE_I) this.#words[base + this.#coresAt + (core >>> 5)]! &= ~(1 << (core & 31));
      if (next <= STATE_S && (this.#words[base + OWNERS]! & OWNER_CORE_MASK) === core + 1)
        this.#words[base + OWNERS]! &= ~OWNER_CORE_MASK;
    }
    return this.#actions[row]!;
  }

  // What only throws stands apart from what the host is to inline: it counts the bytecode.
  #noRow(state: number, event: number): never {
    throw new Error(`${this.protocol.name} has no row for ${EVENT_NAMES[event]} in state ${STATE_NAMES[state]}`);
  }

  /** Executes a probe on all copies except the core's own. */
  probeOthers(line: number, base: number, event: number, by: number, time: number): void {
    const first = base + this.#coresAt;
    for (let word = 0; word < this.#coreWords; word++) {
      let bits = this.#words[first + word]!;
      if (word === by >>> 5) bits &= ~(1 << (by & 31));
      while (bits !== 0) {
        const low = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const core = word * 32 + low;
        this.probe(core, line, base, this.stateOf(core, line, base), event, by, time);
      }
    }
  }
}
