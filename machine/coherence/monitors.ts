// Lines that somebody waits for (MONITOR, polling). No private cache gets such a line in E, so that the first store to it by a core that
// has not the right already becomes a transaction.

export class Monitors {
  /** How many monitors each line has. */
  readonly #counts = new Map<number, number>();

  add(line: number): void {
    this.#counts.set(line, (this.#counts.get(line) ?? 0) + 1);
  }

  remove(line: number): void {
    const left = (this.#counts.get(line) ?? 0) - 1;
    if (left > 0) this.#counts.set(line, left);
    else this.#counts.delete(line);
  }

  /** Monitored lines, and how many monitors each has. */
  save(): { readonly line: number; readonly count: number }[] {
    return [...this.#counts].map(([line, count]) => ({ line, count })).sort((a, b) => a.line - b.line);
  }

  restore(saved: ReturnType<Monitors['save']>): void {
    this.#counts.clear();
    for (const { line, count } of saved) this.#counts.set(line, count);
  }

  has(line: number): boolean {
    return this.#counts.size > 0 && this.#counts.has(line);
  }
}
