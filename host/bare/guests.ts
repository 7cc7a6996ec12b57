// The bare-metal guests (guest/bare): one entry each, in the order in which `--list` shows them.
import { type MachineProfile, nearest, relation, relations } from '../../machine/index.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { CommandFailure } from '../cli/failure.ts';
import type { Column } from '../table.ts';
import type { BareGuest, Parameter, Parameters, Setting } from './guest.ts';

const MOST_COUNT = 1_000_000_000;
const KIB = 1024;
const MIB = 1024 * KIB;
const PAGE_BYTES = 4 * KIB;
/** Of an arena of page-touch: for page tables and the list of frames. */
const PAGES_BESIDE = 16;

const cycles = (...names: string[]): Column[] => names.map((name) => ({ name, unit: 'cycles' }));
const CORES_LABEL: Column = { name: 'cores', unit: '' };
const RELATION_LABEL: Column = { name: 'relation', unit: '' };

function countOf(name: string, meaning: string): Parameter {
  return { name, meaning, least: 1, most: MOST_COUNT };
}

/** Numbers of cores, each a row: every one from `first` on, of which machines with more than 32 cores take multiples of four. */
function counts(first: number): Parameter {
  return {
    name: 'counts',
    meaning: 'numbers of cores, a row each',
    list: true,
    least: first,
    most: ({ cores }) => cores,
    value: ({ cores }) => {
      const all = Array.from({ length: cores - first + 1 }, (_, i) => first + i);
      return cores <= 32 ? all : all.filter((count) => count % 4 === 0 || count < 4 || count === cores);
    },
  };
}

/** Runs that differ in it alone show what chance does to the figures. */
const SEED: Parameter = {
  name: 'seed',
  meaning: 'another number, other random times',
  least: 0,
  most: MOST_COUNT,
};

/** Pairs of cores that stand for a relation. */
const PAIRS = 6;

/** One side of some pairs of cores for each relation that occurs, from near to far; the guest's rows of one relation become one. */
function pairs(side: 0 | 1): Parameter {
  return {
    name: side === 0 ? 'senders' : 'receivers',
    meaning: `${side === 0 ? 'first' : 'second'} core of each pair; a row is the mean of the pairs of one relation`,
    list: true,
    least: 0,
    most: ({ cores }) => cores - 1,
    value: ({ profile, cores }) =>
      relations(profile).flatMap((entry) => somePairs(profile, cores, entry.relation)[side]),
  };
}

/** At most PAIRS of the pairs among the first cores that have a relation, evenly spread over all that have: both sides as lists. */
function somePairs(profile: MachineProfile, cores: number, name: string): [number[], number[]] {
  const all: [number, number][] = [];
  for (let a = 0; a < cores; a++) {
    for (let b = a + 1; b < cores; b++) if (relation(profile, a, b) === name) all.push([a, b]);
  }
  const count = Math.min(PAIRS, all.length);
  const some = Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as [number, number]);
  return [some.map(([a]) => a), some.map(([, b]) => b)];
}

/** The label of row `row` of a guest of pairs: how the two cores are to each other. */
function relationOf(row: number, { profile }: Setting, parameters: Parameters): string {
  const [a, b] = ['senders', 'receivers'].map((name) => parameters.get(name)?.[row] ?? 0);
  return relation(profile, a as number, b as number);
}

const number = (row: number): number => row;

/** What the table shows of each kind of trap. */
const TRAPS = ['system call', 'page fault', 'interrupt to itself'];

export const BARE_GUESTS: readonly BareGuest[] = [
  {
    name: 'line-transfer',
    title: 'a load of a line that another core has written',
    leastCores: 1,
    uses: 'all',
    parameters: [
      {
        name: 'cas',
        meaning: '1: half a round trip of a line handed to and fro by compare-and-swap',
        least: 0,
        most: 1,
      },
      countOf('repetitions', 'loads of each pair that are measured'),
    ],
    label: { name: 'owner', unit: 'core' },
    labelOf: number,
    columns: ({ cores }) => cycles(...Array.from({ length: cores }, (_, core) => String(core))),
  },
  {
    name: 'urpc',
    title: 'messages of one line between two user programs',
    leastCores: 2,
    uses: 'all',
    parameters: [pairs(0), pairs(1)],
    label: RELATION_LABEL,
    labelOf: relationOf,
    columns: () => [...cycles('latency'), { name: 'throughput', unit: 'messages/kcycle' }],
  },
  {
    name: 'shared-update',
    title: 'updates of a few lines, by shared memory and by messages to a server',
    leastCores: 2,
    uses: 'all',
    parameters: [counts(2), countOf('operations', 'updates by each core that are measured'), SEED],
    label: CORES_LABEL,
    labelOf: number,
    columns: () => cycles('SHM1', 'SHM2', 'SHM4', 'SHM8', 'MSG1', 'MSG8', 'Server'),
  },
  {
    name: 'counter',
    title: 'a counter that all cores increment: round trips',
    leastCores: 1,
    uses: 'all',
    parameters: [
      counts(1),
      countOf('operations', 'round trips of each core that are measured'),
      {
        name: 'work',
        meaning:
          'cycles on the core itself in each round trip: the path of a protected procedure call, where the profile knows it',
        least: 0,
        most: MOST_COUNT,
        value: ({ profile: { reference } }) => {
          if (reference === undefined) return [1000];
          return [Math.round(reference.ppcPath === 'one-way' ? 2 * reference.ppcCycles : reference.ppcCycles)];
        },
      },
      SEED,
    ],
    label: CORES_LABEL,
    labelOf: number,
    columns: () => cycles('lock', 'atomic', 'unpadded', 'padded'),
  },
  {
    name: 'ipi',
    title: 'an interrupt from one core to another',
    leastCores: 2,
    uses: 'all',
    parameters: [pairs(0), pairs(1)],
    label: RELATION_LABEL,
    labelOf: relationOf,
    columns: () => cycles('send', 'handler, running', 'resumed, running', 'handler, halted', 'resumed, halted'),
  },
  {
    name: 'mwait',
    title: 'from a store to the core that waits for it',
    leastCores: 2,
    uses: 'all',
    parameters: [pairs(0), pairs(1)],
    label: RELATION_LABEL,
    labelOf: relationOf,
    columns: () => cycles('poll', 'mwait'),
  },
  {
    name: 'trap',
    title: 'into the kernel and back',
    leastCores: 1,
    uses: 'one',
    parameters: [
      countOf('operations', 'round trips that are measured'),
      {
        name: 'only',
        meaning: `one kind of trap alone: ${TRAPS.map((trap, i) => `${i} ${trap}`).join(', ')}`,
        least: 0,
        most: 2,
      },
    ],
    label: { name: 'trap', unit: '' },
    labelOf: (row) => TRAPS[row] ?? row,
    columns: () => cycles('round trip'),
  },
  {
    name: 'page-touch',
    title: 'a write to each line of fresh pages',
    leastCores: 1,
    uses: 'all',
    parameters: [
      counts(1),
      {
        name: 'pages',
        meaning: 'pages of each core',
        least: 1,
        most: 3000,
        // As many as the paper's program touches, unless there are so many cores that the RAM gives out.
        value: ({ cores }) => [Math.min(2500, Math.floor((900 * MIB) / cores / PAGE_BYTES) - PAGES_BESIDE)],
      },
    ],
    arenaBytes: (parameters) => PAGE_BYTES * ((parameters.get('pages')?.[0] ?? 0) + PAGES_BESIDE),
    label: CORES_LABEL,
    labelOf: number,
    columns: () => [...cycles('page', 'line'), { name: 'faults', unit: 'per core' }],
  },
  {
    name: 'chase',
    title: 'a pointer chase through regions of growing size',
    leastCores: 1,
    uses: 'one',
    parameters: [
      {
        name: 'sizes',
        meaning: 'bytes of a region, a row each',
        list: true,
        least: 256,
        most: 256 * MIB,
        value: () => [16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB, 16 * MIB],
      },
      countOf('steps', 'loads of each size that are measured'),
    ],
    arenaBytes: (parameters) => Math.max(...(parameters.get('sizes') ?? [])),
    label: { name: 'size', unit: 'bytes' },
    labelOf: number,
    columns: () => cycles('load'),
  },
  {
    name: 'spin',
    title: 'many cores on one test-and-test-and-set lock',
    leastCores: 1,
    uses: 'all',
    parameters: [
      counts(1),
      countOf('duration', 'cycles in which acquisitions are counted'),
      {
        name: 'delay',
        meaning: 'mean cycles from a release to the next acquisition of a core',
        least: 0,
        most: 1_000_000,
      },
      SEED,
    ],
    label: CORES_LABEL,
    labelOf: number,
    columns: () => [
      ...cycles('handover'),
      { name: 'throughput', unit: 'acquisitions/kcycle' },
      { name: 'fewest', unit: 'acquisitions' },
      { name: 'most', unit: 'acquisitions' },
    ],
  },
  {
    name: 'poll',
    title: 'one core at work while the others poll',
    leastCores: 1,
    uses: 'all',
    parameters: [countOf('rounds', 'rounds of the work')],
    label: { name: 'polling', unit: 'cores' },
    labelOf: number,
    columns: () => cycles('work'),
  },
];

/** Throws a CommandFailure (usage) that lists the guests, nearest first. */
export function bareGuest(name: string): BareGuest {
  const found = BARE_GUESTS.find((guest) => guest.name === name);
  if (found !== undefined) return found;
  const names = BARE_GUESTS.map((guest) => guest.name);
  const meant = nearest(name, names);
  throw new CommandFailure(EXIT.usage, `there is no bare-metal guest "${name}"`, {
    where: [`guests: ${names.join(', ')}`],
    hint: meant === undefined ? 'manycore bare --list says what they do' : `did you mean ${meant}?`,
  });
}
