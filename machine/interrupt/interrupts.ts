// The cores' local interrupt controllers: pending vectors, interrupts between cores, one-shot timers.
//
// An interrupt arrives between windows, as an event. It is pending from then on; a core that has interrupts enabled takes it at
// the next instruction boundary, which is where its next window begins, one that has not when it enables them. A vector that
// arrives while it is pending is taken once.
import { VECTOR_TIMER } from '../platform.ts';
import { CORE_PENDING } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import type { Agenda } from './agenda.ts';
import { recordOf, type Sleepers, summon, WAKE_INTERRUPT } from './sleepers.ts';

// Who raises an interrupt.
export const INTERRUPT_IPI = 0;
export const INTERRUPT_TIMER = 1;
export const INTERRUPT_DEVICE = 2;

export interface InterruptListener {
  /** `time`: when it is sent; `arrival`: when the target can see it. */
  ipi?(core: number, time: number, target: number, vector: number, arrival: number): void;
}

export class Interrupts {
  listener: InterruptListener | undefined;
  /** Told before an interrupt arrives at a core. */
  arriving: ((core: number) => void) | undefined;
  readonly #memory: MachineMemory;
  readonly #agenda: Agenda;
  readonly #sleepers: Sleepers;
  /** By core, the event that is its timer; 0 for none. */
  readonly #timers: number[];
  readonly #ipiLatency: number;

  /** `ipiLatency` in ticks. */
  constructor(memory: MachineMemory, agenda: Agenda, sleepers: Sleepers, cores: number, ipiLatency: number) {
    this.#memory = memory;
    this.#agenda = agenda;
    this.#sleepers = sleepers;
    this.#timers = new Array(cores).fill(0);
    this.#ipiLatency = ipiLatency;
  }

  /** A core sends a vector to a core, perhaps itself, at a time in ticks. */
  send(core: number, target: number, vector: number, now: number): void {
    const arrival = now + this.#ipiLatency;
    this.#agenda.schedule(arrival, { kind: 'interrupt', core: target, vector, source: INTERRUPT_IPI, by: core });
    this.listener?.ipi?.(core, now, target, vector, arrival);
  }

  /** A device's interrupt arrives at a core at a time in ticks. */
  raise(core: number, vector: number, time: number): void {
    this.#agenda.schedule(time, { kind: 'interrupt', core, vector, source: INTERRUPT_DEVICE, by: -1 });
  }

  /** Sets the core's timer to a time in ticks; undefined stops it. There is one a core. */
  setTimer(core: number, time: number | undefined): void {
    if (this.#timers[core] !== 0) this.#agenda.cancel(this.#timers[core]);
    this.#timers[core] = 0;
    if (time === undefined) return;
    const event = { kind: 'interrupt', core, vector: VECTOR_TIMER, source: INTERRUPT_TIMER, by: -1 } as const;
    this.#timers[core] = this.#agenda.schedule(time, event);
  }

  hasTimer(core: number): boolean {
    return this.#timers[core] !== 0;
  }

  isPending(core: number): boolean {
    const record = recordOf(core);
    return (this.#memory.load32(record + CORE_PENDING) | this.#memory.load32(record + CORE_PENDING + 4)) !== 0;
  }

  /** By core, the event that is its timer; 0 for none. */
  save(): number[] {
    return [...this.#timers];
  }

  restore(timers: readonly number[]): void {
    Object.assign(this.#timers, timers);
  }

  /** An interrupt arrives: between windows, at a time in ticks. */
  arrive(core: number, vector: number, source: number, by: number, time: number): void {
    this.arriving?.(core);
    const memory = this.#memory;
    const record = recordOf(core);
    if (source === INTERRUPT_TIMER) this.#timers[core] = 0;
    const word = record + CORE_PENDING + 4 * (vector >>> 5);
    memory.store32(word, memory.load32(word) | (1 << (vector & 31)));
    if (this.#sleepers.wakesByInterrupt(core)) {
      this.#sleepers.wake(core, time + this.#sleepers.latency(this.#sleepers.kind(core)), WAKE_INTERRUPT, by);
    }
    summon(memory, record);
  }
}
