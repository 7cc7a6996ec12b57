// A context: a frame stack and where execution stands in it. It belongs to no core; creating, switching and destroying one touch
// nothing but its record, copying one copies the frames in use.
import {
  CONTEXT_BASE,
  CONTEXT_BYTES,
  CONTEXT_END,
  CONTEXT_READY,
  CONTEXT_STATE,
  CONTEXT_TOP,
  FRAME_CODE,
  FRAME_LINK,
  FRAME_POINT,
  FRAME_VALUES,
  MOST_FRAME_BYTES,
  STACK_KERNEL_ROOM,
  STACK_RED_ZONE,
  STAGGER_BYTES,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import type { FunctionRef } from './external.ts';

export class Context {
  /** Address of {top, base, end, state}. */
  readonly record: number;
  readonly stackBytes: number;
  readonly #memory: MachineMemory;

  /** `stackBytes` is what frames can take; room for a kernel and a red zone come on top. */
  constructor(memory: MachineMemory, stackBytes: number) {
    this.#memory = memory;
    this.stackBytes = ((stackBytes + STACK_KERNEL_ROOM + STACK_RED_ZONE + 63) & ~63) + STAGGER_BYTES;
    this.record = memory.allocate(CONTEXT_BYTES);
    const base = memory.allocate(this.stackBytes, 64, false);
    memory.store32(this.record + CONTEXT_BASE, base);
    memory.store32(this.record + CONTEXT_END, base + this.stackBytes);
    memory.store32(this.record + CONTEXT_TOP, base);
  }

  get base(): number {
    return this.#memory.load32(this.record + CONTEXT_BASE);
  }

  get top(): number {
    return this.#memory.load32(this.record + CONTEXT_TOP);
  }

  get state(): number {
    return this.#memory.load32(this.record + CONTEXT_STATE);
  }

  /** Makes the context begin with a call of a function; whatever it was doing is forgotten. */
  enter(target: FunctionRef, args: readonly bigint[]): void {
    const memory = this.#memory;
    const { base } = this;
    memory.store32(base + FRAME_CODE, target.id + 1);
    memory.store32(base + FRAME_POINT, 0);
    memory.store32(base + FRAME_LINK, 0);
    args.forEach((bits, i) => {
      memory.store64(base + FRAME_VALUES + 8 * i, bits);
    });
    memory.store32(this.record + CONTEXT_TOP, base);
    memory.store32(this.record + CONTEXT_STATE, CONTEXT_READY);
  }

  /** Results of the function that the context began with, when that is done. */
  results(count: number): bigint[] {
    return Array.from({ length: count }, (_, i) => this.#memory.load64(this.base + FRAME_VALUES + 8 * i));
  }

  /** A copy that goes on from where this one stands: frames hold no addresses, only distances. */
  fork(): Context {
    const memory = this.#memory;
    const copy = new Context(memory, this.stackBytes - STACK_KERNEL_ROOM - STACK_RED_ZONE - STAGGER_BYTES);
    // How long the frame on top is its function knows; MOST_FRAME_BYTES it is at most.
    const used = Math.min(this.top - this.base + MOST_FRAME_BYTES, this.stackBytes);
    memory.u8.copyWithin(copy.base, this.base, this.base + used);
    memory.store32(copy.record + CONTEXT_TOP, copy.base + (this.top - this.base));
    memory.store32(copy.record + CONTEXT_STATE, this.state);
    return copy;
  }

  /** Gives the frame stack back. The context must not be used any more. */
  destroy(): void {
    this.#memory.release(this.base, this.stackBytes);
    this.#memory.release(this.record, CONTEXT_BYTES);
  }
}
