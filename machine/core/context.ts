// A context: a frame stack and where execution stands in it. It belongs to no core; creating, switching and destroying one touch
// nothing but its record, copying one copies the frames in use.
import {
  CODE_TRAP_RETURN,
  CONTEXT_BASE,
  CONTEXT_BLOCK,
  CONTEXT_BYTES,
  CONTEXT_DEPTH,
  CONTEXT_END,
  CONTEXT_FAULTS,
  CONTEXT_FLAGS,
  CONTEXT_GROUP,
  CONTEXT_ID,
  CONTEXT_LINK,
  CONTEXT_READY,
  CONTEXT_STATE,
  CONTEXT_TOP,
  FRAME_CODE,
  FRAME_FLAGS,
  FRAME_LINK,
  FRAME_POINT,
  FRAME_VALUES,
  REG_FRAMES,
  STACK_KERNEL_ROOM,
  STACK_RED_ZONE,
  STAGGER_BYTES,
  TRAP_ANSWER,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import type { FunctionRef } from './external.ts';

/** Bytes of the frames that a code goes on with. */
function codeBytes(memory: MachineMemory, code: number): number {
  return memory.load32(memory.load32(REG_FRAMES) + 4 * code) & ~FRAME_FLAGS;
}

/** Bytes of the frame at an address, whose code is not done yet. */
function frameBytes(memory: MachineMemory, frame: number): number {
  return codeBytes(memory, memory.load32(frame + FRAME_CODE));
}

export class Context {
  /** Address of its record: CONTEXT_* of the layout. */
  readonly record: number;
  readonly stackBytes: number;
  readonly #memory: MachineMemory;

  /**
   * `stackBytes` is what frames can take; room for a kernel and a red zone come on top. `record`: where the context is already, from a snapshot.
   */
  constructor(memory: MachineMemory, stackBytes: number, record?: number) {
    this.#memory = memory;
    this.stackBytes = ((stackBytes + STACK_KERNEL_ROOM + STACK_RED_ZONE + 63) & ~63) + STAGGER_BYTES;
    this.record = record ?? memory.allocate(CONTEXT_BYTES);
    if (record !== undefined) return;
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

  /** Its number among the contexts that guests know; 0 for others. */
  get id(): number {
    return this.#memory.load32(this.record + CONTEXT_ID);
  }

  set id(id: number) {
    this.#memory.store32(this.record + CONTEXT_ID, id);
  }

  /** Number of the link that it runs in. */
  get link(): number {
    return this.#memory.load32(this.record + CONTEXT_LINK);
  }

  /** Lets it run in a link with a block. */
  belongTo(link: number, block: number): void {
    this.#memory.store32(this.record + CONTEXT_LINK, link);
    this.#memory.store32(this.record + CONTEXT_BLOCK, block);
  }

  get state(): number {
    return this.#memory.load32(this.record + CONTEXT_STATE);
  }

  /** Makes the context begin with a call of a function; whatever it was doing is forgotten. */
  enter(target: FunctionRef, args: readonly bigint[]): void {
    const memory = this.#memory;
    this.#writeCall(this.base, target, args, 0);
    memory.store32(this.record + CONTEXT_TOP, this.base);
    memory.store32(this.record + CONTEXT_DEPTH, 0);
    memory.store32(this.record + CONTEXT_FAULTS, 0);
    memory.store32(this.record + CONTEXT_STATE, CONTEXT_READY);
  }

  /** Results of the function that the context began with, when that is done. */
  results(count: number): bigint[] {
    return Array.from({ length: count }, (_, i) => this.#memory.load64(this.base + FRAME_VALUES + 8 * i));
  }

  /** A copy that goes on from where this one stands, on no core: frames hold no addresses, only distances. */
  fork(): Context {
    const memory = this.#memory;
    const copy = new Context(memory, this.stackBytes - STACK_KERNEL_ROOM - STACK_RED_ZONE - STAGGER_BYTES);
    memory.u8.copyWithin(copy.base, this.base, this.top + frameBytes(memory, this.top));
    memory.store32(copy.record + CONTEXT_TOP, copy.base + (this.top - this.base));
    for (const field of [CONTEXT_STATE, CONTEXT_FLAGS, CONTEXT_GROUP, CONTEXT_DEPTH, CONTEXT_FAULTS]) {
      memory.store32(copy.record + field, memory.load32(this.record + field));
    }
    return copy;
  }

  /**
   * Lets the context call a function before it goes on; what it was doing then goes on. Where a kernel is at work on the context, that comes
   * first: the call is put below its frames, which move up. Returns how far, in bytes; undefined, and nothing done, when there is no room.
   */
  call(target: FunctionRef, args: readonly number[]): number | undefined {
    const memory = this.#memory;
    const bytes = codeBytes(memory, target.id + 1);
    const end = this.top + frameBytes(memory, this.top);
    if (end + bytes > this.base + this.stackBytes - STACK_RED_ZONE) return undefined;
    let at = end;
    let link = frameBytes(memory, this.top);
    if (memory.load32(this.record + CONTEXT_DEPTH) > 0) {
      at = this.#outermostTrap();
      link = memory.load32(at + FRAME_LINK);
      memory.u8.copyWithin(at + bytes, at, end);
      memory.store32(at + bytes + FRAME_LINK, bytes);
      const answer = memory.load32(at + bytes + TRAP_ANSWER);
      if (answer !== 0) memory.store32(at + bytes + TRAP_ANSWER, answer + bytes);
      memory.store32(this.record + CONTEXT_TOP, this.top + bytes);
    } else {
      memory.store32(this.record + CONTEXT_TOP, at);
    }
    this.#writeCall(at, target, args.map(BigInt), link);
    return bytes;
  }

  /** Address of the trap-return frame on top of the context's own frames. */
  #outermostTrap(): number {
    const memory = this.#memory;
    let depth = memory.load32(this.record + CONTEXT_DEPTH);
    for (let frame = this.top; ; frame -= memory.load32(frame + FRAME_LINK)) {
      if (memory.load32(frame + FRAME_CODE) === CODE_TRAP_RETURN && --depth === 0) return frame;
    }
  }

  #writeCall(frame: number, target: FunctionRef, args: readonly bigint[], link: number): void {
    const memory = this.#memory;
    memory.store32(frame + FRAME_CODE, target.id + 1);
    memory.store32(frame + FRAME_POINT, 0);
    memory.store32(frame + FRAME_LINK, link);
    args.forEach((bits, i) => {
      memory.store64(frame + FRAME_VALUES + 8 * i, bits);
    });
  }

  /** Gives the frame stack back. The context must not be used any more. */
  destroy(): void {
    this.#memory.release(this.base, this.stackBytes);
    this.#memory.release(this.record, CONTEXT_BYTES);
  }
}
