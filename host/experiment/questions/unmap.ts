// What it costs to take a page away from many cores.
import type { Experiment } from '../experiment.ts';

export const UNMAP: Experiment = {
  name: 'unmap',
  question: 'What does it cost to take a page away from many cores?',
  title: 'operations on pages by the number of threads',
  machine: 'amd-8x4',
  cpus: [1, 2, 4, 8, 16, 32],
  columns: [
    { name: 'threads', unit: '' },
    ...['fault', 'map', 'protect', 'unmap'].map((name) => ({ name, unit: 'ns' })),
  ],
  // One boot measures all: threads that are not there do nothing, and the cores sleep.
  runs: (cpus) => [
    {
      title: `up to ${Math.max(...cpus)} threads`,
      kernel: 'monolith',
      options: [],
      cpus: Math.max(...cpus),
      program: ['pagebench', '-t', cpus.join(',')],
    },
  ],
  rows: (_cpus, [result]) =>
    (result?.output ?? '')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/).map(Number)),
  plot: { kind: 'lines', x: 'threads', y: 'nanoseconds', isLogarithmic: true },
};
