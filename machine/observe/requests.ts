// Which request each core works on, told from what the machine reports: so that a page fault with its shootdowns, or a message with
// what it wakes, reads as one story across cores.
//
// A request is a number from 1 on; 0 is none. A trap or interrupt begins one where none is in progress. An IPI hands the sender's on
// to the core that takes it, a store hands it on to the core that it wakes, which works for it until it sleeps again. Traps nest, and
// a context that is switched away takes its open ones along. Nothing of this exists in the machine: with no observer there are no
// requests.

interface Open {
  /** What the context works for outside of traps; then one entry for each open trap or interrupt. */
  readonly stack: number[];
}

export class Requests {
  #last = 0;
  /** By core: the open requests of the context that runs there. */
  readonly #running: Open[];
  /** Of contexts that run nowhere, by context. */
  readonly #switchedOut = new Map<number, Open>();
  /** By target core: requests of IPIs that are on their way or pending, by vector. */
  readonly #sent: Map<number, number>[];

  /** By core: the request for which it will be woken. */
  readonly #waking: number[];

  constructor(cores: number) {
    this.#running = Array.from({ length: cores }, () => ({ stack: [0] }));
    this.#waking = new Array(cores).fill(0);
    this.#sent = Array.from({ length: cores }, () => new Map());
  }

  /** The request that a core works on. */
  current(core: number): number {
    const { stack } = this.#running[core];
    return stack[stack.length - 1];
  }

  /** How many traps and interrupts are open in a core's context. */
  depth(core: number): number {
    return this.#running[core].stack.length - 1;
  }

  /** A trap enters the kernel; the request that it is, or is part of. */
  trap(core: number): number {
    return this.#push(core, this.current(core) || this.#begin());
  }

  /** An interrupt enters the kernel: for the sender's request where it was an IPI. */
  interrupt(core: number, vector: number): number {
    const sent = this.#sent[core].get(vector);
    this.#sent[core].delete(vector);
    return this.#push(core, sent ?? this.#begin());
  }

  /** Back from the innermost trap or interrupt; its request. */
  leave(core: number): number {
    const request = this.current(core);
    // A trace may begin in the middle of a trap.
    if (this.depth(core) > 0) this.#running[core].stack.pop();
    return request;
  }

  /** An IPI is sent; the request that it is for. One that is pending already stays for its first sender's. */
  sendIpi(core: number, target: number, vector: number): number {
    const request = this.current(core) || this.#begin();
    if (!this.#sent[target].has(vector)) this.#sent[target].set(vector, request);
    return request;
  }

  contextSwitch(core: number, from: number, to: number): void {
    if (from !== 0) this.#switchedOut.set(from, this.#running[core]);
    this.#running[core] = this.#switchedOut.get(to) ?? { stack: [0] };
    this.#switchedOut.delete(to);
  }

  /** A core that sleeps outside of the kernel is done with what it was woken for. */
  sleep(core: number): void {
    if (this.depth(core) === 0) this.#running[core].stack[0] = 0;
  }

  /** A core does what will wake another one; the request that it does that for. */
  willWake(core: number, by: number): number {
    const request = this.current(by) || this.#begin();
    this.#waking[core] = request;
    return request;
  }

  /** A core was woken by that; the request that it works for from now on. */
  wake(core: number): number {
    const request = this.#waking[core];
    this.#waking[core] = 0;
    // It may have fallen asleep in the kernel, for the request that it is in.
    if (request === 0) return this.current(core);
    if (this.depth(core) === 0) this.#running[core].stack[0] = request;
    return request;
  }

  #begin(): number {
    return ++this.#last;
  }

  #push(core: number, request: number): number {
    this.#running[core].stack.push(request);
    return request;
  }
}
