// Runs with parking and without it, which must show the same: random programs on random machines, stopped at random cycles.
import {
  Contention,
  Counters,
  combineObservers,
  Machine,
  type MachineOptions,
  Profile,
  profileNamed,
  type RestoreOptions,
  Trace,
  type TrapFrame,
} from '../../../machine/index.ts';
import type { Random } from '../../fuzz/random.ts';

/** What a case is made of: the same machine and the same stops, with parking and without. */
export interface ParkingCase {
  readonly name: string;
  readonly options: MachineOptions;
  /** Cycles of each run, one after the other; a last one of `mostCycles` follows. */
  readonly slices: readonly number[];
  readonly mostCycles: number;
  /** Whether the machine that parks goes on as a restored one after each stop, and whether it is observed. */
  readonly restores: boolean;
  readonly observed: boolean;
  readonly begin: (machine: Machine) => void;
  /** What is given to the console before each run. */
  readonly input?: Uint8Array;
}

const PROFILES = [
  ...['', '', '', 'uniform-2', 'uniform-8', 'amd-2x2', 'amd-4x4', 'intel-2x4', 'ibm-s85'],
  ...['epyc-genoa', 'graviton', 'xeon-spr'],
];

/** Options of a random machine with some cores, at most `most`. */
export function randomMachine(random: Random, most: number): MachineOptions & { readonly cores: number } {
  const named = random.pick(PROFILES);
  const wanted = random.pick([2, 2, 3, 4, 4, 8]);
  const profile = named === '' ? undefined : profileNamed(named);
  const { nodes, groupsPerNode, coresPerGroup } = profile?.topology ?? { nodes: 1, groupsPerNode: 1, coresPerGroup: 8 };
  return {
    ...(profile && { profile }),
    cores: Math.min(wanted, most, nodes * groupsPerNode * coresPerGroup),
    ramBytes: 1 << 23,
    frameStackBytes: 1 << 16,
    windowCycles: random.pick([1, 7, 40, 40, 100, 1000]),
    mode: random.pick(['fast', 'checked'] as const),
    audit: random.oneIn(8),
    ...(random.oneIn(4) && { leaveSeed: 1 + random.below(1000) }),
  };
}

export function randomSlices(random: Random, length: number): number[] {
  return random.oneIn(2)
    ? []
    : Array.from({ length: random.below(5) }, () => 1 + random.below(random.pick([100, length])));
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

/** All that a run shows, in lines, and how often a core was parked in it. */
export interface Sight {
  readonly lines: readonly string[];
  readonly parkings: number;
}

export function sightOf(given: ParkingCase, parking: boolean): Sight {
  const lines: string[] = [];
  const { leaveSeed } = given.options;
  const host: RestoreOptions = {
    onMark: (core, _name, value, cycle) => lines.push(`core ${core} marks ${value} at ${cycle}`),
    // Where a core stands depends on the coin that lets it leave at random.
    ...(!leaveSeed && {
      onCalls: (core: number, context: number, frames: readonly TrapFrame[], cycle: number) =>
        lines.push(
          `core ${core} shows ${context} at ${cycle}: ${frames.map(({ name, offset }) => `${name}+${offset}`)}`,
        ),
    }),
  };
  const observers = [new Trace(), new Counters(), new Profile({ period: 50 }), new Contention()];
  const observer = given.observed && parking ? { observer: combineObservers(observers) } : {};
  let machine = new Machine({ ...given.options, ...host, ...observer, parking });
  let parkings = 0;
  given.begin(machine);
  for (const slice of [...given.slices, given.mostCycles]) {
    if (given.input) machine.console.input(given.input);
    const { reason, exitCode, trap } = machine.run({ maxCycles: slice });
    lines.push([reason, machine.time, exitCode, trap?.message, machine.digest()].join(' '));
    for (let core = 0; core < machine.coreCount; core++) {
      const { trap: _, ...status } = machine.core(core);
      const stack = leaveSeed ? [] : machine.backtrace(core).map(({ name, offset }) => `${name}+${offset}`);
      lines.push(`core ${core}: ${JSON.stringify(status, plain)} ${stack}`);
    }
    const { counters, fabric } = machine.coherence;
    lines.push(JSON.stringify([counters.events(), fabric.links.bytes(0)]));
    parkings = machine.parkings;
    if (given.restores && parking) machine = Machine.restore(machine.snapshot(), host);
  }
  return { lines, parkings };
}

/** How often cores were parked. Throws where a line of what is shown differs. */
export function compareParking(given: ParkingCase): number {
  const without = sightOf(given, false);
  const parked = sightOf(given, true);
  if (without.parkings !== 0) throw new Error(`${given.name}: a core was parked although it must not be`);
  const at = without.lines.findIndex((line, i) => line !== parked.lines[i]);
  if (at < 0 && without.lines.length === parked.lines.length) return parked.parkings;
  const { profile, ...options } = given.options;
  const machine = JSON.stringify({
    profile: profile?.name,
    ...options,
    slices: given.slices,
    restores: given.restores,
  });
  const shown = (lines: readonly string[]) => lines.slice(at, at + 3).join('\n    ');
  throw new Error(
    `${given.name} on ${machine}:\n  without parking\n    ${shown(without.lines)}\n  with it\n    ${shown(parked.lines)}`,
  );
}
