// What coherence asks of the private caches, and what it tells others. Every hook may be left out and then costs nothing; none may
// start a transaction.

export { MEMORY_PLACE, SHARED_PLACE } from '../state/coherence-layout.ts';

/** The private hierarchies (L1 and L2) of all cores, as coherence sees them. A line is a physical line number. */
export interface PrivateCaches {
  /** Strongest state in which the core's private hierarchy has the line: STATE_*. */
  state(core: number, line: number): number;
  /** Downgrades a line that the core has, or invalidates it (STATE_I). */
  setState(core: number, line: number, state: number): void;
}

/** One transaction, after it. The record is reused: copy what is to be kept. Times in ticks. */
export interface TransactionRecord {
  core: number;
  line: number;
  /** REQUEST_*: what the core asked for; GetM if it asked for an Upgrade and had lost its copy. */
  request: number;
  start: number;
  end: number;
  /** SOURCE_*, and the node, group or core that supplied the data; -1 for none. */
  source: number;
  supplier: number;
  /** Copies in private caches that were invalidated or downgraded. */
  invalidations: number;
}

/** `moved`: a core's number is its private caches, SHARED_PLACE + group a shared cache, MEMORY_PLACE memory. */
export interface CoherenceListener {
  /** A copy is about to be invalidated or downgraded, for `by` (a core), whose transaction is done at `time`. */
  lost?(core: number, line: number, by: number, time: number): void;
  /** A core gets the right to write a line that is monitored. */
  taken?(line: number, core: number, time: number): void;
  transaction?(record: TransactionRecord): void;
  /** A core's private caches gave up a line, which they had in `state`, to make room. */
  evicted?(core: number, line: number, state: number, time: number): void;
  /** The line's data is copied from one place to another. Data of lines that nobody modified may be dropped without notice. */
  moved?(line: number, from: number, to: number): void;
}
