// Records what a machine does as typed events (trace-events.ts), the newest of them in memory of fixed size.
//
// Coherence transactions and evictions have a ring of their own: there are thousands for each other event. Windows in which a core
// runs on without a break become one `run`, unless they are asked for.
import { WOKEN_BY_WRITE } from '../platform.ts';
import { EventRing, KIND } from './event-ring.ts';
import type { ObservedMachine, Observer, Transaction } from './observer.ts';
import { Requests } from './requests.ts';
import { FIELDS, TRACE_KINDS, type TraceEvent, type TraceKind } from './trace-events.ts';

export interface TraceOptions {
  /** The most events that are kept; the newest are. */
  readonly events?: number;
  /** The same for transactions and evictions; 0 records none. */
  readonly memoryEvents?: number;
  /** Records a `run` for each window, not for each time from a sleep to the next. */
  readonly windows?: boolean;
}

/** Fields of the events that are not about memory. */
const FEW_FIELDS = 5;

export class Trace implements Observer {
  readonly #events: EventRing;
  readonly #memory: EventRing | undefined;
  readonly #windows: boolean;
  #machine: ObservedMachine | undefined;
  #requests = new Requests(0);
  #order = 0;
  /** By core, the run in progress: from and until when, in ticks; nothing where both are equal. */
  #runStart = new Float64Array(0);
  #runEnd = new Float64Array(0);
  /** By core: since when it sleeps, and SLEEPS_*; -1 while it is awake. */
  #sleepStart = new Float64Array(0);
  #sleepKind = new Uint8Array(0);
  /** By core: when another one did what will wake it; -1 for never. */
  #caused = new Float64Array(0);
  transaction?: (transaction: Transaction) => void;
  eviction?: (core: number, time: number, line: number, state: number) => void;

  constructor({ events = 1 << 18, memoryEvents = 1 << 18, windows = false }: TraceOptions = {}) {
    this.#events = new EventRing(events, FEW_FIELDS);
    this.#windows = windows;
    if (memoryEvents === 0) return;
    const memory = new EventRing(memoryEvents, FIELDS);
    this.#memory = memory;
    this.transaction = (transaction) => this.#transaction(memory, transaction);
    this.eviction = (core, time, line, state) => {
      const at = memory.add(KIND.eviction, core, time, this.#requests.current(core), this.#order++);
      memory.set(at, line);
      memory.set(at + 1, state);
    };
  }

  /** The machine that the events are about. Throws an Error before there is one. */
  get machine(): ObservedMachine {
    if (!this.#machine) throw new Error('this trace belongs to no machine: give it to one as its observer');
    return this.#machine;
  }

  attach(machine: ObservedMachine): void {
    if (this.#machine) throw new Error('this trace belongs to a machine already: each needs its own');
    this.#machine = machine;
    const { coreCount } = machine;
    this.#requests = new Requests(coreCount);
    this.#runStart = new Float64Array(coreCount);
    this.#runEnd = new Float64Array(coreCount);
    this.#sleepStart = new Float64Array(coreCount).fill(-1);
    this.#sleepKind = new Uint8Array(coreCount);
    this.#caused = new Float64Array(coreCount).fill(-1);
  }

  // --- what the machine tells ------------------------------------------------------------------------------------------

  slice(core: number, start: number, end: number): void {
    if (this.#windows || this.#runEnd[core] !== start) {
      this.#endRun(core);
      this.#runStart[core] = start;
    }
    this.#runEnd[core] = end;
  }

  start(core: number, time: number, name: string): void {
    this.#addText(KIND.start, core, time, 0, name);
  }

  finish(core: number, time: number): void {
    this.#endRun(core);
    this.#add(KIND.finish, core, time, 0);
  }

  stop(core: number, time: number, what: string): void {
    this.#addText(KIND.stop, core, time, this.#requests.current(core), what);
  }

  log(core: number, time: number, text: string): void {
    this.#addText(KIND.log, core, time, this.#requests.current(core), text);
  }

  mark(core: number, time: number, name: string, value: bigint): void {
    const at = this.#addText(KIND.mark, core, time, this.#requests.current(core), name);
    this.#events.setBits(at, value);
  }

  report(core: number, time: number, name: string, value: number): void {
    const at = this.#addText(KIND.report, core, time, this.#requests.current(core), name);
    this.#events.set(at, value);
  }

  trap(core: number, time: number, cause: number, operand: number): void {
    const at = this.#add(KIND.trap, core, time, this.#requests.trap(core));
    this.#events.set(at, cause);
    this.#events.set(at + 1, operand);
  }

  interrupt(core: number, time: number, vector: number): void {
    const at = this.#add(KIND.interrupt, core, time, this.#requests.interrupt(core, vector));
    this.#events.set(at, vector);
  }

  trapReturn(core: number, time: number): void {
    this.#add(KIND.return, core, time, this.#requests.leave(core));
  }

  ipi(core: number, time: number, target: number, vector: number, arrival: number): void {
    const at = this.#add(KIND.ipi, core, time, this.#requests.sendIpi(core, target, vector));
    this.#events.set(at, target);
    this.#events.set(at + 1, vector);
    this.#events.set(at + 2, arrival);
  }

  contextSwitch(core: number, time: number, from: number, to: number): void {
    const at = this.#add(KIND.switch, core, time, this.#requests.current(core));
    this.#requests.contextSwitch(core, from, to);
    this.#events.set(at, from);
    this.#events.set(at + 1, to);
  }

  sleep(core: number, time: number, kind: number): void {
    this.#endRun(core);
    this.#requests.sleep(core);
    this.#sleepStart[core] = time;
    this.#sleepKind[core] = kind;
  }

  willWake(core: number, time: number, by: number): void {
    this.#requests.willWake(core, by);
    this.#caused[core] = time;
  }

  wake(core: number, time: number, reason: number, by: number): void {
    const start = this.#sleepStart[core];
    // A trace may begin while the core sleeps.
    if (start < 0) return;
    this.#sleepStart[core] = -1;
    // The window that it fell asleep in was told after that.
    this.#endRun(core);
    const request = reason === WOKEN_BY_WRITE ? this.#requests.wake(core) : this.#requests.current(core);
    const at = this.#add(KIND.sleep, core, time, request);
    this.#events.set(at, start);
    this.#events.set(at + 1, this.#sleepKind[core]);
    this.#events.set(at + 2, reason);
    this.#events.set(at + 3, by);
    this.#events.set(at + 4, this.#caused[core]);
    this.#caused[core] = -1;
  }

  #transaction(memory: EventRing, transaction: Transaction): void {
    const { core } = transaction;
    const at = memory.add(KIND.transaction, core, transaction.end, this.#requests.current(core), this.#order++);
    memory.set(at, transaction.start);
    memory.set(at + 1, transaction.line);
    memory.set(at + 2, transaction.request);
    memory.set(at + 3, transaction.source);
    memory.set(at + 4, transaction.supplier);
    memory.set(at + 5, transaction.invalidations);
    memory.set(at + 6, transaction.offset);
    memory.set(at + 7, transaction.bytes);
    memory.set(at + 8, transaction.address);
    memory.set(at + 9, transaction.site);
  }

  #add(kind: number, core: number, time: number, request: number): number {
    return this.#events.add(kind, core, time, request, this.#order++);
  }

  #addText(kind: number, core: number, time: number, request: number, text: string): number {
    const at = this.#add(kind, core, time, request);
    this.#events.setText(at, text);
    return at;
  }

  #endRun(core: number): void {
    const start = this.#runStart[core];
    const end = this.#runEnd[core];
    if (end > start) this.#events.set(this.#add(KIND.run, core, end, this.#requests.current(core)), start);
    this.#runStart[core] = end;
  }

  // --- what can be read ------------------------------------------------------------------------------------------------

  /** The events that are kept, in the order in which the host executed the machine; then the runs in progress. */
  *events(): Generator<TraceEvent> {
    const { length } = this.#events;
    const memory = this.#memory;
    const memoryLength = memory?.length ?? 0;
    for (let i = 0, k = 0; i < length || k < memoryLength; ) {
      const fromMemory = memory && k < memoryLength && (i === length || memory.order(k) < this.#events.order(i));
      yield fromMemory ? memory.event(k++) : this.#events.event(i++);
    }
    for (let core = 0; core < this.#runStart.length; core++) {
      const start = this.#runStart[core];
      const time = this.#runEnd[core];
      if (time > start) yield { kind: 'run', core, time, requestId: this.#requests.current(core), fields: { start } };
    }
  }

  /** How many events of each kind have made room for newer ones; only kinds with any. */
  get dropped(): ReadonlyMap<TraceKind, number> {
    const counts = TRACE_KINDS.map((kind): [TraceKind, number] => [
      kind,
      this.#events.dropped(kind) + (this.#memory?.dropped(kind) ?? 0),
    ]);
    return new Map(counts.filter(([, count]) => count > 0));
  }
}
