// Independent programs, one on each CPU, that share nothing but the kernel: how much more is done with more CPUs.
import type { Experiment } from '../experiment.ts';
import { numberIn, sweep } from '../sweep.ts';
import { FEW, K42_DISTRIBUTED, K42_SHARED, MACHINE, MONOLITH } from './kernels.ts';

/** The first one gives the measure of speedups. */
const CONFIGURATIONS = [K42_DISTRIBUTED, K42_SHARED, MONOLITH];

/** Microseconds from when all were let go to when the last had ended, as `together` tells them. */
function slowest(output: string): number {
  return numberIn(output, /^together: .* most (\d+) us$/m);
}

/** Times as speedups over what one CPU does in the time that the first configuration takes with the fewest; with n CPUs there is n times as much to do. */
export function speedups(times: readonly number[][], cpus: readonly number[]): number[][] {
  const alone = times[0]?.[0] ?? Number.NaN;
  return times.map((row) => row.map((time, i) => ((cpus[i] ?? 1) * alone) / time));
}

/** Each CPU runs a script of small programs. */
export const SDET: Experiment = sweep({
  name: 'sdet',
  number: 'E-K10',
  question: 'How many scripts of small programs does a kernel run in an hour?',
  title: 'scripts per hour, one script at a time on each CPU',
  machine: MACHINE,
  cpus: FEW,
  configurations: CONFIGURATIONS,
  program: (cpus) => ['together', '-n', `${cpus}`, 'sh', '/lib/sdet/sdet', '{}'],
  figure: ({ output }, cpus) => (cpus * 3600e6) / slowest(output),
  unit: '1/h',
  plot: { y: 'scripts per hour' },
});

/** Each CPU runs a mail server's work in a directory of its own. */
export const POSTMARK: Experiment = sweep({
  name: 'postmark',
  number: 'E-K11',
  question: 'How does the work of mail servers scale, one on each CPU with a directory of its own?',
  title: 'postmark: speedup over one CPU, one instance on each CPU',
  machine: MACHINE,
  cpus: FEW,
  configurations: CONFIGURATIONS,
  program: (cpus) => [
    'sh',
    '-c',
    `${folders('/mail', cpus)} && together -n ${cpus} postmark -n 200 -t 500 /mail/{} > /out; tail -n 1 /out`,
  ],
  figure: ({ output }) => slowest(output),
  relative: speedups,
  unit: '',
  plot: { y: 'speedup', hasIdeal: true },
});

/** Each CPU builds the same sources into objects of its own. */
export const PARALLEL_BUILD: Experiment = sweep({
  name: 'parallel-build',
  number: 'E-K12',
  question: 'How do builds of one source tree scale, one sequential build on each CPU?',
  title: 'builds of one source tree: speedup over one CPU',
  machine: MACHINE,
  cpus: FEW,
  configurations: CONFIGURATIONS,
  program: (cpus) => [
    'sh',
    '-c',
    `buildtree generate -n 12 /src && together -n ${cpus} buildtree make /src /tmp/objects{} > /out; tail -n 1 /out`,
  ],
  figure: ({ output }) => slowest(output),
  relative: speedups,
  unit: '',
  plot: { y: 'speedup', hasIdeal: true },
});

/** Makes a directory, and one in it for each CPU. */
function folders(parent: string, cpus: number): string {
  return `mkdir ${[parent, ...Array.from({ length: cpus }, (_, i) => `${parent}/${i}`)].join(' ')}`;
}
