// Where everything is in coherence's memory, and the other constants of its native code, which a profile decides: the names are those of
// machine/native/coherence/constants.ts.
import { setsOf, sharedCacheBytes } from '../cache/shared-cache.ts';
import { planStepsBytes } from '../interconnect/rounds.ts';
import type { Topology } from '../interconnect/topology.ts';
import * as layout from '../state/coherence-layout.ts';
import { CoherencePlaces } from '../state/coherence-memory.ts';
import { type FabricKind, fabricTicks, lengthTicks, type MemoryProfile, ticks } from './fabric.ts';

/** Nodes, and cores or groups that are units, as native code counts them. */
function unitsOf(profile: MemoryProfile, { nodes, groupsPerNode, coresPerGroup, coresPerNode }: Topology) {
  const grouped = profile.shared !== undefined;
  return {
    nodes,
    coresPerNode,
    grouped: grouped ? 1 : 0,
    unitsPerNode: grouped ? groupsPerNode : coresPerNode,
    coresPerUnit: grouped ? coresPerGroup : 1,
    lineShift: Math.log2(profile.lineBytes),
  };
}

function placeLinks(places: CoherencePlaces, topology: Topology, links: number, kind: FabricKind) {
  const directions = 2 * links;
  const pairs = topology.nodes ** 2;
  const rounds = kind === 'broadcast';
  return {
    linkLatency: places.take(4 * directions),
    linkLengths: places.take(4 * layout.KINDS * directions),
    linkByteTicks: places.take(8 * directions),
    linkSent: places.take(8 * layout.KINDS * pairs),
    linkRounds: places.take(8 * pairs),
    linkOdd: places.take(8 * directions),
    linkOddBytes: places.take(8 * directions),
    routes: places.take(2 * topology.hops),
    routeAt: places.take(4 * (pairs + 1)),
    plans: rounds ? places.take(layout.PLAN_BYTES * pairs) : 0,
    planSteps: rounds ? places.take(planStepsBytes(topology)) : 0,
    roundTimes: rounds ? places.take(4 * (topology.nodes + 1)) : 0,
  };
}

/** Resources are numbered through: directions of links, memory controllers, buses or directories, ports. */
function placeResources(places: CoherencePlaces, { nodes, groups }: Topology, links: number, grouped: number) {
  const firstMemory = 2 * links;
  const firstBus = firstMemory + nodes;
  const firstDirectory = firstBus + 2;
  const firstPort = firstDirectory + nodes;
  const count = firstPort + grouped * groups;
  const ringBytes = 4 * layout.RING_SLOTS * count;
  const work = places.take(8 * count);
  const busy = places.take(2 * ringBytes);
  const fullUntil = busy + ringBytes;
  return { firstMemory, firstBus, firstDirectory, firstPort, work, busy, fullUntil, ringsEnd: fullUntil + ringBytes };
}

function placeShared(places: CoherencePlaces, { shared, lineBytes }: MemoryProfile, groups: number) {
  const sharedSets = shared ? setsOf(shared, lineBytes) : 1;
  const sharedWays = shared?.ways ?? 0;
  const bytes = shared ? sharedCacheBytes(sharedSets * sharedWays) : 0;
  return {
    sharedSets,
    sharedWays,
    sharedCacheBytes: bytes,
    sharedCaches: places.take(groups * bytes),
    sharedTicks: ticks(shared?.latencyCycles ?? 0),
    sharedTransferTicks: ticks(shared?.transferCycles ?? 0),
    sharedOccupancyTicks: ticks(shared?.occupancyCycles ?? 0),
  };
}

function placePresence(places: CoherencePlaces, lines: number, { cores, groups }: Topology, grouped: number) {
  const coreWords = Math.ceil(cores / 32);
  const sharedWords = Math.ceil((grouped * groups) / 32);
  const sharedAt = layout.PRESENCE_CORES + 4 * coreWords;
  // Each begins with a double.
  const recordBytes = 8 * Math.ceil((sharedAt + 4 * sharedWords) / 8);
  return { coreWords, sharedWords, sharedAt, recordBytes, presence: places.take(lines * recordBytes) };
}

/** The constants of native code for a machine of a profile with so many lines of RAM, and the bytes of its memory. */
export function placeCoherence(profile: MemoryProfile, topology: Topology, lines: number) {
  const { fabric } = profile.coherence;
  const places = new CoherencePlaces(layout.COHERENCE_HEAP);
  const units = unitsOf(profile, topology);
  const links = profile.topology.links.length;
  const constants = {
    ...units,
    linesPerNode: lines % topology.nodes === 0 ? lines / topology.nodes : 0,
    coreCounters: places.take(8 * topology.cores * layout.COUNTERS),
    rowCounters: places.take(8 * layout.STATES * layout.EVENTS),
    targets: places.take(4 * topology.cores),
    collected: places.take(4 * topology.cores),
    ...placeLinks(places, topology, links, fabric.kind),
    ...placeResources(places, topology, links, units.grouped),
    ...placeShared(places, profile, topology.groups),
    ...placePresence(places, lines, topology, units.grouped),
    ...fabricTicks(profile),
    memoryTicks: ticks(profile.memory.latencyCycles),
    memoryLineTicks: lengthTicks(profile.lineBytes, profile.memory.bytesPerCycle),
  };
  return { constants, bytes: places.bytes };
}

export type CoherenceConstants = ReturnType<typeof placeCoherence>['constants'];
