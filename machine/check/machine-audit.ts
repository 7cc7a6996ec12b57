// Audit mode: checks the machine's invariants while it runs, at every transaction of coherence and at the ends of windows.
//
// At a transaction, what is about the line at hand: coherence (machine/coherence/audit.ts) over the real caches; both levels of every core
// that has it, and the filter entries under which they know it; every copy that the transaction changes, right after the change; what the core
// that asked was granted, when it asks for the next thing. At the end of each window with a transaction in it, a part of one core's filters,
// sets and TLB; everything after so many transactions that it costs about as much as they did, and whenever the machine stops.
//
// Nothing that the audit does moves a cycle (test: same digest). Windows end as they do without it; the host only looks at them more often.
import { CoherenceAudit, type TransactionAudit } from '../coherence/audit.ts';
import type { CoherenceController } from '../coherence/controller.ts';
import { STATE_E, STATE_I, STATE_M, STATE_NAMES } from '../coherence/states.ts';
import type { CachePort, CacheWatch } from '../memory/cache-port.ts';
import type { MemorySystem } from '../memory/memory-system.ts';
import { FILTER_ENTRIES, KNOWN_TO_KERNEL_SHIFT, KNOWN_TO_WRITES, REG_ATTENTION } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { CacheCheck } from './cache-check.ts';
import { CoreArrays, guestLineOf } from './core-arrays.ts';
import { FilterCheck } from './filter-check.ts';
import { AuditReport } from './report.ts';
import { TlbCheck } from './tlb-check.ts';

/** Filter entries (of each filter) and sets that a window's end checks. */
const PART = 64;
/** Transactions that cost about as much to check as this many entries of arrays do. */
const ENTRIES_A_TRANSACTION = 32;
const LEAST_TRANSACTIONS = 256;

const WRITES = KNOWN_TO_WRITES | (KNOWN_TO_WRITES << KNOWN_TO_KERNEL_SHIFT);

/** The checks of one core. */
interface CoreChecks {
  readonly arrays: CoreArrays;
  readonly caches: CacheCheck;
  readonly filters: FilterCheck;
  readonly tlb: TlbCheck;
}

export class MachineAudit implements TransactionAudit, CacheWatch {
  readonly coherence: CoherenceController;
  readonly memory: MachineMemory;
  /** By which coherence changes the private caches. */
  readonly caches: CachePort;
  readonly cores: readonly CoreArrays[];
  /** How often everything has been checked. */
  sweeps = 0;
  readonly #lines: CoherenceAudit;
  readonly #report: AuditReport;
  readonly #checks: readonly CoreChecks[];
  /** Lines that there has been a transaction on. */
  readonly #touched = new Set<number>();
  /** Of the last transaction: what was granted to whom, until it has been found there. */
  #core = -1;
  #line = -1;
  #granted: number = STATE_I;
  /** Core whose request is being served: a way of its L2 may be reserved for the line, neither in use nor a hole. */
  #requester = -1;
  /** The guest line under which the core that loses a copy knows it. */
  #guestWord = 0;
  #sinceSweep = 0;
  #sweepAfter = LEAST_TRANSACTIONS;
  /** Where the next window's end goes on: core, and part of it. */
  #nextCore = 0;
  #nextPart = 0;
  readonly #parts: number;

  /** Audits from now on; the machine must tell the ends of windows. */
  constructor(memory: MachineMemory, system: MemorySystem, cores: number) {
    this.memory = memory;
    this.coherence = system.coherence;
    this.caches = system.caches;
    this.#lines = new CoherenceAudit(system.coherence, cores);
    this.cores = Array.from({ length: cores }, (_, core) => new CoreArrays(memory, system.constants, core));
    this.#report = new AuditReport(this.cores, system.coherence);
    this.#checks = this.cores.map((arrays) => ({
      arrays,
      caches: new CacheCheck(arrays, system.coherence, this.#report, system.constants.storeBuffer),
      filters: new FilterCheck(arrays, this.#report),
      tlb: new TlbCheck(arrays, system.ram, this.#report),
    }));
    const [{ l1, l2 }] = this.cores as [CoreArrays];
    this.#parts = Math.ceil(Math.max(FILTER_ENTRIES, l1.sets, l2?.sets ?? 0) / PART);
    system.coherence.audit = this;
    system.watch(this);
  }

  /** Lines checked. */
  get checks(): number {
    return this.#lines.checks;
  }

  // --- transactions ------------------------------------------------------------------------------------------------------

  before(core: number, line: number, request: number, now: number): void {
    this.#report.note('before', core, line, request, now);
    this.#requester = core;
    this.#settle();
    this.#lines.before(core, line, request, now);
  }

  after(core: number, line: number, request: number, granted: number, now: number, end: number): void {
    this.#report.note('after', core, line, request, now);
    this.#lines.after(core, line, request, granted, now, end);
    this.#touched.add(line);
    const { presence } = this.coherence;
    for (const checks of this.#checks) {
      if (checks.arrays.core !== core && presence.hasCore(line, checks.arrays.core)) this.#copy(checks, line);
    }
    this.#core = core;
    this.#line = line;
    this.#granted = granted;
    this.#sinceSweep++;
    this.memory.store32(REG_ATTENTION, 1);
  }

  evicted(core: number, line: number, state: number, now: number): void {
    this.#report.note(`after the eviction from ${STATE_NAMES[state]}`, core, line, -1, now);
    if (core === this.#core && line === this.#line) this.#core = -1;
    this.#lines.evicted(core, line, state, now);
  }

  changing(core: number, line: number): void {
    const { arrays } = this.#checks[core];
    const way = arrays.findL1(line << arrays.lineShift);
    this.#guestWord = way === 0 ? 0 : arrays.guestWord(way);
  }

  changed(core: number, line: number, state: number): void {
    const { arrays, caches, filters } = this.#checks[core];
    if (core === this.#core && line === this.#line) this.#core = -1;
    const found = this.coherence.stateOf(core, line);
    if (found !== state)
      this.#report.fail(
        core,
        line,
        `coherence takes its copy down to ${STATE_NAMES[state]}, it is in ${STATE_NAMES[found]}`,
      );
    const physical = line << arrays.lineShift;
    caches.line(physical);
    caches.setsOf(physical, core !== this.#requester);
    filters.guestLine(guestLineOf(this.#guestWord));
    const way = arrays.findL1(physical);
    if (way !== 0 && (arrays.guestWord(way) & WRITES) !== 0)
      this.#report.fail(core, line, 'its L1 way believes that write filters know a line that it must not write');
  }

  /** What the last transaction granted is there, and all about its line is in order. */
  #settle(): void {
    if (this.#core < 0) return;
    const checks = this.#checks[this.#core];
    const state = this.coherence.stateOf(this.#core, this.#line);
    const granted = this.#granted;
    if (state !== granted && !(granted === STATE_E && state === STATE_M))
      this.#report.fail(
        this.#core,
        this.#line,
        `it was granted ${STATE_NAMES[granted]}, and has ${STATE_NAMES[state]}`,
      );
    checks.caches.setsOf(this.#line << checks.arrays.lineShift, this.#core !== this.#requester);
    this.#copy(checks, this.#line);
    this.#core = -1;
  }

  /** A core's copy of a line, in both levels and in the filters. */
  #copy({ arrays, caches, filters }: CoreChecks, line: number): void {
    const physical = line << arrays.lineShift;
    caches.line(physical);
    const way = arrays.findL1(physical);
    if (way !== 0) filters.way(way);
  }

  // --- windows -----------------------------------------------------------------------------------------------------------

  /** A window is over, at a time in ticks: no core is in the middle of anything. */
  windowEnd(time: number): void {
    this.#quiet('at the end of the window', time);
    if (this.#sinceSweep >= this.#sweepAfter) {
      this.#sweep();
      return;
    }
    const { tlb, filters, caches } = this.#checks[this.#nextCore];
    const first = this.#nextPart * PART;
    if (first === 0) {
      tlb.all();
      caches.queues();
    }
    filters.entries(first, PART);
    caches.sets(first, PART);
    this.#nextCore = (this.#nextCore + 1) % this.#checks.length;
    if (this.#nextCore === 0) this.#nextPart = (this.#nextPart + 1) % this.#parts;
  }

  /** Checks everything, between windows; `time` in ticks. Throws an AuditViolation or a CoherenceViolation. */
  everything(time: number): void {
    this.#quiet('when the machine stands still', time);
    this.#sweep();
  }

  #quiet(what: string, time: number): void {
    this.#report.note(what, -1, -1, -1, time);
    this.#lines.settled(what, time);
    this.#requester = -1;
    this.#settle();
  }

  #sweep(): void {
    this.sweeps++;
    for (const { arrays, caches, filters, tlb } of this.#checks) {
      tlb.all();
      filters.all();
      caches.sets(0, Math.max(arrays.l1.sets, arrays.l2?.sets ?? 0));
      caches.queues();
    }
    for (const line of this.#touched) this.#lines.check(line);
    const { l1, l2 } = this.cores[0];
    const ways = (l1.sets * l1.waysBytes + (l2 ? l2.sets * l2.waysBytes : 0)) / 4;
    const entries = 4 * FILTER_ENTRIES + ways + this.#touched.size;
    this.#sinceSweep = 0;
    this.#sweepAfter = Math.max(LEAST_TRANSACTIONS, (entries * this.#checks.length) / ENTRIES_A_TRANSACTION);
  }
}
