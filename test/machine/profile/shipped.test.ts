// The profiles that are shipped: each is valid, says of each number where it is from, and is the machine that its papers describe.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../../machine/profile/consistency.ts';
import { formatPath, numbersIn, withoutIndices } from '../../../machine/profile/paths.ts';
import { ProfileError } from '../../../machine/profile/problem.ts';
import { PROFILE_NAMES, profileNamed } from '../../../machine/profile/shipped.ts';
import { coreCount } from '../../../machine/profile/topology.ts';
import { uniform } from '../../../machine/profile/uniform.ts';
import { ROOT } from '../../tidy/repository.ts';

/** How the sources of the shipped profiles begin. */
const DOCUMENTS = [
  'estimate',
  'The Multikernel (SOSP 2009), ',
  'Experience Distributing Objects in an SMMP OS (2007), ',
  'IBM AIX documentation',
  'AnandTech 2978',
  'TechReport 13176',
  'slides on the K8 microarchitecture (slideserve)',
  'KCORES core-to-core-latency-plus 264ea0a and nviennot core-to-core-latency 96a943a: ',
  'Linux intel_idle tables',
  'chips and cheese, ',
];

describe.each(PROFILE_NAMES)('%s', (name) => {
  const profile = profileNamed(name);
  const { sources, ...document } = profile;

  it('has one source for each number, and none for anything else', () => {
    const numbers = [...numbersIn(document)].map(({ path }) => withoutIndices(formatPath(path)));
    expect(Object.keys(sources).sort()).toEqual([...new Set(numbers)].filter((path) => path !== 'format').sort());
  });

  it('names only documents that are known as sources', () => {
    expect(Object.values(sources).filter((source) => !DOCUMENTS.some((known) => source.startsWith(known)))).toEqual([]);
  });
});

it('ships every document of its folder under the name of its file', () => {
  const files = readdirSync(path.join(ROOT, 'machine/profile/profiles')).map((file) => path.basename(file, '.json'));
  expect([...PROFILE_NAMES].sort()).toEqual(files.sort());
});

it.each([
  ['ibm-s85', 24, 600, 128, 'bus', 'MESI'],
  ['intel-2x4', 8, 2660, 64, 'bus', 'MESI'],
  ['amd-2x2', 4, 2800, 64, 'broadcast', 'MOESI'],
  ['amd-4x4', 16, 2500, 64, 'broadcast', 'MOESI'],
  ['amd-8x4', 32, 2000, 64, 'broadcast', 'MOESI'],
  ['epyc-genoa', 128, 3700, 64, 'directory', 'MOESI'],
  ['xeon-spr', 36, 2500, 64, 'directory', 'MESI'],
  ['graviton', 64, 2600, 64, 'directory', 'MESI'],
])('%s has %i cores at %i MHz, lines of %i bytes, a %s and %s', (name, cores, clock, lineBytes, kind, protocol) => {
  const profile = profileNamed(name);
  expect([coreCount(profile), profile.clockMegahertz, profile.lineBytes]).toEqual([cores, clock, lineBytes]);
  expect([profile.coherence.fabric.kind, profile.coherence.protocol]).toEqual([kind, protocol]);
});

it('hands out a copy, so that nobody changes the profile of somebody else', () => {
  profileNamed('amd-4x4').core.storeBufferEntries = 1;
  expect(profileNamed('amd-4x4').core.storeBufferEntries).not.toBe(1);
});

it('says which profiles there are when there is none of a name', () => {
  const known = `${PROFILE_NAMES.join(', ')}, and uniform-1 to uniform-128`;
  expect(() => profileNamed('amd4x4')).toThrow(
    new ProfileError('"amd4x4"', [{ path: 'name', message: `unknown (did you mean "amd-4x4"?); there are ${known}` }]),
  );
  for (const name of ['uniform-0', 'uniform-129', 'uniform-08', 'uniform-', 'constructor', '']) {
    expect(() => profileNamed(name)).toThrow(
      `"${name}" is no valid machine profile:\n  name: unknown; there are ${known}`,
    );
  }
});

describe('uniform', () => {
  it('makes a valid machine of 1 to 128 cores, of estimates alone', () => {
    for (let cores = 1; cores <= 128; cores++) {
      const profile = uniform(cores);
      expect(coreCount(profile)).toBe(cores);
      expect(profileNamed(`uniform-${cores}`)).toEqual(profile);
      for (const { path } of numbersIn(profile)) expect(sourceOf(profile, formatPath(path))).toMatch(/^estimate: /);
    }
  });

  it.each([0, 129, 1.5, -1, Number.NaN])('refuses %d cores', (cores) => {
    expect(() => uniform(cores)).toThrow(`a uniform machine has 1 to 128 cores, not ${cores}`);
  });
});
