// What coherence counts: for each core, and for each row of the protocol's table.
import { COUNTERS } from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import { EVENT_NAMES, EVENTS, STATE_NAMES } from './states.ts';

/** By COUNT_* of machine/state/coherence-layout.ts. */
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

export interface SavedCoherenceCounters {
  readonly cores: Float64Array;
  readonly rows: Float64Array;
}

export class CoherenceCounters {
  /** By core * COUNTERS + COUNT_*. */
  readonly cores: Float64Array;
  /** By state * EVENTS + event: how often private caches executed the row. Load and Store count misses and upgrades only. */
  readonly rows: Float64Array;

  /** At addresses in coherence's memory. */
  constructor(memory: CoherenceMemory, cores: number, coresAt: number, rowsAt: number) {
    this.cores = memory.f64(coresAt, cores * COUNTERS);
    this.rows = memory.f64(rowsAt, STATE_NAMES.length * EVENTS);
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
