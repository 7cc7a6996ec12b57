// What is run in Node and in the browser: the benchmark's programs, wrong programs, and cores that meet in one memory, on several machines.
import { readFileSync } from 'node:fs';
import { guestFile } from '../../host/guest-programs.ts';
import { sharingProgram } from '../machine/sharing-program.ts';
import type { Scenario } from './scenario.ts';

const BENCH = ['crc32', 'fibonacci', 'hashtable', 'interpreter', 'matmul32', 'matmul64', 'quicksort'];
const WRONG = ['divide_by_zero', 'load_out_of_bounds', 'recurse', 'null_element'];
/** Machines with a bus, with broadcast and with a directory. */
const SHARERS = [
  ['ibm-s85', 2],
  ['amd-4x4', 8],
  ['xeon-spr', 8],
] as const;
const MODES = ['fast', 'checked'] as const;

export async function programs(): Promise<Record<string, Uint8Array>> {
  const files = [...BENCH, 'faults', 'hello'].map((name) => [name, new Uint8Array(readFileSync(guestFile(name)))]);
  return { ...Object.fromEntries(files), sharing: await sharingProgram() };
}

const work = [
  { name: 'setup', args: [] },
  { name: 'run', args: [1] },
];

/** By what they are called. */
export function scenarios(): Map<string, Scenario> {
  const alone = BENCH.map(
    (program): Scenario => ({ program, profile: 'uniform-1', cores: 1, mode: 'fast', calls: work }),
  );
  const wrong = WRONG.map(
    (name): Scenario => ({
      program: 'faults',
      profile: 'uniform-2',
      cores: 2,
      mode: 'fast',
      calls: [{ name, args: [0] }],
    }),
  );
  const together = MODES.flatMap((mode): Scenario[] => [
    ...BENCH.map((program) => ({ program, profile: 'amd-4x4', cores: 5, mode, calls: work })),
    { program: 'hello', profile: 'uniform-2', cores: 2, mode, calls: [{ name: '_start', args: [] }] },
    ...SHARERS.map(([profile, cores]) => ({
      program: 'sharing',
      profile,
      cores,
      mode,
      seeded: true,
      calls: [{ name: 'work', args: [300] }],
    })),
  ]);
  return new Map([...alone, ...wrong, ...together].map((scenario) => [nameOf(scenario), scenario]));
}

function nameOf({ program, calls, cores, profile, mode }: Scenario): string {
  return `${program} ${calls.map(({ name }) => name).join(' ')}, ${cores} of ${profile}, ${mode}`;
}
