// What a machine is made with, and what it tells of its runs and cores.
import type { MachineProfile } from '../profile/schema.ts';
import type { CoreCounters } from './cores.ts';
import type { GuestTrap, TrapFrame } from './trap.ts';

export interface MachineOptions {
  /** The machine that is emulated; a plain one, see profile/uniform.ts, with `cores` cores when none is given. */
  readonly profile?: MachineProfile;
  /** 1 to 128, at most the profile's: how many of its cores there are. All of them, or 1 without a profile. */
  readonly cores?: number;
  /** How long each core runs before the next one does, in cycles: 1 to MAX_WINDOW_CYCLES. 40, or the profile's lookahead where that is less. */
  readonly windowCycles?: number;
  /** 'fast' reaches memory through the access filters; 'checked' sends every access through the slow path, for comparison. */
  readonly mode?: 'fast' | 'checked';
  /** RAM in bytes, rounded up to 64 KiB on every node; at most 2 GiB. 256 MiB when not given. */
  readonly ramBytes?: number;
  /** What the frames of one context can take. */
  readonly frameStackBytes?: number;
  /** Non-zero: executions leave at random accesses and calls, and go on. No result may depend on it; for tests of that. */
  readonly leaveSeed?: number;
  /**
   * Check the machine's invariants at every transaction of coherence and at the ends of windows: machine/check. Costs host time and no cycle;
   * what is found is thrown as an AuditViolation or CoherenceViolation.
   */
  readonly audit?: boolean;
  /**
   * Whether cores that do nothing but poll (a loop with `pause` in which nothing changes) are executed only when something changes. True when not given. No
   * result depends on it: see docs/engine.md.
   */
  readonly parking?: boolean;
  readonly onLog?: (core: number, text: string, cycle: number) => void;
  readonly onMark?: (core: number, name: string, value: bigint, cycle: number) => void;
  readonly onReport?: (core: number, name: string, value: number, cycle: number) => void;
  /** Bytes that a guest writes to the console: stream 1 is output, 2 errors. */
  readonly onConsole?: (stream: number, bytes: Uint8Array) => void;
  /** Bytes that a guest saves: to be appended to what it has saved under that name. */
  readonly onSave?: (name: string, bytes: Uint8Array) => void;
  /** A kernel shows what a context was doing: its calls, innermost first, without those of a kernel that is at work on it. */
  readonly onCalls?: (core: number, context: number, frames: readonly TrapFrame[], cycle: number) => void;
  /**
   * A module is about to be translated and compiled, or has been: for the host's clock, of which the machine knows nothing. The end comes also when that
   * fails. `bytes` is the guest's module.
   */
  readonly onTranslation?: (phase: 'begin' | 'end', bytes: Uint8Array) => void;
  /**
   * Asked before a module is translated: what `pretranslate` of this version of the package has made of the same bytes for the same key, or undefined. It
   * is believed: another module's, or another version's, makes a machine that is not this one.
   */
  readonly storedTranslation?: (bytes: Uint8Array, key: string) => Uint8Array<ArrayBuffer> | undefined;
}

const HOST_OPTIONS = [
  'onLog',
  'onMark',
  'onReport',
  'onConsole',
  'onSave',
  'onCalls',
  'onTranslation',
  'storedTranslation',
] as const;

/** Those options that are functions of the host's. */
export type HostOptions = Pick<MachineOptions, (typeof HOST_OPTIONS)[number]>;

/** All others: plain data, from which the same machine can be made. */
export type PlainOptions = Omit<MachineOptions, keyof HostOptions>;

export function plainOptions(options: MachineOptions): PlainOptions {
  const plain: { -readonly [key in keyof MachineOptions]: MachineOptions[key] } = { ...options };
  for (const name of HOST_OPTIONS) delete plain[name];
  return plain;
}

/** Why a machine stopped running. */
export interface RunOutcome {
  /**
   * 'deadlock': every core that is not done sleeps, and nothing is left that could wake one. 'livelock': every core that neither sleeps nor is done polls,
   * and nothing is left that could change what it reads; only where the run has no limit, and cores may be parked. 'waiting-for-input': instead of
   * both, where the console's input may still come, whose interrupt a kernel waits for.
   */
  readonly reason: 'finished' | 'exited' | 'trapped' | 'cycle-limit' | 'deadlock' | 'livelock' | 'waiting-for-input';
  readonly exitCode?: number;
  readonly trap?: GuestTrap;
  /** At a cycle limit: why the machine will come to nothing else with more cycles, where that is known. */
  readonly endless?: 'livelock' | 'waiting-for-input';
  /** Of a deadlock, in words: each core's state, and where it sleeps. Of a livelock, also an `endless` one: who polls what. */
  readonly message?: string;
}

export interface CoreStatus extends CoreCounters {
  /** 'waiting': it sleeps. 'exited': its guest has ended the machine's run. */
  readonly state: 'idle' | 'running' | 'finished' | 'trapped' | 'waiting' | 'exited';
  /** The core's own time. */
  readonly cycles: number;
  /** Bits, when the function that it was started with is done. */
  readonly results?: readonly bigint[];
  readonly trap?: GuestTrap;
}
