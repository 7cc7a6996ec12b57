// When the transaction in progress began. Inside a transaction times are ticks since then. To compare transactions there is an epoch, a recent time that
// moves on now and then. Both are in coherence's memory: machine/native/coherence/origin.ts.
import { COHERENCE_EPOCH, COHERENCE_LOW } from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import type { NativeInterconnect } from './native-interconnect.ts';

export class Origin {
  readonly #low: Int32Array;
  readonly #epoch: BigInt64Array;
  readonly #native: NativeInterconnect;

  constructor(memory: CoherenceMemory, native: NativeInterconnect) {
    this.#low = memory.i32(COHERENCE_LOW, 1);
    this.#epoch = memory.i64(COHERENCE_EPOCH, 1);
    this.#native = native;
  }

  /** Absolute time in ticks. Whoever begins a transaction sets it. */
  get time(): number {
    return Number(this.#epoch[0]) + this.#low[0]!;
  }

  set time(time: number) {
    this.#native.begin(time);
  }

  /** The epoch: all that outlives a transaction. */
  save(): number {
    return Number(this.#epoch[0]);
  }

  /** What is kept since the epoch is restored beside this. */
  restore(epoch: number): void {
    this.#epoch[0] = BigInt(epoch);
  }
}
