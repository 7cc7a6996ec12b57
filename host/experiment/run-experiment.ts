// Runs an experiment: all its runs, one after the other, to its table.
import type { MachineProfile } from '../../machine/index.ts';
import { machineName } from '../machine-name.ts';
import type { Table } from '../table.ts';
import type { Experiment, GuestResult, GuestRun } from './experiment.ts';
import { checkCpus, type GuestWatch, runGuest } from './run-guest.ts';

export interface ExperimentWatch extends GuestWatch {
  /** Before each run: which it is of how many, from 1 on. */
  readonly onRun?: (run: GuestRun, number: number, count: number) => void;
}

/** Throws a CommandFailure where a run does not end well, or the machine does not have so many CPUs. */
export async function runExperiment(
  experiment: Experiment,
  profile: MachineProfile,
  cpus: readonly number[],
  watch: ExperimentWatch = {},
): Promise<Table> {
  checkCpus(cpus, profile);
  const runs = experiment.runs(cpus);
  checkCpus(
    runs.map((run) => run.cpus),
    profile,
  );
  const results: GuestResult[] = [];
  for (const [i, run] of runs.entries()) {
    watch.onRun?.(run, i + 1, runs.length);
    results.push(await runGuest(run, profile, watch));
  }
  const { title, columns } = experiment;
  return {
    title,
    machine: machineName(profile),
    digest: results.length === 1 ? (results[0] as GuestResult).digest : '',
    columns: [...columns],
    rows: experiment.rows(cpus, results),
  };
}
