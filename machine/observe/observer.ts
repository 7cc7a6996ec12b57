// What a machine tells whoever watches it. An observer is an object with any of these methods; the machine hooks up only those that
// are there, so that what nobody asks for costs nothing.
//
// Rules. Observers look and never touch: no method changes the machine or any time (test: same digest with and without). All times are
// ticks, TICKS_PER_CYCLE to a cycle, absolute, exact integers. Calls come in the order in which the host executes the machine, so
// between cores times may step back by up to a window, and on one core they never do. Records are reused: copy what is to be kept.
//
// Lower floors do not know this file. They declare listeners of the same shape (scalars and plain records only), and machine.ts
// connects them.
import type { CoherenceController } from '../coherence/controller.ts';
import type { TransactionRecord } from '../coherence/listener.ts';
import type { CoreCounters } from '../core/cores.ts';
import type { MachineProfile } from '../profile/schema.ts';

/** A coherence transaction, after it: a miss of a core's private caches, or a store to a line that it must not write yet. */
export interface Transaction extends TransactionRecord {
  /** Where in the line the access is, and its size: bytes. */
  offset: number;
  bytes: number;
  /** Virtual address of the access; -1 where no instruction made it (page walk, prefetch). */
  address: number;
  /** The instruction, for ObservedMachine.site; 0 where none made it. */
  site: number;
}

export interface Observer {
  /** Before anything else, once: the machine that is watched. */
  attach?(machine: ObservedMachine): void;

  /** A core has run from `start` to `end` without a break: its part of a window. Backtraces show where it stands at `end`. */
  slice?(core: number, start: number, end: number): void;

  /** The host or another core lets a core run a function. `name` is the function's. */
  start?(core: number, time: number, name: string): void;
  /** The function is done. */
  finish?(core: number, time: number): void;
  /** The machine stops: a trap that no handler takes, or the guest's exit. `what` says which, for people. */
  stop?(core: number, time: number, what: string): void;

  log?(core: number, time: number, text: string): void;
  mark?(core: number, time: number, name: string, value: bigint): void;
  report?(core: number, time: number, name: string, value: number): void;
  /** What lies in RAM at a physical address is called so from now on. */
  label?(core: number, time: number, physical: number, bytes: number, name: string): void;
  /**
   * Something happened to the object at a virtual address: TALLY_* of platform.ts, or a number of the guest's own. `physical` says where it lies in RAM,
   * during the call.
   */
  tally?(core: number, object: number, event: number, physical: () => number | undefined): void;

  /** A trap enters the kernel: TRAP_* of platform.ts, and its first operand (address, intrinsic, result ...). */
  trap?(core: number, time: number, cause: number, operand: number): void;
  /** An interrupt enters the kernel. */
  interrupt?(core: number, time: number, vector: number): void;
  /** Back from the innermost trap or interrupt of the running context. */
  trapReturn?(core: number, time: number): void;
  /** `time`: when it is sent; `arrival`: when the target can see it. */
  ipi?(core: number, time: number, target: number, vector: number, arrival: number): void;
  /** From one context to another; 0 is none. */
  contextSwitch?(core: number, time: number, from: number, to: number): void;

  /** `kind`: SLEEPS_* of the layout; SLEEPS_PARKED where it polls, and the machine skips whole rounds. Comes before the slice that ends with it. */
  sleep?(core: number, time: number, kind: number): void;
  /** A core (`by`) has written, at `time`, the line that another one sleeps on, or notified it: that one will wake. */
  willWake?(core: number, time: number, by: number): void;
  /** `time`: when it runs again. `reason`: WOKEN_BY_* of platform.ts. `by`: the core whose store or IPI it was, -1 for none. */
  wake?(core: number, time: number, reason: number, by: number): void;

  transaction?(transaction: Transaction): void;
  /** A core's private caches give up a line (state: STATE_* of coherence/states.ts) to make room. */
  eviction?(core: number, time: number, line: number, state: number): void;
}

/** A place in a guest's code. */
export interface CodeSite {
  /** As the guest's name section or exports call it, or `function N`. */
  readonly name: string;
  /** Index of the function in its module. */
  readonly function: number;
  /** Byte offset of the instruction in the module. */
  readonly offset: number;
  /** Identity of the module: a core.Image. */
  readonly image: object;
}

/** What observers may ask of the machine. */
export interface ObservedMachine {
  readonly profile: MachineProfile;
  /** The profile's, or fewer of them. */
  readonly coreCount: number;
  readonly coherence: CoherenceController;
  /** A core's own time in cycles and what it has counted. */
  core(core: number): CoreCounters & { readonly cycles: number };
  /** The calls in progress on a core, innermost first; none when it is idle. */
  backtrace(core: number): readonly CodeSite[];
  /** The instruction behind Transaction.site; undefined for 0 and for what is gone. Meant for reports, not for each transaction. */
  site(site: number): CodeSite | undefined;
}
