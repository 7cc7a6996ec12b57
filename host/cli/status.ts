// The text of the status line of a running machine.
import type { Machine } from '../../machine/index.ts';

/** Nominal frequency of the reference clock, by which cycles are shown as simulated time. */
const CLOCK_HZ = 1_000_000_000;

/** `1.25 ms simulated` */
export function simulatedTime(cycles: number): string {
  const seconds = cycles / CLOCK_HZ;
  if (seconds >= 1) return `${seconds.toFixed(2)} s`;
  return seconds >= 0.001 ? `${(seconds * 1e3).toFixed(1)} ms` : `${(seconds * 1e6).toFixed(1)} us`;
}

/** Follows one machine from line to line. */
export class StatusMeter {
  private readonly machine: Machine;
  private readonly cores: number;
  private instructionsBefore = 0;

  constructor(machine: Machine, cores: number) {
    this.machine = machine;
    this.cores = cores;
  }

  /** Simulated time, million guest instructions a second in the last `elapsedMs` of host time, and cores at work. */
  line(elapsedMs: number): string {
    let instructions = 0;
    let busy = 0;
    for (let i = 0; i < this.cores; i++) {
      const core = this.machine.core(i);
      instructions += core.instructions;
      if (core.state === 'running') busy++;
    }
    const mips = Math.round((instructions - this.instructionsBefore) / (elapsedMs * 1e3));
    this.instructionsBefore = instructions;
    const time = simulatedTime(this.machine.time);
    return `${time} simulated | ${mips.toLocaleString('en-US')} MIPS | ${busy} of ${this.cores} cores busy`;
  }
}
