// Fields that are set for one run: `core.storeBufferEntries=0`.
import { expect, it } from 'vitest';
import { SET_BY_USER, withOverrides } from '../../../machine/profile/load.ts';
import { formatPath, numbersIn } from '../../../machine/profile/paths.ts';
import { ProfileError } from '../../../machine/profile/problem.ts';
import { PROFILE_NAMES, profileNamed } from '../../../machine/profile/shipped.ts';
import { documentOf, placesOf } from './profile-values.ts';

const PROFILE = profileNamed('amd-4x4');

function problemOf(...settings: string[]): string {
  try {
    withOverrides(PROFILE, settings);
  } catch (error) {
    if (error instanceof ProfileError) return error.message;
    throw error;
  }
  return 'accepted';
}

it('sets a number, and says in the sources that it was set', () => {
  const changed = withOverrides(PROFILE, ['core.storeBufferEntries=0', ' memory.latencyCycles = 200.5']);
  expect(changed).toEqual({
    ...PROFILE,
    core: { ...PROFILE.core, storeBufferEntries: 0 },
    memory: { ...PROFILE.memory, latencyCycles: 200.5 },
    sources: { ...PROFILE.sources, 'core.storeBufferEntries': SET_BY_USER, 'memory.latencyCycles': SET_BY_USER },
  });
});

it('changes nothing in the profile that it starts from', () => {
  withOverrides(PROFILE, ['topology.links[1].latencyCycles=99', 'prefetcher=null']);
  expect(PROFILE).toEqual(profileNamed('amd-4x4'));
  expect(withOverrides(PROFILE, [])).toBe(PROFILE);
});

it('sets texts with and without quotes, truth values and lists', () => {
  const changed = withOverrides(PROFILE, [
    'coherence.protocol=MESI',
    'l2.inclusion="inclusive"',
    'core.mwaitInUserMode=true',
    'core.speeds=[{"cores":[3],"ratio":0.2}]',
  ]);
  expect(changed.coherence.protocol).toBe('MESI');
  expect(changed.l2?.inclusion).toBe('inclusive');
  expect(changed.core.mwaitInUserMode).toBe(true);
  expect(changed.core.speeds).toEqual([{ cores: [3], ratio: 0.2 }]);
  expect(changed.sources['*']).toBe(SET_BY_USER);
});

it('reaches into lists', () => {
  const changed = withOverrides(PROFILE, ['topology.links[2].latencyCycles=50']);
  expect(changed.topology.links.map(({ latencyCycles }) => latencyCycles)).toEqual([20, 20, 50, 20]);
  expect(changed.sources['topology.links[2].latencyCycles']).toBe(SET_BY_USER);
  expect(changed.sources['topology.links[].latencyCycles']).toBe(PROFILE.sources['topology.links[].latencyCycles']);
});

it('takes optional parts out with what is said about them, and puts them in', () => {
  const without = withOverrides(PROFILE, ['prefetcher=null', 'tlb.second=null']);
  expect(without).not.toHaveProperty('prefetcher');
  expect(without.tlb).not.toHaveProperty('second');
  expect(Object.keys(without.sources).filter((path) => /^prefetcher|^tlb\.second/.test(path))).toEqual([]);
  const again = withOverrides(without, ['prefetcher.streams=2', 'prefetcher.distanceLines=1']);
  expect(again.prefetcher).toEqual({ streams: 2, distanceLines: 1 });
});

it('replaces the fabric', () => {
  const bus = '{"kind":"bus","arbitrationCycles":1,"snoopCycles":2,"transferCycles":3,"bytesPerCycle":4}';
  const changed = withOverrides(profileNamed('uniform-8'), [`coherence.fabric=${bus}`]);
  expect(changed.coherence.fabric).toEqual(JSON.parse(bus));
  const directory = withOverrides(PROFILE, ['coherence.fabric.kind=directory', 'coherence.fabric.lookupCycles=12']);
  expect(directory.coherence.fabric).toEqual({ ...PROFILE.coherence.fabric, kind: 'directory', lookupCycles: 12 });
});

it.each(PROFILE_NAMES)('%s: sets every place to what it is and changes nothing but sources', (name) => {
  const profile = profileNamed(name);
  const { sources, ...document } = documentOf(name);
  const settings = placesOf(document).map((path) => {
    const value = path.reduce<unknown>((holder, step) => (holder as Record<string | number, unknown>)[step], document);
    return `${formatPath(path)}=${JSON.stringify(value)}`;
  });
  const changed = withOverrides(profile, settings);
  expect({ ...changed, sources }).toEqual({ ...document, sources });
  const numbers = [...numbersIn(document)].map(({ path }) => formatPath(path));
  expect(numbers.map((path) => changed.sources[path] ?? changed.sources['*'])).toEqual(numbers.map(() => SET_BY_USER));
});

it.each([
  ['core.storeBuferEntries=0', 'core.storeBuferEntries: unknown field; did you mean "storeBufferEntries"?'],
  ['cor.pauseCycles=1', 'cor: unknown field; did you mean "core"?'],
  ['core.constructor=1', 'core.constructor: unknown field; expected instructionCostRatio, '],
  [
    'coherence.fabric.lookupCycles=1',
    'coherence.fabric.lookupCycles: unknown field with coherence.fabric.kind "broadcast"; expected kind, requestCycles, probeCycles, responseCycles',
  ],
  ['l1.ways.x=3', 'l1.ways.x: there is nothing below l1.ways, which is 2: set l1.ways itself'],
  [
    'topology.links[7].latencyCycles=3',
    'topology.links[7]: there is no such element: the list topology.links has the indices 0 to 3; to change it as a whole, set topology.links to a list',
  ],
  ['topology.links.latencyCycles=3', 'topology.links.latencyCycles: there is no such element: '],
  ['sources.x=3', 'sources: cannot be set; set the number itself'],
  ['pauseCycles', 'pauseCycles: expected a path and a value, as in core.storeBufferEntries=0'],
  ['=3', '=3: expected a path and a value, as in core.storeBufferEntries=0'],
  ['core..pauseCycles=3', 'core..pauseCycles=3: expected a path and a value, as in core.storeBufferEntries=0'],
  ['__proto__.x=3', '__proto__.x=3: expected a path and a value, as in core.storeBufferEntries=0'],
  [
    'core.pauseCycles=',
    'core.pauseCycles: expected a number from 1 to 1000000 in steps of 0.125, found "" (the pause of a polling loop)',
  ],
  ['l1=null', 'l1: missing: expected an object with sizeBytes, ways, latencyCycles (data cache of each core)'],
  ['topology.nodes=5', 'topology.links: no way from node 0 to node 4; '],
])('refuses %s', (setting, problem) => {
  const message = problemOf(setting);
  expect(message.split('\n')[0]).toBe(`"amd-4x4" with ${setting} is no valid machine profile:`);
  expect(message).toContain(`\n  ${problem}`);
});
