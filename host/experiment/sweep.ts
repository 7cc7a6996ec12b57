// The usual experiment: configurations of kernels, each run with several numbers of CPUs, one figure of each run. The table has a row for each number of
// CPUs, and a column for each configuration.
import type { BootFile } from '../boot/kernels.ts';
import type { Cell } from '../table.ts';
import type { Experiment, GuestResult, GuestRun } from './experiment.ts';
import type { PlotSpec } from './plot.ts';

/** A kernel with its options, and what to call it. */
export interface Configuration {
  readonly name: string;
  readonly kernel: string;
  readonly options: readonly string[];
  /** The program, where it is not that of all. */
  readonly program?: (cpus: number) => readonly string[];
}

export interface Sweep<C extends Configuration = Configuration>
  extends Pick<Experiment, 'name' | 'number' | 'question' | 'title' | 'machine' | 'cpus'> {
  readonly configurations: readonly C[];
  readonly program?: (cpus: number) => readonly string[];
  readonly files?: (cpus: number) => readonly BootFile[];
  readonly ramMib?: number;
  /** The figure of a run, and its unit. */
  readonly figure: (result: GuestResult, cpus: number, configuration: C) => number;
  readonly unit: string;
  /**
   * What is shown in the place of the figures, which are in the order of the numbers of CPUs, as a list for each configuration. It must not be changed where it
   * is undefined.
   */
  readonly relative?: (figures: readonly number[][], cpus: readonly number[]) => number[][];
  readonly plot: Omit<PlotSpec, 'kind' | 'x'>;
}

export function sweep<C extends Configuration>(spec: Sweep<C>): Experiment {
  const { configurations } = spec;
  const runOf = (configuration: C, cpus: number): GuestRun => ({
    title: `${configuration.name}, ${cpus} CPU${cpus === 1 ? '' : 's'}`,
    kernel: configuration.kernel,
    options: configuration.options,
    cpus,
    program: (configuration.program ?? spec.program ?? (() => []))(cpus),
    ...(spec.files === undefined ? {} : { files: spec.files(cpus) }),
    ...(spec.ramMib === undefined ? {} : { ramMib: spec.ramMib }),
  });
  return {
    ...spec,
    columns: [{ name: 'CPUs', unit: '' }, ...configurations.map(({ name }) => ({ name, unit: spec.unit }))],
    runs: (cpus) => configurations.flatMap((one) => cpus.map((count) => runOf(one, count))),
    rows: (cpus, results) => {
      const figures = configurations.map((one, i) =>
        cpus.map((count, j) => spec.figure(results[i * cpus.length + j] as GuestResult, count, one)),
      );
      const shown = spec.relative?.(figures, cpus) ?? figures;
      return cpus.map((count, j): Cell[] => [count, ...shown.map((values) => rounded(values[j] as number))]);
    },
    plot: { kind: 'lines', x: 'CPUs', ...spec.plot },
  };
}

/** Five significant digits are more than an experiment says. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

/** The number in the output that a pattern's first group finds. Throws where there is none: the program is not what the experiment takes it for. */
export function numberIn(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new Error(`no ${pattern} in what the program wrote:\n${output}`);
  return Number(found.replaceAll(',', ''));
}
