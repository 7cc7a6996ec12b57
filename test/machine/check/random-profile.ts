// Machines with private caches and TLBs so small that everything is pushed out all the time, and every choice that makes a difference for them.
import { type MachineProfile, readProfile, uniform } from '../../../machine/index.ts';
import type { Random } from '../../fuzz/random.ts';

const FABRICS = {
  bus: { kind: 'bus', arbitrationCycles: 5, snoopCycles: 7, transferCycles: 11, bytesPerCycle: 16 },
  broadcast: { kind: 'broadcast', requestCycles: 13, probeCycles: 17, responseCycles: 19 },
  directory: { kind: 'directory', requestCycles: 13, probeCycles: 17, responseCycles: 19, lookupCycles: 23 },
} as const;

function randomTopology(random: Random, mostCores: number, oneNode: boolean): MachineProfile['topology'] {
  for (;;) {
    const nodes = oneNode ? 1 : random.pick([1, 2, 3, 4]);
    const groupsPerNode = random.pick([1, 1, 2, 3]);
    const coresPerGroup = random.pick([1, 2, 2, 3, 4, 8]);
    const cores = nodes * groupsPerNode * coresPerGroup;
    if (cores < 2 || cores > mostCores) continue;
    const links = Array.from({ length: nodes > 2 ? nodes : nodes - 1 }, (_, node) => ({
      between: [node, (node + 1) % nodes] as [number, number],
      latencyCycles: 29 + node,
      bytesPerCycle: 8,
    }));
    return { nodes, groupsPerNode, coresPerGroup, links };
  }
}

function randomTlb(random: Random): MachineProfile['tlb'] {
  const level = (ways: readonly number[], sets: readonly number[]) => {
    const size = random.pick(ways);
    return { ways: size, entries: size * random.pick(sets) };
  };
  const second = random.oneIn(2) ? { second: { ...level([1, 2, 4], [1, 2, 4]), latencyCycles: 7 } } : {};
  return { ...level([1, 2, 4], [1, 2]), ...second, addressSpaceIds: random.oneIn(2) };
}

/** Private caches: the L1 has 1 to 16 lines, an inclusive L2 at least as many. */
function randomCaches(random: Random, lineBytes: number): Pick<MachineProfile, 'l1' | 'l2'> {
  // A cache of one line of 32 bytes is less than a profile may have.
  const size = (sets: number, ways: number) => ({ sizeBytes: Math.max(64, sets * ways * lineBytes), ways });
  const sets = random.pick([1, 2, 2, 4]);
  const ways = random.pick([1, 1, 2, 2, 3, 9]);
  const l1 = { ...size(sets, ways), latencyCycles: 2 };
  const inclusion = random.pick([undefined, 'inclusive', 'exclusive'] as const);
  if (inclusion === undefined) return { l1 };
  for (;;) {
    const l2 = size(random.pick([1, 2, 4, 8]), random.pick([1, 2, 3, 4, 10]));
    if (inclusion === 'exclusive' || l2.sizeBytes >= l1.sizeBytes)
      return { l1, l2: { ...l2, latencyCycles: 9, inclusion } };
  }
}

function randomShared(random: Random, privateBytes: number, lineBytes: number): Pick<MachineProfile, 'shared'> {
  const inclusion = random.pick([undefined, 'inclusive', 'victim'] as const);
  if (inclusion === undefined) return {};
  const ways = random.pick([1, 2, 4, 8]);
  let sets = random.pick([1, 2, 4]);
  while (inclusion === 'inclusive' && sets * ways * lineBytes < privateBytes) sets *= 2;
  const sizeBytes = Math.max(64, sets * ways * lineBytes);
  const times = { latencyCycles: 31, transferCycles: 47, occupancyCycles: 2 };
  return { shared: { name: 'L3', sizeBytes, ways, ...times, inclusion } };
}

export function randomProfile(random: Random, mostCores: number): MachineProfile {
  const kind = random.pick(['bus', 'broadcast', 'directory'] as const);
  const lineBytes = random.pick([32, 64, 64, 128] as const);
  const topology = randomTopology(random, mostCores, kind === 'bus');
  const caches = randomCaches(random, lineBytes);
  const { prefetcher: _, l2: __, shared: ___, ...base } = uniform(1);
  const privateBytes = topology.coresPerGroup * Math.max(caches.l1.sizeBytes, caches.l2?.sizeBytes ?? 0);
  const cores = topology.nodes * topology.groupsPerNode * topology.coresPerGroup;
  const speeds = random.oneIn(5) ? { speeds: [{ cores: [random.below(cores)], ratio: random.pick([0.5, 0.37]) }] } : {};
  return readProfile({
    ...base,
    name: 'random',
    lineBytes,
    topology,
    core: { ...base.core, ...speeds, storeBufferEntries: random.below(5) },
    tlb: randomTlb(random),
    ...caches,
    ...randomShared(random, privateBytes, lineBytes),
    coherence: { protocol: random.pick(['MESI', 'MOESI'] as const), controlBytes: 8, fabric: FABRICS[kind] },
    memory: { latencyCycles: 97, bytesPerCycle: 4 },
    ...(random.oneIn(2) && { prefetcher: { streams: 1 + random.below(3), distanceLines: 1 + random.below(4) } }),
    sources: { '*': 'made up' },
  });
}

export function describeProfile(profile: MachineProfile): string {
  const { topology, lineBytes, coherence, l1, l2, shared, tlb, core, prefetcher } = profile;
  const lines = (cache: { sizeBytes: number; ways: number }) =>
    `${cache.sizeBytes / cache.ways / lineBytes} x ${cache.ways}`;
  const { second } = tlb;
  return [
    `${topology.nodes} x ${topology.groupsPerNode} x ${topology.coresPerGroup} cores`,
    `${coherence.protocol} ${coherence.fabric.kind}`,
    `${lineBytes}-byte lines`,
    `L1 ${lines(l1)}`,
    l2 ? `${l2.inclusion} L2 ${lines(l2)}` : 'no L2',
    shared ? `${shared.inclusion} shared ${lines(shared)}` : 'no shared cache',
    `TLB ${tlb.entries / tlb.ways} x ${tlb.ways}${second ? ` and ${second.entries / second.ways} x ${second.ways}` : ''}`,
    `${tlb.addressSpaceIds ? 'with' : 'without'} space ids`,
    `${core.storeBufferEntries} stores`,
    prefetcher ? `prefetches ${prefetcher.distanceLines} lines` : 'no prefetcher',
    core.speeds ? `core ${core.speeds[0]?.cores} at ${core.speeds[0]?.ratio}` : 'equal cores',
  ].join(', ');
}
