// What page faults and mappings cost when CPUs do them at the same time, by which of K42's objects are shared and which distributed over the CPUs. After
// the experiments of O. Krieger et al. (2006) and of the authors' account of 2007.
import { type BootFile, fileOf } from '../../boot/kernels.ts';
import { guestFile } from '../../guest-programs.ts';
import type { Experiment } from '../experiment.ts';
import { type Configuration, numberIn, type Sweep, sweep } from '../sweep.ts';
import { CPUS, k42, MACHINE } from './kernels.ts';

/** Pages that each CPU touches, and the RAM that 24 of them need. */
const PAGES = 2500;
const RAM_MIB = 512;

/** A thread on each CPU touches pages; what is told is the threads' time on the average. */
function memclone(
  spec: Pick<Sweep, 'name' | 'number' | 'question' | 'title' | 'configurations'> & { isOneRegion: boolean },
): Experiment {
  return sweep({
    ...spec,
    machine: MACHINE,
    cpus: CPUS,
    ramMib: RAM_MIB,
    files: () => [fileOf('/bin/zerofill', guestFile('k42/bin/zerofill'))],
    program: (cpus) => ['memclone', ...(spec.isOneRegion ? ['-s'] : []), '-p', `${PAGES}`, '-t', `${cpus}`],
    figure: ({ output }) => numberIn(output, /mean (\d+) us/) / 1000,
    unit: 'ms',
    plot: { y: 'milliseconds, average of the threads' },
  });
}

export const PAGE_FAULTS = memclone({
  name: 'page-faults',
  number: 'E-K4',
  question: 'What do page faults of one process cost, each CPU in memory of its own?',
  title: `${PAGES} page faults on each CPU, in regions of their own, by the Process object`,
  configurations: [
    k42('Process shared', 'process=shared'),
    k42('Process distributed', 'process=distributed'),
    {
      ...k42('zeroes in the kernel, without faults'),
      program: (cpus) => ['zerofill', '-p', `${PAGES}`, '-t', `${cpus}`],
    },
  ],
  isOneRegion: false,
});

export const PROCESS_AND_GLOBAL_PM = memclone({
  name: 'process-and-global-pm',
  number: 'E-K6',
  question: 'Which of the objects that all page faults share must be distributed?',
  title: `${PAGES} page faults on each CPU, by Process and Global PM`,
  configurations: [
    k42('both shared', 'process=shared', 'globalpm=shared'),
    k42('Process distributed', 'process=distributed', 'globalpm=shared'),
    k42('Global PM distributed', 'process=shared', 'globalpm=distributed'),
    k42('both distributed', 'process=distributed', 'globalpm=distributed'),
  ],
  isOneRegion: false,
});

export const ONE_REGION = memclone({
  name: 'one-region',
  number: 'E-K7',
  question: 'What do page faults cost when all CPUs have them in one region?',
  title: `${PAGES} page faults on each CPU, in one region, by the Region object`,
  configurations: [k42('Region shared', 'region=shared'), k42('Region distributed', 'region=distributed')],
  isOneRegion: true,
});

export const ONE_FCM = memclone({
  name: 'one-fcm',
  number: 'E-K9',
  question: 'How should the pages of one large allocation be kept?',
  title: `${PAGES} page faults on each CPU, in one region, by the FCM`,
  configurations: [
    k42('shared', 'fcm=shared'),
    k42('DHash', 'fcm=dhash'),
    k42('partitioned', 'fcm=partitioned'),
    k42('by use'),
  ],
  isOneRegion: true,
});

/** What mapbench says of regions that nobody has touched, or that all have, of Process objects of a family. */
function mapping(family: string, what: string): Configuration & { readonly pattern: RegExp } {
  const name = `${family}, ${what === 'untouched' ? 'never accessed' : 'accessed on all'}`;
  return { ...k42(name, `process=${family}`), pattern: new RegExp(`^${what}: map (\\d+) ns, unmap (\\d+) ns$`, 'm') };
}

const MAPPINGS = ['shared', 'distributed'].flatMap((family) =>
  ['untouched', 'touched by all'].map((what) => mapping(family, what)),
);

export const MAP_AND_UNMAP = sweep({
  name: 'map-and-unmap',
  number: 'E-K5',
  question: 'What does it cost to map and unmap a region, when nobody has accessed it, and when all CPUs have?',
  title: 'mapping and unmapping a region of 16 pages, by the Process object',
  machine: MACHINE,
  cpus: CPUS,
  configurations: MAPPINGS,
  program: (cpus) => ['mapbench', '-t', `${cpus}`, '-p', '16', '-r', '10'],
  figure: ({ output }, _cpus, { pattern }) => {
    const [, map, unmap] = pattern.exec(output) ?? [];
    return (Number(map) + Number(unmap)) / 1000;
  },
  unit: 'us',
  plot: { y: 'microseconds for both' },
});

/** Text of lines of words of letters from a to p, the same each time. */
function text(bytes: number): Uint8Array {
  const made = new Uint8Array(bytes);
  let seed = 1;
  for (let i = 0; i < bytes; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    made[i] = i % 64 === 63 ? 0x0a : seed >>> 29 === 0 ? 0x20 : 0x61 + ((seed >>> 20) & 15);
  }
  return made;
}

const TEXT_MIB = 4;
const TEXT: BootFile = { path: '/text', bytes: text(TEXT_MIB * 2 ** 20), origin: '' };

export const GREP = sweep({
  name: 'grep',
  number: 'E-K8',
  question: 'What does it cost that all CPUs read one file?',
  title: `one grep on each CPU over a common file of ${TEXT_MIB} MiB, by the FCM`,
  machine: MACHINE,
  cpus: CPUS,
  configurations: [k42('shared', 'fcm=shared'), k42('DHash', 'fcm=dhash')],
  files: () => [TEXT],
  // What does not match ends with status 1.
  program: (cpus) => ['together', '-n', `${cpus}`, 'sh', '-c', 'grep nothing /text; true'],
  figure: ({ output }) => numberIn(output, /: mean (\d+) us/) / 1000,
  unit: 'ms',
  plot: { y: 'milliseconds, average' },
});
