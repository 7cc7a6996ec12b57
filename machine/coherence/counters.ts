// What coherence counts: for each core, and for each row of the protocol's table.
import { EVENT_NAMES, EVENTS, STATE_NAMES } from './states.ts';

/** Data requests that the group's shared cache answered with its own data, and those that it could not. */
export const COUNT_SHARED_HITS = 0;
export const COUNT_SHARED_MISSES = 1;
/** Data requests that memory answered. */
export const COUNT_MEMORY = 2;
/** Data requests that another core's private cache or another group's shared cache answered. */
export const COUNT_COHERENCE_MISSES = 3;
/** Requests to write a line of which the core has a copy. */
export const COUNT_UPGRADES = 4;
/** Copies that the core lost, or had to share, to other cores' requests. */
export const COUNT_INVALIDATIONS = 5;
export const COUNT_DOWNGRADES = 6;
/** Copies that the core lost because its shared cache made room. */
export const COUNT_RECALLS = 7;
/** Modified lines that the core gave up to make room. */
export const COUNT_WRITE_BACKS = 8;
/** Accesses past all caches. */
export const COUNT_UNCACHED = 9;
export const COUNTER_NAMES = [
  'sharedHits',
  'sharedMisses',
  'memoryFetches',
  'coherenceMisses',
  'upgrades',
  'invalidations',
  'downgrades',
  'recalls',
  'writeBacks',
  'uncached',
] as const;
export const COUNTERS = COUNTER_NAMES.length;

export interface SavedCoherenceCounters {
  readonly cores: Float64Array;
  readonly rows: Float64Array;
}

export class CoherenceCounters {
  /** By core * COUNTERS + COUNT_*. */
  readonly cores: Float64Array;
  /** By state * EVENTS + event: how often private caches executed the row. Load and Store count misses and upgrades only. */
  readonly rows = new Float64Array(STATE_NAMES.length * EVENTS);

  constructor(cores: number) {
    this.cores = new Float64Array(cores * COUNTERS);
  }

  of(core: number): Record<(typeof COUNTER_NAMES)[number], number> {
    const entries = COUNTER_NAMES.map((name, i) => [name, this.cores[core * COUNTERS + i]!]);
    return Object.fromEntries(entries) as Record<(typeof COUNTER_NAMES)[number], number>;
  }

  save(): SavedCoherenceCounters {
    return { cores: this.cores.slice(), rows: this.rows.slice() };
  }

  restore({ cores, rows }: SavedCoherenceCounters): void {
    this.cores.set(cores);
    this.rows.set(rows);
  }

  /** Rows that were executed, as `state event`: how often. */
  events(): Record<string, number> {
    const found: Record<string, number> = {};
    STATE_NAMES.forEach((state, s) => {
      EVENT_NAMES.forEach((event, e) => {
        const count = this.rows[s * EVENTS + e]!;
        if (count > 0) found[`${state} ${event}`] = count;
      });
    });
    return found;
  }
}
