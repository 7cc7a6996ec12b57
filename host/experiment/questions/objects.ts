// Which of K42's objects programs share, and how many keep to one CPU: by counting accesses to each instance.
import type { ObjectInstance } from '../../../machine/index.ts';
import { TALLY_ACCESS } from '../../../machine/index.ts';
import { type BootFile, fileOf } from '../../boot/kernels.ts';
import { guestFile } from '../../guest-programs.ts';
import type { Cell } from '../../table.ts';
import type { Experiment, GuestRun } from '../experiment.ts';
import { FEW, MACHINE } from './kernels.ts';
import { SDET } from './multiprogramming.ts';

/** Pages of a file that is scanned. */
const PAGES = 4096;
const FILE = Uint8Array.from({ length: PAGES * 4096 }, (_, i) => (i * 31) >>> 12);
const SHARE = 0.8;

const file = (path: string): BootFile => ({ path, bytes: FILE, origin: '' });
const program = (path: string) => fileOf(path, guestFile('bin/filescan'));

const SCANS: readonly {
  readonly name: string;
  readonly program: readonly string[];
  readonly files: () => BootFile[];
}[] = [
  {
    name: 'two users',
    program: ['together', '-n', '2', '/bin/scan{}', '/file{}'],
    files: () => [program('/bin/scan0'), program('/bin/scan1'), file('/file0'), file('/file1')],
  },
  {
    name: 'one user',
    program: ['together', '-n', '2', 'filescan', '/file0'],
    files: () => [file('/file0')],
  },
  { name: 'one process', program: ['filescan', '-t', '2', '/file0'], files: () => [file('/file0')] },
];

/** The most accessed instances, until 80 % of all accesses. */
function mostAccessed(instances: readonly ObjectInstance[]): { name: string; accesses: number; cpus: number }[] {
  const counted = instances
    .map((one) => ({ name: one.name ?? 'others', accesses: one.events[TALLY_ACCESS] ?? 0, cpus: one.cores.length }))
    .sort((a, b) => b.accesses - a.accesses);
  const all = counted.reduce((sum, { accesses }) => sum + accesses, 0);
  let sum = 0;
  return counted.filter(({ accesses }) => {
    const isNeeded = sum < SHARE * all;
    sum += accesses;
    return isNeeded;
  });
}

export const OBJECT_ACCESSES: Experiment = {
  name: 'object-accesses',
  number: 'E-K2',
  question: 'Which objects do two scans of files of 4096 pages share?',
  title: 'accesses to each object instance, most first, until 80 % of all',
  machine: MACHINE,
  cpus: [2],
  columns: [
    { name: 'rank', unit: '' },
    ...SCANS.flatMap(({ name }) => [
      { name, unit: 'accesses' },
      { name: `${name}: object`, unit: '' },
      { name: `${name}: by`, unit: 'CPUs' },
    ]),
  ],
  runs: (cpus) =>
    SCANS.map(
      (scan): GuestRun => ({
        title: scan.name,
        kernel: 'k42',
        options: ['objects=shared'],
        cpus: Math.max(2, ...cpus),
        program: scan.program,
        files: scan.files(),
        objects: true,
      }),
    ),
  rows: (_cpus, results) => {
    const lists = results.map(({ instances }) => mostAccessed(instances));
    const length = Math.max(...lists.map((list) => list.length));
    return Array.from({ length }, (_, i): Cell[] => [
      i + 1,
      ...lists.flatMap((list) => [list[i]?.accesses ?? null, list[i]?.name ?? null, list[i]?.cpus ?? null]),
    ]);
  },
  plot: { kind: 'bars', x: 'instance', y: 'accesses', series: SCANS.map(({ name }) => name), inBars: ': object' },
};

export const LOCALITY: Experiment = {
  ...SDET,
  name: 'locality',
  number: 'E-K3',
  question: 'How many objects are created, accessed and destroyed on one CPU?',
  title: 'objects of scripts of small programs, one script on each CPU',
  cpus: FEW,
  columns: [
    { name: 'CPUs', unit: '' },
    { name: 'created and destroyed', unit: '' },
    { name: 'on one CPU', unit: '%' },
  ],
  runs: (cpus) =>
    SDET.runs(cpus)
      .filter((run) => run.kernel === 'k42' && run.options.length === 0)
      .map((run) => ({ ...run, objects: true })),
  rows: (cpus, results) =>
    cpus.map((count, i): Cell[] => {
      const ended = (results[i]?.instances ?? []).filter(
        (one) => one.createdOn !== undefined && one.destroyedOn !== undefined,
      );
      const local = ended.filter((one) => one.cores.length === 1);
      return [count, ended.length, Number(((100 * local.length) / Math.max(ended.length, 1)).toFixed(1))];
    }),
  plot: { kind: 'lines', x: 'CPUs', y: 'per cent', series: ['on one CPU'] },
};
