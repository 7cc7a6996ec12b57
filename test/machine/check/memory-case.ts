// Cases of the random tester of the whole memory system: a machine, a program, and runs of it that must agree: with and without access filters,
// leaving at random, with and without audit; and with the oracle where the program is race-free.
import {
  type HostFunction,
  I32,
  I64,
  type Instance,
  Machine,
  type MachineOptions,
  type MachineProfile,
} from '../../../machine/index.ts';
import { Random } from '../../fuzz/random.ts';
import { describeProgram, MEMORY_PAGES, type Operation, type Program, randomProgram } from './memory-program.ts';
import { moduleOf } from './program-module.ts';
import { firstContents, MEMORY_BYTES, ProgramOracle } from './program-oracle.ts';
import { describeProfile, randomProfile } from './random-profile.ts';

export interface MemoryCase {
  readonly profile: MachineProfile;
  readonly program: Program;
  readonly windowCycles: number;
  readonly leaveSeed: number;
}

export interface CaseRun {
  readonly machine: Machine;
  readonly results: readonly (bigint | undefined)[];
  readonly memories: readonly Uint8Array[];
  /** All that may not depend on the mode, as text. */
  readonly measures: string;
}

const WINDOWS = [1, 7, 40, 1000];
const MOST_CYCLES = 20_000_000;
const BLOCK = 65536;
/** What the last address space would call. */
const NOBODY: HostFunction = {
  type: { params: [I32, I32, I64], results: [I64] },
  call: ([, , seen]) => [seen as bigint],
};

export function randomCase(seed: number, number: number, mostCores = 32): MemoryCase {
  const random = new Random(seed, number);
  const profile = randomProfile(random, mostCores);
  const { nodes, groupsPerNode, coresPerGroup } = profile.topology;
  return {
    profile,
    program: randomProgram(random, nodes * groupsPerNode * coresPerGroup, profile.lineBytes),
    windowCycles: random.pick(WINDOWS),
    leaveSeed: 1 + random.below(1 << 30),
  };
}

/** Makes the machine of a case, with every core about to run its program, and the instances' memories. */
export function startCase({ profile, program, windowCycles }: MemoryCase, options: MachineOptions) {
  const spaces = program.spaces.length;
  const machine = new Machine({
    profile,
    windowCycles,
    ramBytes: BLOCK * ((MEMORY_PAGES + 2) * spaces + 2 * profile.topology.nodes),
    frameStackBytes: 16384,
    ...options,
  });
  const images = program.spaces.map((operations) => machine.load(moduleOf(operations)));
  const memories = program.spaces.map(() =>
    machine.createMemory({ min: MEMORY_PAGES, max: MEMORY_PAGES, shared: true }),
  );
  memories.forEach(({ space }, i) => {
    space.write(0, firstContents(i));
  });
  for (let core = 0; core < machine.coreCount; core++) {
    let next: Instance | undefined;
    for (let i = spaces - 1; i >= 0; i--) {
      const imports = { env: { memory: memories[i]! }, next: { part: next?.exports.part ?? NOBODY } };
      next = machine.instantiate(images[i]!, imports);
    }
    machine.start(core, next!, 'run', [BigInt(core), BigInt(program.rounds)]);
  }
  return { machine, memories };
}

export function runCase(which: MemoryCase, options: MachineOptions): CaseRun {
  const { machine, memories } = startCase(which, options);
  const { reason, trap, message } = machine.run({ maxCycles: MOST_CYCLES });
  if (reason !== 'finished') throw new Error(`the run ended with ${reason}: ${trap?.message ?? message ?? ''}`);
  const cores = Array.from({ length: machine.coreCount }, (_, core) => machine.core(core));
  const measures = cores.map((core, i) => `core ${i}: ${Object.values(core).join(' ')}`);
  measures.push(`digest ${machine.digest()}`, JSON.stringify(machine.coherence.counters.save()));
  return {
    machine,
    results: cores.map(({ results }) => results?.[0]),
    memories: memories.map(({ space }) => space.read(0, MEMORY_BYTES)),
    measures: measures.join('\n'),
  };
}

function firstDifference(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, i) => line !== right[i]);
  return `${left[at]}\n  and ${right[at]}`;
}

function checkOracle({ program, profile }: MemoryCase, run: CaseRun): void {
  const oracle = new ProgramOracle(program, profile.lineBytes);
  run.results.forEach((result, core) => {
    const expected = oracle.run(core);
    if (result !== expected) throw new Error(`core ${core} has seen ${result}, the oracle says ${expected}`);
  });
  run.memories.forEach((memory, space) => {
    const expected = oracle.memories[space]!;
    const at = memory.findIndex((byte, i) => byte !== expected[i]);
    if (at >= 0)
      throw new Error(
        `byte 0x${at.toString(16)} of space ${space} is ${memory[at]} at the end, the oracle says ${expected[at]}`,
      );
  });
}

/** Runs a case in all ways; throws what is wrong. Returns the first run, which was audited. */
export function checkCase(which: MemoryCase): CaseRun {
  const { leaveSeed } = which;
  const first = runCase(which, { audit: true });
  if (which.program.isRaceFree) checkOracle(which, first);
  const others: MachineOptions[] = [
    {},
    { mode: 'checked', audit: true },
    { leaveSeed, audit: true },
    { mode: 'checked', leaveSeed },
  ];
  for (const options of others) {
    const run = runCase(which, options);
    const difference =
      run.measures === first.measures
        ? run.memories.some((memory, i) => Buffer.compare(memory, first.memories[i]!) !== 0) && 'contents of memory'
        : firstDifference(first.measures, run.measures);
    if (difference) throw new Error(`with ${JSON.stringify(options)} the run differs: ${difference}`);
  }
  return first;
}

export function failureOf(which: MemoryCase, check: (which: MemoryCase) => void = checkCase): Error | undefined {
  try {
    check(which);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Fewer operations and rounds, found by leaving out ranges, as long as it still fails. */
export function shrinkCase(which: MemoryCase, check: (which: MemoryCase) => void = checkCase): MemoryCase {
  let smallest = which;
  const attempt = (program: Program): boolean => {
    const candidate = { ...smallest, program };
    if (!failureOf(candidate, check)) return false;
    smallest = candidate;
    return true;
  };
  while (smallest.program.rounds > 1 && attempt({ ...smallest.program, rounds: smallest.program.rounds - 1 }));
  which.program.spaces.forEach((operations, space) => {
    const without = (start: number, size: number): readonly (readonly Operation[])[] =>
      smallest.program.spaces.map((all, i) =>
        i === space ? [...all.slice(0, start), ...all.slice(start + size)] : all,
      );
    for (let size = Math.ceil(operations.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let start = 0; start < smallest.program.spaces[space]!.length; ) {
        if (!attempt({ ...smallest.program, spaces: without(start, size) })) start += size;
      }
    }
  });
  return smallest;
}

export function describeCase({ profile, program, windowCycles, leaveSeed }: MemoryCase): string {
  return `${describeProfile(profile)}; windows of ${windowCycles}, leave seed ${leaveSeed}; ${describeProgram(program)}`;
}
