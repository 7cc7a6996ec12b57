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

  has(line: number): boolean {
    return this.#counts.size > 0 && this.#counts.has(line);
  }
}
