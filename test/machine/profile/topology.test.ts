// Where cores are and how they are to each other, against distances found in another way and the words of the papers' tables.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROFILE_NAMES, profileNamed } from '../../../machine/profile/shipped.ts';
import { coreCount, groupOf, hopMatrix, nodeOf, relation, relations } from '../../../machine/profile/topology.ts';

/** Floyd and Warshall's distances; -1 for none. */
function distances(nodes: number, pairs: readonly (readonly [number, number])[]): number[] {
  const far = nodes + 1;
  const matrix = Array.from({ length: nodes * nodes }, (_, i) => (i % (nodes + 1) === 0 ? 0 : far));
  for (const [a, b] of pairs) if (a !== b) matrix[a * nodes + b] = matrix[b * nodes + a] = 1;
  for (let k = 0; k < nodes; k++)
    for (let i = 0; i < nodes; i++)
      for (let j = 0; j < nodes; j++)
        matrix[i * nodes + j] = Math.min(matrix[i * nodes + j], matrix[i * nodes + k] + matrix[k * nodes + j]);
  return matrix.map((distance) => (distance === far ? -1 : distance));
}

it('counts the links between nodes', () => {
  const graph = fc.integer({ min: 1, max: 12 }).chain((nodes) => {
    const node = fc.nat(nodes - 1);
    return fc.tuple(fc.constant(nodes), fc.array(fc.tuple(node, node), { maxLength: 20 }));
  });
  fc.assert(
    fc.property(graph, ([nodes, pairs]) => {
      const links = pairs.map((between) => ({ between, latencyCycles: 1, bytesPerCycle: 1 }));
      expect([...hopMatrix({ nodes, links })]).toEqual(distances(nodes, pairs));
    }),
  );
});

it.each([
  ['ibm-s85', ['non-shared']],
  ['intel-2x4', ['shared-l2', 'non-shared']],
  ['amd-2x2', ['same-die', 'one-hop']],
  ['amd-4x4', ['shared-l3', 'one-hop', 'two-hop']],
  ['amd-8x4', ['shared-l3', 'one-hop', 'two-hop', 'three-hop', 'four-hop']],
  ['epyc-genoa', ['shared-l3', 'same-socket', 'one-hop']],
  ['xeon-spr', ['shared-l3']],
  ['graviton', ['shared-l3']],
  ['uniform-1', []],
  ['uniform-2', ['same-die']],
])('%s has the relations %j', (name, names) => {
  expect(relations(profileNamed(name)).map(({ relation }) => relation)).toEqual(names);
});

it.each([...PROFILE_NAMES, 'uniform-5'])('%s: each pair of cores has one relation, whichever comes first', (name) => {
  const profile = profileNamed(name);
  const found = relations(profile);
  const cores = Math.min(32, coreCount(profile));
  for (let a = 0; a < cores; a++) {
    for (let b = 0; b < cores; b++) {
      const name = relation(profile, a, b);
      expect(relation(profile, b, a)).toBe(name);
      if (a === b) expect(name).toBe('same-core');
      else expect(found.map(({ relation }) => relation)).toContain(name);
    }
  }
  for (const { relation: name, cores } of found) expect(relation(profile, ...cores)).toBe(name);
});

it('numbers cores node by node, and in a node group by group', () => {
  const profile = profileNamed('epyc-genoa');
  expect([0, 7, 8, 63, 64, 127].map((core) => groupOf(profile, core))).toEqual([0, 0, 1, 7, 8, 15]);
  expect([0, 7, 8, 63, 64, 127].map((core) => nodeOf(profile, core))).toEqual([0, 0, 0, 0, 1, 1]);
  expect(relation(profile, 56, 63)).toBe('shared-l3');
  expect(relation(profile, 7, 8)).toBe('same-socket');
  expect(relation(profile, 63, 64)).toBe('one-hop');
});
