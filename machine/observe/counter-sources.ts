// Where the counters of counter-list.ts are kept in a machine: the things that count, and how each is read.
import { EVENT_NAMES, EVENTS, STATE_NAMES } from '../coherence/states.ts';
import type { Resources } from '../interconnect/resources.ts';
import { groupOf } from '../profile/topology.ts';
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import { COUNTERS, type CoreCounterName, type CounterScope } from './counter-list.ts';
import type { ObservedMachine } from './observer.ts';

/** A thing that counts. */
export interface CounterSource {
  readonly scope: CounterScope;
  /** `core 3`, `link 0 to 1`. */
  readonly name: string;
  /** The value of each of its scope's counters, in the order of the list; NaN for what this machine does not have. */
  read(): number[];
}

/** What observers count of a core, since the machine keeps no count of it. */
export type CoreEvents = Record<
  'traps' | 'interrupts' | 'ipisSent' | 'contextSwitches' | 'sleeps' | 'sleepCycles',
  number
>;

export function counterSources(machine: ObservedMachine, events: readonly CoreEvents[]): CounterSource[] {
  return [
    ...events.map((own, core) => coreSource(machine, core, own)),
    ...sharedCaches(machine),
    ...links(machine),
    ...fabricResources(machine),
    ...protocolRows(machine),
  ];
}

function coreSource(machine: ObservedMachine, core: number, events: CoreEvents): CounterSource {
  const names = Object.keys(COUNTERS.core) as CoreCounterName[];
  const hasL2 = machine.profile.l2 !== undefined;
  const hasShared = machine.profile.shared !== undefined;
  const read = () => {
    const own = machine.core(core);
    const { sharedHits, sharedMisses, ...coherence } = machine.coherence.counters.of(core);
    const values: Record<CoreCounterName, number> = {
      ...coherence,
      ...events,
      cycles: own.cycles,
      instructions: own.instructions,
      accesses: own.accesses,
      l1ReadMisses: own.readMisses,
      l1WriteMisses: own.writeMisses,
      l2Hits: hasL2 ? own.l2Hits : Number.NaN,
      l2Misses: hasL2 ? own.l2Misses : Number.NaN,
      tlbMisses: own.tlbMisses,
      pageWalks: own.walks,
      stallCycles: own.stallCycles,
      sharedHits: hasShared ? sharedHits : Number.NaN,
      sharedMisses: hasShared ? sharedMisses : Number.NaN,
    };
    return names.map((name) => values[name]);
  };
  return { scope: 'core', name: `core ${core}`, read };
}

function sharedCaches({ profile, coherence, coreCount }: ObservedMachine): CounterSource[] {
  const { groups } = coherence;
  if (!groups || !profile.shared) return [];
  const { name } = profile.shared;
  const cores = Array.from({ length: coreCount }, (_, core) => core);
  return groups.caches.map((_, group) => {
    const own = cores.filter((core) => groupOf(profile, core) === group);
    const sum = (counter: 'sharedHits' | 'sharedMisses') =>
      own.reduce((total, core) => total + coherence.counters.of(core)[counter], 0);
    const read = () => [sum('sharedHits'), sum('sharedMisses'), busyCycles(groups.ports, group)];
    return { scope: 'sharedCache', name: `${name} of group ${group}`, read };
  });
}

/** Two directions each. */
function links({ profile, coherence }: ObservedMachine): CounterSource[] {
  const { links } = coherence.fabric;
  return profile.topology.links.flatMap(({ between: [a, b] }, link) =>
    [
      [a, b, 2 * link],
      [b, a, 2 * link + 1],
    ].map(([from, to, direction]): CounterSource => {
      const read = () => [links.bytes(direction), links.messages(direction), links.work(direction) / TICKS_PER_CYCLE];
      return { scope: 'link', name: `link ${from} to ${to}`, read };
    }),
  );
}

function fabricResources({ coherence }: ObservedMachine): CounterSource[] {
  const { fabric } = coherence;
  const each = (scope: CounterScope, resources: Resources, name: (index: number) => string): CounterSource[] =>
    Array.from({ length: resources.count }, (_, index) => {
      return { scope, name: name(index), read: () => [busyCycles(resources, index)] };
    });
  const sources = each('memory', fabric.memory.resources, (node) => `memory of node ${node}`);
  const { buses, directories } = fabric;
  if (buses) sources.push(...each('bus', buses, (i) => ['address bus', 'data bus'][i]));
  if (directories) sources.push(...each('directory', directories, (node) => `directory of node ${node}`));
  return sources;
}

function busyCycles(resources: Resources, index: number): number {
  return resources.work[index] / TICKS_PER_CYCLE;
}

function protocolRows({ coherence }: ObservedMachine): CounterSource[] {
  const { rows } = coherence.counters;
  return STATE_NAMES.flatMap((state, s) =>
    EVENT_NAMES.map((event, e): CounterSource => {
      return { scope: 'protocol', name: `${state} ${event}`, read: () => [rows[s * EVENTS + e]] };
    }),
  );
}
