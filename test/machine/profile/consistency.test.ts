// Fields that are right by themselves and do not fit together: what is said, and that it names all fields that take part.
import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../../machine/profile/consistency.ts';
import { readProfile, withOverrides } from '../../../machine/profile/load.ts';
import type { ProfileError } from '../../../machine/profile/problem.ts';
import { profileNamed } from '../../../machine/profile/shipped.ts';
import { documentOf, put } from './profile-values.ts';

/** The problems of a shipped profile with some fields set, as lines. */
function problemsOf(name: string, ...settings: string[]): string[] {
  try {
    withOverrides(profileNamed(name), settings);
  } catch (error) {
    return (error as ProfileError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

const link = (a: number, b: number) => ({ between: [a, b], latencyCycles: 10, bytesPerCycle: 1 });
const links = (...pairs: [number, number][]) => `topology.links=${JSON.stringify(pairs.map(([a, b]) => link(a, b)))}`;

describe('the topology', () => {
  it('has at most 128 cores', () => {
    expect(problemsOf('amd-4x4', 'topology.coresPerGroup=33', 'shared.inclusion=victim')).toEqual([
      'topology: topology.nodes 4 * topology.groupsPerNode 1 * topology.coresPerGroup 33 are 132 cores; expected at most 128: make one of them smaller',
    ]);
    expect(problemsOf('amd-4x4', 'topology.coresPerGroup=32')).toEqual([]);
  });

  it('is one node on a bus', () => {
    expect(problemsOf('ibm-s85', 'topology.nodes=2', links([0, 1]))).toEqual([
      'topology.nodes: found 2 with coherence.fabric.kind "bus"; expected 1: all cores and the memory are on the one bus, make it groups (topology.groupsPerNode), or choose "broadcast" or "directory"',
    ]);
  });

  it('has links between two nodes that it has, one for each two', () => {
    expect(problemsOf('amd-2x2', links([0, 1], [1, 2]))).toEqual([
      'topology.links[1].between: found node 2; expected two nodes from 0 to 1 (topology.nodes is 2)',
    ]);
    expect(problemsOf('amd-2x2', links([0, 1], [1, 1]))).toEqual([
      'topology.links[1].between: found node 1 twice; expected two different nodes',
    ]);
    expect(problemsOf('amd-2x2', links([0, 1], [1, 0]))).toEqual([
      'topology.links[1].between: connects nodes 1 and 0, as topology.links[0].between does; expected one link for two nodes, which goes both ways: leave one out',
    ]);
    expect(problemsOf('uniform-4', links([0, 1]))).toEqual([
      'topology.links[0].between: found node 1; expected two nodes from 0 to 0 (topology.nodes is 1)',
    ]);
  });

  it('is connected', () => {
    expect(problemsOf('amd-4x4', links([0, 1], [2, 3]))).toEqual([
      'topology.links: no way from node 0 to node 2; expected links[].between to connect all 4 nodes (topology.nodes): add a link',
    ]);
    expect(problemsOf('amd-4x4', links([3, 1], [2, 3], [0, 2]))).toEqual([]);
  });
});

it('gives a speed only to cores that there are, once', () => {
  const speeds = (...list: number[][]) => `core.speeds=${JSON.stringify(list.map((cores) => ({ cores, ratio: 0.5 })))}`;
  expect(problemsOf('uniform-4', speeds([1, 3], [0]))).toEqual([]);
  expect(problemsOf('uniform-4', speeds([1, 4]))).toEqual([
    'core.speeds[0].cores[1]: found core 4; expected 0 to 3: there are 4 cores (topology.nodes * topology.groupsPerNode * topology.coresPerGroup)',
  ]);
  expect(problemsOf('uniform-4', speeds([1, 2], [3, 1]))).toEqual([
    'core.speeds[1].cores[1]: core 1 has its speed from core.speeds[0].cores[0] already: name it once',
  ]);
});

it.each([
  [
    'l1.ways=3',
    'l1.sizeBytes: 65536 bytes in 3 ways (l1.ways) of 64-byte lines (lineBytes) make 341.33 sets; expected a power of two: with these ways 49152 or 98304 bytes',
  ],
  [
    'l2.sizeBytes=786432',
    'l2.sizeBytes: 786432 bytes in 16 ways (l2.ways) of 64-byte lines (lineBytes) make 768 sets; expected a power of two: with these ways 524288 or 1048576 bytes',
  ],
  [
    'shared.sizeBytes=64',
    'shared.sizeBytes: 64 bytes in 48 ways (shared.ways) of 64-byte lines (lineBytes) make 0.02 sets; expected a power of two: with these ways 3072 or 6144 bytes',
  ],
  ['tlb.entries=96', 'tlb.entries: 96 entries in 48 ways (tlb.ways) make 2 sets'],
  [
    'tlb.ways=40',
    'tlb.entries: 48 entries in 40 ways (tlb.ways) make 1.2 sets; expected a power of two (1 set, as many ways as entries: any page in any entry)',
  ],
  [
    'tlb.second.entries=500',
    'tlb.second.entries: 500 entries in 4 ways (tlb.second.ways) make 125 sets; expected a power of two (1 set, as many ways as entries: any page in any entry)',
  ],
])('has a power of two of sets: %s', (setting, problem) => {
  expect(problemsOf('amd-4x4', setting)).toEqual(problem.endsWith('2 sets') ? [] : [problem]);
});

it('has larger caches behind smaller ones, and slower behind faster', () => {
  expect(problemsOf('uniform-2', 'l2.sizeBytes=16384')).toEqual([
    'l2.sizeBytes: found 16384, which cannot hold all lines of the L1 (l1.sizeBytes 32768); expected at least as much, or l2.inclusion "exclusive"',
  ]);
  expect(problemsOf('uniform-2', 'l2.sizeBytes=16384', 'l2.inclusion=exclusive')).toEqual([]);
  expect(problemsOf('uniform-2', 'l2.latencyCycles=2')).toEqual([
    'l2.latencyCycles: found 2; expected more than l1.latencyCycles (2), which is a part of it',
  ]);
  expect(problemsOf('intel-2x4', 'shared.sizeBytes=32768')).toEqual([
    'shared.sizeBytes: found 32768, which cannot hold the private caches of 2 cores (topology.coresPerGroup; l1.sizeBytes, l2.sizeBytes): 65536 bytes; expected at least as much, or shared.inclusion "victim"',
  ]);
  expect(problemsOf('intel-2x4', 'shared.sizeBytes=65536')).toEqual([]);
  expect(problemsOf('amd-4x4', 'shared.transferCycles=40')).toEqual([
    'shared.transferCycles: found 40; expected at least shared.latencyCycles (41): the neighbour is asked after the lookup',
  ]);
});

describe('sources', () => {
  const problems = (change: (document: ReturnType<typeof documentOf>) => void): string[] => {
    const document = documentOf('amd-4x4');
    change(document);
    try {
      readProfile(document);
    } catch (error) {
      return (error as ProfileError).problems.map(({ path, message }) => `${path}: ${message}`);
    }
    return [];
  };

  it('has an entry for every number, or one for all others', () => {
    const missing = 'is from, or "estimate" ("*" stands for every number without an entry)';
    expect(problems((document) => put(document, ['sources', 'l1.ways'], undefined))).toEqual([
      `sources.l1.ways: missing: expected where l1.ways ${missing}`,
    ]);
    expect(problems((document) => put(document, ['sources', 'topology.links[].latencyCycles'], undefined))).toEqual([
      `sources.topology.links[].latencyCycles: missing: expected where topology.links[].latencyCycles ${missing}`,
    ]);
    expect(problems((document) => put(document, ['sources'], { '*': 'estimate' }))).toEqual([]);
  });

  it('has no entry for what is no number', () => {
    const entry = (path: string) => problems((document) => put(document, ['sources', path], 'estimate'));
    expect(entry('l1.way')).toEqual([
      'sources.l1.way: there is no number "l1.way" in this profile; did you mean "l1.ways"?',
    ]);
    expect(entry('name')).toEqual(['sources.name: there is no number "name" in this profile; take the entry out']);
    expect(entry('core.mwaitInUserMode')).toHaveLength(1);
    expect(entry('topology.links[4].latencyCycles')).toHaveLength(1);
    expect(entry('topology.links[3].latencyCycles')).toEqual([]);
  });

  it('takes the entry of the number itself, then that of its list, then that of all others', () => {
    const profile = { sources: { 'a[1].b': 'exact', 'a[].b': 'list', '*': 'rest' } };
    expect(['a[1].b', 'a[2].b', 'c'].map((path) => sourceOf(profile, path))).toEqual(['exact', 'list', 'rest']);
    expect(sourceOf({ sources: {} }, 'constructor')).toBeUndefined();
  });
});

it('is looked at only when each field by itself is right', () => {
  const error = problemsOf('amd-4x4', 'l1.ways=3', 'core.pauseCycles="x"');
  expect(error).toHaveLength(1);
  expect(error[0]).toMatch(/^core\.pauseCycles: expected a number/);
});
