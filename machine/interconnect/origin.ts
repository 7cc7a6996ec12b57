// When the transaction in progress began. Inside a transaction times are ticks since then, small integers, which the host passes without
// allocating. To compare transactions there is an epoch, a recent time that moves on now and then.

/** How far the beginning of a transaction may be from the epoch, in ticks. */
const FARTHEST = 0x2000_0000;
/** The epoch is a multiple of this: a whole number of rounds of any ring of slots. */
const EPOCH_TICKS = 0x100_0000;

export class Origin {
  #low = 0;
  /** In ticks, a multiple of EPOCH_TICKS: one element, since the host keeps elements of arrays unboxed. */
  readonly #epoch = new Float64Array(1);
  readonly #listeners: ((ticks: number) => void)[] = [];

  /** The beginning in ticks since the epoch. */
  get low(): number {
    return this.#low;
  }

  /** Absolute time in ticks. Whoever begins a transaction sets it. */
  get time(): number {
    return this.#epoch[0]! + this.#low;
  }

  set time(time: number) {
    const low = time - this.#epoch[0]!;
    if (low < FARTHEST && low > -FARTHEST) this.#low = low | 0;
    else this.#rebase(time);
  }

  /** Calls `listener` when the epoch moves, with the ticks by which times since the epoch become less. */
  onRebase(listener: (ticks: number) => void): void {
    this.#listeners.push(listener);
  }

  /** The epoch: all that outlives a transaction. */
  save(): number {
    return this.#epoch[0]!;
  }

  /** Listeners are not called: what they keep is restored beside this. */
  restore(epoch: number): void {
    this.#epoch[0] = epoch;
  }

  #rebase(time: number): void {
    const epoch = Math.floor(time / EPOCH_TICKS) * EPOCH_TICKS;
    const ticks = epoch - this.#epoch[0]!;
    this.#epoch[0] = epoch;
    this.#low = (time - epoch) | 0;
    for (const listener of this.#listeners) listener(ticks);
  }
}
