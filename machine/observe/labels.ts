// What a guest has called its data, by physical address: objects that come and go, each with a name.

export interface Label {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly name: string;
}

/** Labels are found by blocks of this many bytes. */
const BLOCK_SHIFT = 12;

export class Labels {
  /** By block: the labels that reach into it. */
  readonly #blocks = new Map<number, Label[]>();

  /** Whatever overlaps with it is forgotten: the memory is used for something else now. An empty name only forgets. */
  set(start: number, bytes: number, name: string): void {
    const label = { start, end: start + Math.max(bytes, 1), name };
    for (const old of this.between(label.start, label.end)) this.#forget(old);
    if (name === '') return;
    this.#eachBlock(label, (block) => this.#blocks.set(block, [...(this.#blocks.get(block) ?? []), label]));
  }

  /** Labels with a byte in [start, end). */
  between(start: number, end: number): Label[] {
    const found = new Set<Label>();
    this.#eachBlock({ start, end }, (block) => {
      for (const label of this.#blocks.get(block) ?? []) if (label.start < end && label.end > start) found.add(label);
    });
    return [...found].sort((a, b) => a.start - b.start);
  }

  #forget(label: Label): void {
    this.#eachBlock(label, (block) => {
      const rest = (this.#blocks.get(block) ?? []).filter((other) => other !== label);
      if (rest.length === 0) this.#blocks.delete(block);
      else this.#blocks.set(block, rest);
    });
  }

  #eachBlock({ start, end }: { start: number; end: number }, use: (block: number) => void): void {
    for (let block = start >>> BLOCK_SHIFT; block <= (end - 1) >>> BLOCK_SHIFT; block++) use(block);
  }
}
