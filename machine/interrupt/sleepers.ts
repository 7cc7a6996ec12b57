// Cores that sleep: in halt, mwait or memory.atomic.wait, until something wakes them or their deadline comes.
//
// A core falls asleep by leaving (LEAVE_WAIT) with the frame of what it waits in on top; the answer is written into that frame when it is
// woken. Waking happens between windows: the core goes on at the time at which it was woken, plus what waking takes.
import {
  CORE_INTERRUPTS,
  CORE_MONITOR,
  CORE_PENDING,
  CORE_RUNNABLE,
  CORE_SLEEP,
  CORE_STATE,
  CORE_STOPPED,
  CORE_STRIDE,
  CORE_SUMMONED,
  CORE_TIME,
  CORE_TOP,
  CORES,
  FRAME_VALUES,
  REG_RUNNABLE,
  SLEEPS_HALT,
  SLEEPS_MWAIT,
  SLEEPS_NOT,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { loadTime, storeTime } from '../time/clock.ts';
import type { Agenda } from './agenda.ts';

// What wakes a core. The numbers are what mwait answers: WOKEN_BY_* of machine/platform.ts.
export const WAKE_LINE = 0;
export const WAKE_INTERRUPT = 1;
export const WAKE_DEADLINE = 2;

export interface SleepListener {
  /** `kind`: SLEEPS_* of the layout. */
  sleep?(core: number, time: number, kind: number): void;
  /** A core has done, at a time, what will wake this one. */
  willWake?(core: number, time: number, by: number): void;
  /** `time`: when it runs again. `by`: the core that caused it, -1 for none. */
  wake?(core: number, time: number, reason: number, by: number): void;
}

/** By core, the events that are its deadline and its wake-up (0 for none), and how many cores sleep. */
export interface SavedSleepers {
  readonly deadlines: readonly number[];
  readonly wakes: readonly number[];
  readonly count: number;
}

export class Sleepers {
  listener: SleepListener | undefined;
  /** Told that a core in mwait goes on: its monitor is not armed any more. */
  woken: ((core: number) => void) | undefined;
  readonly #memory: MachineMemory;
  readonly #agenda: Agenda;
  /** What waking takes, in ticks, by SLEEPS_*. */
  readonly #latency: readonly number[];
  /** By core, the event that is its deadline; 0 for none. */
  readonly #deadlines: number[];
  /** By core, the event that wakes it; 0 for none. */
  readonly #wakes: number[];
  #count = 0;

  /** Latencies in ticks. */
  constructor(memory: MachineMemory, agenda: Agenda, cores: number, latency: { halt: number; mwait: number }) {
    this.#memory = memory;
    this.#agenda = agenda;
    this.#latency = [0, latency.halt, latency.mwait, 0];
    this.#deadlines = new Array(cores).fill(0);
    this.#wakes = new Array(cores).fill(0);
  }

  /** Cores that sleep. */
  get count(): number {
    return this.#count;
  }

  /** SLEEPS_* */
  kind(core: number): number {
    return this.#memory.load32(recordOf(core) + CORE_SLEEP);
  }

  /** Whether the core sleeps with a deadline. */
  hasDeadline(core: number): boolean {
    return this.#deadlines[core] !== 0;
  }

  /** The running core leaves to sleep, from `now` on, until `deadline` at the latest (ticks; undefined for ever). */
  sleep(core: number, kind: number, now: number, deadline: number | undefined): void {
    this.#memory.store32(recordOf(core) + CORE_SLEEP, kind);
    if (deadline !== undefined) this.#deadlines[core] = this.#agenda.schedule(deadline, { kind: 'deadline', core });
    this.#count++;
    this.listener?.sleep?.(core, now, kind);
  }

  /** What waking from that kind of sleep takes, in ticks. */
  latency(kind: number): number {
    return this.#latency[kind];
  }

  /** A core wakes another, which sleeps and is not yet to be woken, by what it does at a time in ticks. */
  scheduleWake(core: number, time: number, by: number): void {
    if (this.#wakes[core] !== 0) return;
    this.listener?.willWake?.(core, time, by);
    const at = time + this.#latency[this.kind(core)];
    this.#wakes[core] = this.#agenda.schedule(at, { kind: 'wake', core, by });
  }

  /** The core takes part no more: nothing wakes it. */
  forget(core: number): void {
    if (this.kind(core) !== SLEEPS_NOT) this.#count--;
    this.#memory.store32(recordOf(core) + CORE_SLEEP, SLEEPS_NOT);
    this.#agenda.cancel(this.#deadlines[core]);
    this.#agenda.cancel(this.#wakes[core]);
    this.#deadlines[core] = 0;
    this.#wakes[core] = 0;
  }

  /** Wakes a core, if it sleeps; between windows. It goes on at `time` (ticks), or its own where that is later. */
  wake(core: number, time: number, reason: number, by: number): void {
    const memory = this.#memory;
    const record = recordOf(core);
    const kind = memory.load32(record + CORE_SLEEP);
    if (kind === SLEEPS_NOT || memory.load32(record + CORE_STATE) !== CORE_STOPPED) return;
    this.forget(core);
    if (kind !== SLEEPS_HALT) memory.store32(memory.load32(record + CORE_TOP) + FRAME_VALUES, reason);
    if (kind === SLEEPS_MWAIT) {
      memory.store32(record + CORE_MONITOR, 0);
      this.woken?.(core);
    }
    const at = Math.max(loadTime(memory, record + CORE_TIME), time);
    storeTime(memory, record + CORE_TIME, at);
    memory.store32(REG_RUNNABLE, memory.load32(REG_RUNNABLE) + 1);
    memory.store32(record + CORE_STATE, CORE_RUNNABLE);
    summon(memory, record);
    this.listener?.wake?.(core, at, reason, by);
  }

  save(): SavedSleepers {
    return { deadlines: [...this.#deadlines], wakes: [...this.#wakes], count: this.#count };
  }

  restore({ deadlines, wakes, count }: SavedSleepers): void {
    Object.assign(this.#deadlines, deadlines);
    Object.assign(this.#wakes, wakes);
    this.#count = count;
  }

  /** An interrupt wakes cores that halt or wait for a line; a deadline whoever has one. */
  wakesByInterrupt(core: number): boolean {
    const kind = this.kind(core);
    return kind === SLEEPS_HALT || kind === SLEEPS_MWAIT;
  }
}

export function recordOf(core: number): number {
  return CORES + core * CORE_STRIDE;
}

/** A runnable core takes a pending interrupt, if interrupts are enabled, before it goes on. */
export function summon(memory: MachineMemory, record: number): void {
  const pending = memory.load32(record + CORE_PENDING) | memory.load32(record + CORE_PENDING + 4);
  if (pending === 0 || memory.load32(record + CORE_INTERRUPTS) === 0) return;
  if (memory.load32(record + CORE_STATE) === CORE_RUNNABLE) memory.store32(record + CORE_STATE, CORE_SUMMONED);
}
