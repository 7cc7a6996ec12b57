// Where the cores of a profile are. Cores are numbered node by node, and in a node group by group.
import type { MachineProfile } from './schema.ts';

type Topology = MachineProfile['topology'];

export function coreCount({ topology }: Pick<MachineProfile, 'topology'>): number {
  return topology.nodes * topology.groupsPerNode * topology.coresPerGroup;
}

/** The group of a core, counted through the whole machine. */
export function groupOf(profile: MachineProfile, core: number): number {
  return Math.floor(core / profile.topology.coresPerGroup);
}

export function nodeOf(profile: MachineProfile, core: number): number {
  return Math.floor(groupOf(profile, core) / profile.topology.groupsPerNode);
}

/** Links on the shortest way between each two nodes, in rows; -1 where there is no way. Links to nodes that do not exist count as none. */
export function hopMatrix({ nodes, links }: Pick<Topology, 'nodes' | 'links'>): Int16Array {
  const hops = new Int16Array(nodes * nodes).fill(-1);
  const neighbours: number[][] = Array.from({ length: nodes }, () => []);
  for (const { between } of links) {
    const [a, b] = between;
    if (a >= nodes || b >= nodes) continue;
    neighbours[a].push(b);
    neighbours[b].push(a);
  }
  for (let from = 0; from < nodes; from++) {
    const queue = [from];
    hops[from * nodes + from] = 0;
    for (const node of queue) {
      for (const next of neighbours[node]) {
        if (hops[from * nodes + next] >= 0) continue;
        hops[from * nodes + next] = hops[from * nodes + node] + 1;
        queue.push(next);
      }
    }
  }
  return hops;
}

const HOPS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/**
 * How two cores are to each other, in the words of the tables of the literature:
 * - `same-core`;
 * - `shared-l2`, `shared-l3`: they have that cache in common;
 * - `same-die`: of one group that shares no cache;
 * - `non-shared`: of two groups on one bus, which is all that a bus says about them (they may be on one package or on two);
 * - `same-socket`: of two groups in one node;
 * - `one-hop`, `two-hop`, ...: in two nodes, with that many links between.
 */
export function relation(profile: MachineProfile, a: number, b: number): string {
  return relationOver(profile, hopMatrix(profile.topology), a, b);
}

function relationOver(profile: MachineProfile, hops: Int16Array, a: number, b: number): string {
  if (a === b) return 'same-core';
  const { topology, shared, coherence } = profile;
  if (groupOf(profile, a) === groupOf(profile, b)) return shared ? `shared-${shared.name.toLowerCase()}` : 'same-die';
  const from = nodeOf(profile, a);
  const to = nodeOf(profile, b);
  if (from === to) return coherence.fabric.kind === 'bus' ? 'non-shared' : 'same-socket';
  const links = hops[from * topology.nodes + to];
  return `${HOPS[links] ?? links}-hop`;
}

/** The relations that occur in a machine, each with the first pair of cores that has it; from near to far. */
export function relations(profile: MachineProfile): { relation: string; cores: [number, number] }[] {
  const found = new Map<string, { relation: string; cores: [number, number]; hops: number }>();
  const hops = hopMatrix(profile.topology);
  const cores = coreCount(profile);
  for (let a = 0; a < cores; a++) {
    for (let b = a + 1; b < cores; b++) {
      const name = relationOver(profile, hops, a, b);
      if (found.has(name)) continue;
      const distance = hops[nodeOf(profile, a) * profile.topology.nodes + nodeOf(profile, b)];
      found.set(name, { relation: name, cores: [a, b], hops: distance });
    }
  }
  return [...found.values()].sort((x, y) => x.hops - y.hops).map(({ relation, cores }) => ({ relation, cores }));
}
