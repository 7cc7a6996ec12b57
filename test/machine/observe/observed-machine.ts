// A machine as observers see it, with coherence that is real and private caches and cores that are tables.
import { CoherenceController } from '../../../machine/coherence/controller.ts';
import { REQUEST_GET_S, REQUEST_UPGRADE, SOURCE_NONE, STATE_I } from '../../../machine/coherence/states.ts';
import type { CodeSite, ObservedMachine, Observer, Transaction } from '../../../machine/observe/observer.ts';
import type { MachineProfile } from '../../../machine/profile/schema.ts';
import { profileNamed } from '../../../machine/profile/shipped.ts';

export const IMAGE = {};

export function site(name: string, offset = 0): CodeSite {
  return { name, function: name.charCodeAt(0), offset, image: IMAGE };
}

export class TableMachine implements ObservedMachine {
  readonly profile: MachineProfile;
  readonly coreCount: number;
  readonly coherence: CoherenceController;
  /** By core: its calls, innermost first. */
  readonly stacks: CodeSite[][];
  readonly sites = new Map<number, CodeSite>();
  readonly cycles: number[];
  readonly #states: Map<number, number>[];

  constructor(profile = 'amd-2x2', observer?: Observer) {
    this.profile = profileNamed(profile);
    const { nodes, groupsPerNode, coresPerGroup } = this.profile.topology;
    this.coreCount = nodes * groupsPerNode * coresPerGroup;
    this.stacks = Array.from({ length: this.coreCount }, () => []);
    this.cycles = this.stacks.map(() => 0);
    this.#states = this.stacks.map(() => new Map());
    this.coherence = new CoherenceController(this.profile, 1 << 22, {
      state: (core, line) => this.#states[core]?.get(line) ?? STATE_I,
      setState: (core, line, state) => void this.#states[core]?.set(line, state),
    });
    observer?.attach?.(this);
    const { transaction } = observer ?? {};
    if (!transaction) return;
    const access = { offset: 0, bytes: 4, address: -1, site: 0 };
    this.coherence.listener = {
      transaction: (record) => transaction.call(observer, { ...record, ...access, ...this.access }),
    };
  }

  /** What the machine would say of the access behind the next transaction. */
  access: Partial<Transaction> = {};

  /** A core reads or writes a line that its caches do not have as it needs it; the time after it, in ticks. */
  touch(core: number, line: number, request: number, now: number, access: Partial<Transaction> = {}): number {
    this.access = access;
    const end = this.coherence.fetch(core, line, request, now);
    this.#states[core]?.set(line, this.coherence.granted);
    return end;
  }

  core(core: number) {
    const none = { accesses: 0, readMisses: 0, writeMisses: 0, l2Hits: 0, l2Misses: 0, tlbMisses: 0, walks: 0 };
    const cycles = this.cycles[core] as number;
    return { ...none, instructions: 2 * cycles, stallCycles: 0, cycles };
  }

  backtrace(core: number): CodeSite[] {
    return this.stacks[core] as CodeSite[];
  }

  site(number: number): CodeSite | undefined {
    return this.sites.get(number);
  }
}

/** A transaction by what matters of it. */
export function transaction(parts: Partial<Transaction>): Transaction {
  const { request = REQUEST_GET_S } = parts;
  return {
    core: 0,
    line: 0,
    request,
    start: 0,
    end: 80,
    source: SOURCE_NONE,
    supplier: -1,
    invalidations: request === REQUEST_UPGRADE ? 1 : 0,
    offset: 0,
    bytes: 4,
    address: -1,
    site: 0,
    ...parts,
  };
}
