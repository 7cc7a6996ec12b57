// Numbering of cores, and routes: fewest links, then least latency; trees; every node reached.
import { expect, it } from 'vitest';
import { Topology, type TopologyProfile } from '../../../machine/interconnect/topology.ts';
import { Random } from '../../fuzz/random.ts';

type Link = TopologyProfile['links'][number];

const link = (a: number, b: number, latencyCycles = 10): Link => ({ between: [a, b], latencyCycles, bytesPerCycle: 8 });

function topology(nodes: number, links: Link[]): Topology {
  return new Topology({ nodes, groupsPerNode: 2, coresPerGroup: 3, links });
}

/** Fewest links between all pairs, by relaxation. */
function distances(nodes: number, links: Link[]): number[][] {
  const table = Array.from({ length: nodes }, (_, a) =>
    Array.from({ length: nodes }, (_, b) => (a === b ? 0 : 1000) as number),
  );
  for (const {
    between: [a, b],
  } of links) {
    table[a]![b] = 1;
    table[b]![a] = 1;
  }
  for (let via = 0; via < nodes; via++)
    for (let a = 0; a < nodes; a++)
      for (let b = 0; b < nodes; b++) table[a]![b] = Math.min(table[a]![b]!, table[a]![via]! + table[via]![b]!);
  return table;
}

it('numbers cores node by node and group by group', () => {
  const at = topology(2, [link(0, 1)]);
  expect([at.cores, at.groups, at.coresPerNode]).toEqual([12, 4, 6]);
  expect([0, 2, 3, 5, 6, 11].map((core) => at.groupOf(core))).toEqual([0, 0, 1, 1, 2, 3]);
  expect([0, 5, 6, 11].map((core) => at.nodeOf(core))).toEqual([0, 0, 1, 1]);
  expect([0, 1, 2, 3].map((group) => at.nodeOfGroup(group))).toEqual([0, 0, 1, 1]);
});

it('takes the fewest links, whatever their order and latency, on random networks', () => {
  const random = new Random(4);
  for (let round = 0; round < 200; round++) {
    const nodes = 2 + random.below(9);
    const links = Array.from({ length: nodes - 1 }, (_, i) => link(random.below(i + 1), i + 1, 1 + random.below(50)));
    for (let more = random.below(6); more > 0; more--) {
      const a = random.below(nodes);
      const b = random.below(nodes);
      if (a !== b) links.push(link(a, b, 1 + random.below(50)));
    }
    const at = topology(nodes, links);
    const expected = distances(nodes, links);
    for (let a = 0; a < nodes; a++) {
      for (let b = 0; b < nodes; b++) {
        const way = at.route(a, b);
        expect(at.distance(a, b)).toBe(expected[a]![b]);
        expect(way.length - 1).toBe(expected[a]![b]);
        for (let i = 1; i < way.length; i++) expect(expected[way[i - 1]!]![way[i]!]).toBe(1);
        // Routes of one origin are a tree: what leads to a node leads to those before it.
        for (let i = 1; i < way.length; i++) expect(at.route(a, way[i]!)).toEqual(way.slice(0, i + 1));
      }
    }
  }
});

it('takes the quicker of two ways with as many links', () => {
  const at = topology(4, [link(0, 1, 10), link(1, 3, 10), link(0, 2, 10), link(2, 3, 5)]);
  expect(at.route(0, 3)).toEqual([0, 2, 3]);
  expect(topology(4, [link(0, 1), link(1, 3), link(0, 2), link(2, 3)]).route(0, 3)).toEqual([0, 1, 3]);
});

it('says which node has no link, and which link leads nowhere', () => {
  expect(() => topology(3, [link(0, 1)])).toThrow('node 2 cannot be reached from node 0');
  expect(() => topology(2, [link(0, 2)])).toThrow('link 0-2: nodes are numbered 0 to 1');
});
