// The length of a window: never longer than the fastest way from one core to another.
import { expect, it } from 'vitest';
import { PROFILE_NAMES, profileNamed } from '../../../machine/index.ts';
import { withOverrides } from '../../../machine/profile/load.ts';
import { defaultWindowCycles, lookaheadCycles } from '../../../machine/profile/lookahead.ts';

it('is at most the lookahead, on every shipped machine', () => {
  for (const name of [...PROFILE_NAMES.filter((one) => !one.includes('N')), 'uniform-16']) {
    const profile = profileNamed(name);
    const window = defaultWindowCycles(profile);
    expect(window, name).toBeGreaterThanOrEqual(1);
    expect(window, name).toBeLessThanOrEqual(lookaheadCycles(profile));
  }
});

it('shrinks with the fastest of the ways', () => {
  const profile = withOverrides(profileNamed('amd-4x4'), ['shared.latencyCycles=20', 'shared.transferCycles=23']);
  expect(defaultWindowCycles(profile)).toBe(23);
  expect(defaultWindowCycles(withOverrides(profile, ['core.ipiLatencyCycles=9']))).toBe(9);
});

it('is no longer than the profile says', () => {
  const profile = profileNamed('intel-2x4');
  expect(defaultWindowCycles(profile)).toBe(10);
  expect(defaultWindowCycles(withOverrides(profile, ['windowCycles=25']))).toBe(25);
  expect(defaultWindowCycles(withOverrides(profile, ['windowCycles=4000']))).toBe(lookaheadCycles(profile));
});
