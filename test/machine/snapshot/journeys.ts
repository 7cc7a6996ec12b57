// Runs of machines that are stopped at some cycles; there the machine may be replaced by one that is restored from it.
import { readFileSync } from 'node:fs';
import { bareGuest } from '../../../host/bare/guests.ts';
import { commandLine, readParameters } from '../../../host/bare/parameters.ts';
import { guestFile } from '../../../host/guest-programs.ts';
import {
  decodeSnapshot,
  encodeSnapshot,
  type Imports,
  Machine,
  type MachineOptions,
  profileNamed,
  type RestoreOptions,
} from '../../../machine/index.ts';
import { assemble } from '../../host/assemble.ts';
import { preemptiveKernel } from '../core/preemptive-kernel.ts';
import { sharingProgram } from '../sharing-program.ts';
import { beginLinked, LINKED_IMPORTS } from './linked-program.ts';

export interface Journey {
  readonly name: string;
  /** Names of profiles on which it goes. */
  readonly profiles: readonly string[];
  /** Cycles that it takes, about: where it is stopped is within these. */
  readonly length: number;
  readonly ramBytes?: number;
  readonly imports?: Imports;
  /** Cores that there are at most; all of the profile's otherwise. */
  readonly mostCores?: number;
  /** What happens in turn, each when all cores are done with the one before. It finds images and instances in the machine. */
  readonly phases: readonly ((machine: Machine) => void)[];
}

const MOST_CYCLES = 100_000_000;
const MIB = 2 ** 20;

function guest(name: string): Uint8Array {
  return new Uint8Array(readFileSync(guestFile(name)));
}

/** One of the benchmark's programs, on every core. */
function bench(name: string, length: number): Journey {
  const bytes = guest(name);
  const start = (machine: Machine, call: string, args: readonly bigint[]) => {
    for (const [core, instance] of machine.instances.entries()) {
      if (instance.exports[call] !== undefined) machine.start(core, instance, call, args);
    }
  };
  return {
    name,
    profiles: ['uniform-1', 'uniform-3', 'amd-2x2'],
    length,
    phases: [
      (machine) => {
        const image = machine.load(bytes);
        for (let core = 0; core < machine.coreCount; core++) machine.instantiate(image);
        start(machine, 'setup', []);
      },
      (machine) => start(machine, 'run', [1n]),
      (machine) => start(machine, 'run', [1n]),
    ],
  };
}

/** A program that goes wrong, on every core. */
function wrong(name: string): Journey {
  const bytes = guest('faults');
  const start = (machine: Machine) => {
    const instance = machine.instantiate(machine.images[0] ?? machine.load(bytes));
    for (let core = 0; core < machine.coreCount; core++) machine.start(core, instance, name, [0n]);
  };
  return { name: `faults ${name}`, profiles: ['uniform-2'], length: 300_000, phases: [start, start] };
}

function bare(name: string, length: number, profiles: readonly string[], texts: readonly string[] = []): Journey {
  const bytes = guest(`bare/${name}`);
  return {
    name: `bare ${name}`,
    profiles,
    length,
    ramBytes: 64 * MIB,
    phases: [
      (machine) => {
        const setting = { profile: machine.profile, cores: machine.coreCount };
        const parameters = readParameters(bareGuest(name), setting, texts);
        const kernel = machine.load(bytes, { privilege: 'kernel' });
        machine.boot({ kernel, commandLine: commandLine(machine.coreCount, parameters) });
      },
    ],
  };
}

const sharing = await sharingProgram();
const preemptive = await assemble(preemptiveKernel(3, 3001));
const processes = ['quicksort', 'hashtable', 'interpreter'].map(guest);
const SMALL = ['uniform-2', 'amd-2x2'];

export const JOURNEYS: readonly Journey[] = [
  bench('quicksort', 700_000),
  bench('fibonacci', 300_000),
  wrong('divide_by_zero'),
  wrong('recurse'),
  {
    name: 'sharing',
    profiles: ['uniform-1', 'uniform-4', 'ibm-s85', 'intel-2x4', 'amd-4x4', 'xeon-spr', 'epyc-genoa'],
    mostCores: 8,
    length: 400_000,
    phases: [
      (machine) => {
        const image = machine.load(sharing);
        const memory = machine.createMemory({ min: 4, max: 4, shared: true });
        for (let core = 0; core < machine.coreCount; core++) {
          const instance = machine.instantiate(image, { env: { memory } });
          machine.start(core, instance, 'work', [BigInt(core + 1), 200n]);
        }
      },
    ],
  },
  {
    name: 'linked modules',
    profiles: ['uniform-1', 'uniform-2'],
    length: 6000,
    imports: LINKED_IMPORTS,
    phases: [beginLinked],
  },
  {
    name: 'preempted processes',
    profiles: ['uniform-1', 'ibm-s85'],
    mostCores: 1,
    length: 2_000_000,
    ramBytes: 8 * MIB,
    phases: [
      (machine) => {
        const kernel = machine.load(preemptive, { privilege: 'kernel' });
        machine.boot({ kernel, user: processes.map((bytes) => machine.load(bytes)) });
      },
    ],
  },
  bare('urpc', 200_000, SMALL),
  bare('shared-update', 600_000, SMALL, ['operations=20']),
  bare('counter', 300_000, SMALL, ['operations=20']),
  bare('ipi', 200_000, SMALL),
  bare('mwait', 200_000, SMALL),
  bare('trap', 200_000, SMALL),
  bare('page-touch', 500_000, SMALL, ['pages=40']),
];

/** A machine's options for a journey. */
export function optionsFor(journey: Journey, profile: string, settings: MachineOptions): MachineOptions {
  const chosen = profileNamed(profile);
  const { nodes, groupsPerNode, coresPerGroup } = chosen.topology;
  const cores = Math.min(nodes * groupsPerNode * coresPerGroup, journey.mostCores ?? 128);
  return { profile: chosen, cores, ramBytes: journey.ramBytes ?? 16 * MIB, frameStackBytes: 65536, ...settings };
}

export type Replace = (machine: Machine, host: RestoreOptions) => Machine;

export const stay: Replace = (machine) => machine;

/** Goes on with a machine that is restored, from the snapshot or from its bytes, and that takes the same snapshot. */
export function restored(throughBytes: boolean): Replace {
  return (machine, host) => {
    const snapshot = machine.snapshot();
    const bytes = encodeSnapshot(snapshot);
    const other = Machine.restore(throughBytes ? decodeSnapshot(bytes) : structuredClone(snapshot), host);
    if (!Buffer.from(bytes).equals(encodeSnapshot(other.snapshot()))) {
      throw new Error('the snapshot of a restored machine differs from the one that it is restored from');
    }
    return other;
  };
}

/** All that a journey shows, in text. */
export interface Sight {
  readonly outcomes: readonly string[];
  readonly cores: readonly string[];
  readonly told: readonly string[];
  readonly coherence: string;
  /** How often a core was entered: the one thing that depends on where runs are stopped. */
  readonly switches: number;
  readonly digest: string;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Error ? value.message : value;
}

/** Makes the journey, with stops after each number of cycles, and goes on after each as `replace` says. */
export function travel(journey: Journey, options: MachineOptions, stops: readonly number[], replace: Replace): Sight {
  const told: string[] = [];
  const host: RestoreOptions = {
    onLog: (core, text, cycle) => told.push(`${cycle} ${core} log ${text}`),
    onMark: (core, name, value, cycle) => told.push(`${cycle} ${core} mark ${name} ${value}`),
    onReport: (core, name, value, cycle) => told.push(`${cycle} ${core} report ${name} ${value}`),
    imports: journey.imports ?? {},
  };
  const { imports, ...callbacks } = host;
  let machine = new Machine({ ...options, ...callbacks });
  const outcomes: string[] = [];
  const waiting = [...stops];
  for (const phase of journey.phases) {
    phase(machine);
    for (let over = false; !over; ) {
      const stop = waiting.shift();
      const { reason, exitCode, trap, message } = machine.run({ maxCycles: stop ?? MOST_CYCLES });
      const calls = trap?.frames.map(({ name, offset }) => `${name}+${offset}`).slice(0, 20) ?? [];
      outcomes.push([reason, exitCode, trap?.message, ...calls, message, machine.time].join(' '));
      if (stop !== undefined) machine = replace(machine, host);
      // Where one core has trapped the others go on, until they are done.
      const goesOn = reason === 'trapped' ? machine.runnableCores > 0 : reason === 'cycle-limit' && stop !== undefined;
      over = !goesOn;
    }
  }
  const { counters, fabric } = machine.coherence;
  const links = Array.from({ length: fabric.links.directions }, (_, i) => fabric.links.bytes(i));
  return {
    outcomes,
    cores: Array.from({ length: machine.coreCount }, (_, core) => JSON.stringify(machine.core(core), plain)),
    told,
    coherence: JSON.stringify([counters.events(), links]),
    switches: machine.switches,
    digest: machine.digest(),
  };
}
