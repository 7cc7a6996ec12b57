// What a run of a system has cost: for each core and together, and how fast it was simulated.
import type { Machine } from '../../machine/index.ts';
import { missesOf } from '../bench/subjects.ts';
import { simulatedTime } from '../cli/status.ts';
import type { Cell, Table } from '../table.ts';

export interface RunStatistics {
  readonly title: string;
  /** Host time of the run. */
  readonly elapsedMs: number;
}

/** A row for each core that has run, and one for all. */
export function statisticsTable(machine: Machine, { title, elapsedMs }: RunStatistics): Table {
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
    title: `${title}: ${summary(machine, elapsedMs)}`,
    machine: `${machine.profile.name}, ${machine.coreCount} cores, window ${machine.windowCycles} cycles, ${machine.mode} mode`,
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

/** `12.3 ms simulated in 0.8 s: 182 million instructions a second` */
export function summary(machine: Machine, elapsedMs: number): string {
  let instructions = 0;
  for (let i = 0; i < machine.coreCount; i++) instructions += machine.core(i).instructions;
  const rate = Math.round(instructions / (elapsedMs * 1e3)).toLocaleString('en-US');
  const seconds = (elapsedMs / 1e3).toFixed(elapsedMs < 10_000 ? 2 : 1);
  return `${simulatedTime(machine.time)} simulated in ${seconds} s: ${rate} million instructions a second`;
}
