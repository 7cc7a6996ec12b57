// What a change of a Process object for another implementation does to the threads that fault on it.
import type { Cell } from '../../table.ts';
import type { Experiment, GuestResult } from '../experiment.ts';
import { numberIn } from '../sweep.ts';
import { MACHINE } from './kernels.ts';

const CPUS = 24;
const PAGES = 2000;
/** Pages that a thread touches between two looks at the clock. */
const BATCH = 10;
const SLICE_US = 2000;
const RAM_MIB = 512;

/** By when a slice of time was: altogether before the change, altogether behind it, or not. */
const PHASES = ['before', 'during', 'after'] as const;

function rowsOf({ output }: GuestResult): Cell[][] {
  const from = numberIn(output, /swap from (\d+) us/);
  const to = numberIn(output, /swap from \d+ us to (\d+) us/);
  return [...output.matchAll(/^at (\d+) us: (\d+) faults, (\d+) ns each$/gm)].map(([, at, faults, each]) => {
    const start = Number(at);
    const phase = start + SLICE_US <= from ? 'before' : start >= to ? 'after' : 'during';
    return [start / 1000, ...PHASES.map((one) => (one === phase ? Number(each) / 1000 : null)), Number(faults)];
  });
}

export const HOT_SWAP: Experiment = {
  name: 'hot-swap',
  question: 'What becomes of page faults while the Process object that they are on is swapped?',
  title: 'page faults of one process whose Process object is swapped from shared to distributed',
  machine: MACHINE,
  cpus: [CPUS],
  columns: [
    { name: 'time', unit: 'ms' },
    ...PHASES.map((name) => ({ name, unit: 'us' })),
    { name: 'faults', unit: '' },
  ],
  // The rows are of one run: that with the most CPUs.
  runs: (cpus) => {
    const most = Math.max(...cpus);
    const program = ['swapbench', '-p', `${PAGES}`, '-b', `${BATCH}`, '-s', `${SLICE_US}`, '-t', `${most}`];
    const title = `swap of the Process, ${most} CPUs`;
    return [{ title, kernel: 'k42', options: ['process=shared'], cpus: most, program, ramMib: RAM_MIB }];
  },
  rows: (_, results) => results.flatMap(rowsOf),
  plot: { kind: 'lines', x: 'milliseconds', y: 'microseconds of a fault, on the average', series: [...PHASES] },
};
