// What a run of a system has cost: for each core and together, and how fast it was simulated.
import type { Machine } from '../../machine/index.ts';
import { missesOf } from '../bench/subjects.ts';
import { simulatedTime } from '../cli/status.ts';
import { machineName } from '../machine-name.ts';
import type { Cell, Table } from '../table.ts';

export interface RunStatistics {
  readonly title: string;
  readonly time: HostTime;
}

/** Host time of a run. */
export interface HostTime {
  /** All of it. */
  readonly elapsedMs: number;
  /** Translating and compiling the programs that were loaded. */
  readonly translationMs: number;
}

/** A row for each core that has run, and one for all. */
export function statisticsTable(machine: Machine, { title, time }: RunStatistics): Table {
  const rows: Cell[][] = [];
  const sums = [0, 0, 0, 0, 0];
  for (let i = 0; i < machine.coreCount; i++) {
    const core = machine.core(i);
    const counts = [core.instructions, core.accesses, missesOf(core), core.l2Misses, core.tlbMisses];
    if (core.instructions === 0) continue;
    counts.forEach((count, column) => {
      sums[column] = (sums[column] as number) + count;
    });
    rows.push([`core ${i}`, core.cycles, ...counts]);
  }
  rows.push(['together', machine.time, ...sums]);
  return {
    title: `${title}: ${summary(machine, time)}`,
    machine: `${machineName(machine.profile)}, ${machine.coreCount} cores, window ${machine.windowCycles} cycles, ${machine.mode} mode`,
    digest: machine.digest(),
    columns: [
      { name: '', unit: '' },
      { name: 'time', unit: 'cycles' },
      { name: 'instructions', unit: '' },
      { name: 'accesses', unit: '' },
      { name: 'L1 misses', unit: '' },
      { name: 'L2 misses', unit: '' },
      { name: 'TLB misses', unit: '' },
    ],
    rows,
  };
}

/** `12.3 ms simulated in 0.80 s: 182 million instructions a second, after 0.21 s for translating programs` */
export function summary(machine: Machine, { elapsedMs, translationMs }: HostTime): string {
  let instructions = 0;
  for (let i = 0; i < machine.coreCount; i++) instructions += machine.core(i).instructions;
  const simulationMs = elapsedMs - translationMs;
  const rate = Math.round(instructions / (simulationMs * 1e3)).toLocaleString('en-US');
  const simulated = `${simulatedTime(machine.time)} simulated in ${secondsOf(simulationMs)}`;
  return `${simulated}: ${rate} million instructions a second, after ${secondsOf(translationMs)} for translating programs`;
}

function secondsOf(ms: number): string {
  return `${(ms / 1e3).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
