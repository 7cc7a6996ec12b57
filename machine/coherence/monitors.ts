// Lines that somebody waits for (MONITOR, polling). No private cache gets such a line in E, so that the first store to it by a core that
// has not the right already becomes a transaction. Native code has the list of them (machine/native/coherence/monitors.ts).
import { COHERENCE_MONITORED, MONITORS, MOST_MONITORS } from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';

export class Monitors {
  /** How many monitors each line has. */
  readonly #counts = new Map<number, number>();
  readonly #length: Int32Array;
  readonly #lines: Int32Array;

  constructor(memory: CoherenceMemory) {
    this.#length = memory.i32(COHERENCE_MONITORED, 1);
    this.#lines = memory.i32(MONITORS, MOST_MONITORS);
  }

  /** Throws a RangeError when more lines are monitored than native code can list. */
  add(line: number): void {
    const count = this.#counts.get(line) ?? 0;
    if (count === 0 && this.#counts.size === MOST_MONITORS)
      throw new RangeError(`${MOST_MONITORS} lines are monitored; line ${line} is one too many`);
    this.#counts.set(line, count + 1);
    if (count === 0) this.#list();
  }

  remove(line: number): void {
    const left = (this.#counts.get(line) ?? 0) - 1;
    if (left > 0) this.#counts.set(line, left);
    else if (this.#counts.delete(line)) this.#list();
  }

  /** Monitored lines, and how many monitors each has. */
  save(): { readonly line: number; readonly count: number }[] {
    return [...this.#counts].map(([line, count]) => ({ line, count })).sort((a, b) => a.line - b.line);
  }

  restore(saved: ReturnType<Monitors['save']>): void {
    this.#counts.clear();
    for (const { line, count } of saved) this.#counts.set(line, count);
    this.#list();
  }

  has(line: number): boolean {
    return this.#counts.has(line);
  }

  #list(): void {
    this.#length[0] = this.#counts.size;
    let i = 0;
    for (const line of this.#counts.keys()) this.#lines[i++] = line;
  }
}
