// Which node's memory has a line: RAM is dealt to the nodes in equal, contiguous shares.

export class HomeNodes {
  readonly lines: number;
  readonly #linesPerNode: number;
  readonly #lastNode: number;

  constructor(lines: number, nodes: number) {
    this.lines = lines;
    this.#linesPerNode = lines / nodes;
    this.#lastNode = nodes - 1;
  }

  /** Home of a physical line; what lies above RAM belongs to the last node. */
  of(line: number): number {
    if (this.#lastNode === 0) return 0;
    const node = Math.floor(line / this.#linesPerNode);
    return node < this.#lastNode ? node : this.#lastNode;
  }
}
