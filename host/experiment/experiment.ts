// What an experiment is: a question, the runs that answer it, and the table and the plot that are made of what comes out.
import type { BootFile } from '../boot/kernels.ts';
import type { Cell, Column } from '../table.ts';
import type { PlotSpec } from './plot.ts';

/** One boot of a kernel: everything that decides what comes out. */
export interface GuestRun {
  /** What it stands for among the others, for the people who wait: `distributed, 8 CPUs`. */
  readonly title: string;
  readonly kernel: string;
  /** Options of the kernel: `locks=fine`. */
  readonly options: readonly string[];
  /** Cores of the machine. */
  readonly cpus: number;
  /** The first process and its arguments. */
  readonly program: readonly string[];
  /** Files beside those that the kernel comes with. */
  readonly files?: readonly BootFile[];
  readonly ramMib?: number;
  /** Whether tallies of objects are to be counted. */
  readonly objects?: boolean;
}

export interface Experiment {
  /** The folder in experiments/ where its results are; what the user calls it. */
  readonly name: string;
  /** Another name for it: its number among those that the kernel's paper suggests. */
  readonly number?: string;
  readonly question: string;
  /** Heading of the table. */
  readonly title: string;
  readonly machine: string;
  /** Numbers of CPUs, unless the user asks for others. */
  readonly cpus: readonly number[];
  readonly columns: readonly Column[];
  readonly runs: (cpus: readonly number[]) => readonly GuestRun[];
  /** Rows of the table, of the results in the order of the runs. */
  readonly rows: (cpus: readonly number[], results: readonly GuestResult[]) => Cell[][];
  readonly plot: PlotSpec;
}

/** What a run came to. */
export interface GuestResult {
  /** What the guest wrote to its standard output. */
  readonly output: string;
  /** The machine's time at the end, in cycles. */
  readonly cycles: number;
  readonly digest: string;
  /** Of a run whose objects were counted. */
  readonly instances: readonly import('../../machine/index.ts').ObjectInstance[];
}
