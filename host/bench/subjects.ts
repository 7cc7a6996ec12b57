// One guest program on either side of the comparison: uninstrumented in V8, and on a core of the machine.
import type { CoreStatus, Image, Instance, Machine } from '../../machine/index.ts';
import type { GuestProgram } from '../guest-programs.ts';

/** Uninstrumented in V8. */
export class V8Subject {
  private readonly exports: Record<string, (...args: number[]) => number | bigint>;

  constructor(program: GuestProgram, ...setupArguments: number[]) {
    const module = new WebAssembly.Module(program.bytes as BufferSource);
    this.exports = new WebAssembly.Instance(module, {}).exports as V8Subject['exports'];
    this.exports.setup?.(...setupArguments);
  }

  /** Does `n` units of work; the checksum as raw bits. */
  run(n: number): bigint {
    const result = this.exports.run?.(n) ?? 0;
    return typeof result === 'bigint' ? BigInt.asUintN(64, result) : BigInt(result >>> 0);
  }
}

/** On a core of the machine, with an instance and a memory of its own. */
export class MachineSubject {
  readonly machine: Machine;
  readonly core: number;
  readonly instance: Instance;

  constructor(machine: Machine, image: Image, core: number, ...setupArguments: number[]) {
    this.machine = machine;
    this.core = core;
    this.instance = machine.instantiate(image);
    if (image.module.exports.some((entry) => entry.name === 'setup')) {
      machine.invoke(this.instance, 'setup', setupArguments.map(BigInt), { core });
    }
  }

  /** Does `n` units of work while no other core runs. */
  run(n: number): bigint {
    return this.machine.invoke(this.instance, 'run', [BigInt(n)], { core: this.core })[0] ?? 0n;
  }

  /** Puts `n` units of work on the core, for the machine's next run. */
  start(n: number): void {
    this.machine.start(this.core, this.instance, 'run', [BigInt(n)]);
  }

  /** What the last run on this core returned. */
  get result(): bigint {
    return this.machine.core(this.core).results?.[0] ?? 0n;
  }
}

/** Lines that a core's L1 did not hold when it needed them. */
export function missesOf(status: CoreStatus): number {
  return status.readMisses + status.writeMisses;
}

/**
 * Units of work that take about `cycles` of simulated time, counted on the machine itself, so that the answer does not
 * depend on the host. `subject` must stand on a core that is free.
 */
export function unitsFor(subject: MachineSubject, cycles: number): number {
  const { machine, core } = subject;
  const cyclesOf = (units: number) => {
    const start = machine.time;
    subject.run(units);
    return machine.core(core).cycles - start;
  };
  // The first run finds cold caches; part of every run does not depend on the units, and the difference is free of it.
  cyclesOf(1);
  const unit = Math.max((cyclesOf(3) - cyclesOf(1)) / 2, 1);
  return Math.max(1, Math.round(cycles / unit));
}
