// Small machines for tests of the memory system: every choice that coherence makes a difference for, with odd numbers that show up in sums.
import type { MemoryProfile } from '../../../machine/coherence/fabric.ts';
import type { Random } from '../../fuzz/random.ts';

export type FabricKind = MemoryProfile['coherence']['fabric']['kind'];
export type Inclusion = NonNullable<MemoryProfile['shared']>['inclusion'];

export interface Shape {
  readonly protocol: 'MESI' | 'MOESI';
  readonly fabric: FabricKind;
  /** Inclusion of the shared caches; none without. */
  readonly inclusion?: Inclusion | undefined;
  readonly nodes: number;
  readonly groupsPerNode: number;
  readonly coresPerGroup: number;
  /** Sets and ways of a shared cache. */
  readonly sharedSets?: number;
  readonly sharedWays?: number;
}

export const LINE_BYTES = 64;

export const PROTOCOL_NAMES = ['MESI', 'MOESI'] as const;
export const FABRIC_KINDS = ['bus', 'broadcast', 'directory'] as const;
export const INCLUSIONS = [undefined, 'inclusive', 'victim'] as const;

const FABRICS = {
  bus: { kind: 'bus', arbitrationCycles: 5, snoopCycles: 7, transferCycles: 11, bytesPerCycle: 16 },
  broadcast: { kind: 'broadcast', requestCycles: 13, probeCycles: 17, responseCycles: 19 },
  directory: { kind: 'directory', requestCycles: 13, probeCycles: 17, responseCycles: 19, lookupCycles: 23 },
} as const;

/** Nodes stand in a ring, with links of different length. */
export function machineOf(shape: Shape): MemoryProfile {
  const { nodes } = shape;
  const links = Array.from({ length: nodes > 2 ? nodes : nodes - 1 }, (_, node) => ({
    between: [node, (node + 1) % nodes] as [number, number],
    latencyCycles: 29 + node,
    bytesPerCycle: 8,
  }));
  const ways = shape.sharedWays ?? 2;
  return {
    lineBytes: LINE_BYTES,
    topology: { nodes, groupsPerNode: shape.groupsPerNode, coresPerGroup: shape.coresPerGroup, links },
    ...(shape.inclusion && {
      shared: {
        name: 'L3',
        sizeBytes: (shape.sharedSets ?? 4) * ways * LINE_BYTES,
        ways,
        latencyCycles: 31,
        transferCycles: 47,
        occupancyCycles: 2,
        inclusion: shape.inclusion,
      },
    }),
    coherence: { protocol: shape.protocol, controlBytes: 8, fabric: FABRICS[shape.fabric] },
    memory: { latencyCycles: 97, bytesPerCycle: 4 },
  };
}

export function randomShape(random: Random, mostCores: number): Shape {
  for (;;) {
    const shape = {
      protocol: random.pick(PROTOCOL_NAMES),
      fabric: random.pick(FABRIC_KINDS),
      inclusion: random.pick(INCLUSIONS),
      nodes: 1 + random.below(5),
      groupsPerNode: 1 + random.below(4),
      coresPerGroup: random.pick([1, 2, 2, 3, 4, 8, 16, 32]),
      sharedSets: random.pick([1, 2, 4]),
      sharedWays: random.pick([1, 2, 3, 4]),
    };
    const cores = shape.nodes * shape.groupsPerNode * shape.coresPerGroup;
    if (cores >= 2 && cores <= mostCores) return shape;
  }
}

export function describeShape(shape: Shape): string {
  const cores = shape.nodes * shape.groupsPerNode * shape.coresPerGroup;
  return (
    `${shape.protocol} ${shape.fabric}, ${shape.inclusion ?? 'no'} shared caches` +
    `${shape.inclusion ? ` of ${shape.sharedSets ?? 4} x ${shape.sharedWays ?? 2}` : ''}, ` +
    `${cores} cores (${shape.nodes} nodes x ${shape.groupsPerNode} groups x ${shape.coresPerGroup})`
  );
}
