// What machines are called in tables: changed ones differently from those that they were made from.
import { expect, it } from 'vitest';
import { machineName } from '../../host/machine-name.ts';
import { loadMachineProfile } from '../../host/machine-profile.ts';
import { PROFILE_NAMES, profileNamed, readProfile } from '../../machine/index.ts';

it('is the name of a shipped one', () => {
  for (const name of [...PROFILE_NAMES.filter((one) => !one.includes('N')), 'uniform-16']) {
    expect(machineName(profileNamed(name))).toBe(name);
    expect(machineName(readProfile(JSON.parse(JSON.stringify(profileNamed(name)))))).toBe(name);
  }
});

it('tells what has been set, or is gone', () => {
  expect(machineName(loadMachineProfile('amd-4x4', ['core.atomicCycles=99', 'core.pauseCycles=7']))).toBe(
    'amd-4x4 with core.atomicCycles=99, core.pauseCycles=7',
  );
  const { prefetcher: _, ...without } = { ...profileNamed('epyc-genoa') };
  const sources = Object.fromEntries(
    Object.entries(without.sources).filter(([path]) => !path.startsWith('prefetcher')),
  );
  expect(machineName(readProfile({ ...without, sources }))).toBe(
    'epyc-genoa with no prefetcher.streams, no prefetcher.distanceLines',
  );
});

it('counts many changes, and knows nothing of other names', () => {
  const profile = profileNamed('amd-4x4');
  const { trapEntryCycles, trapExitCycles, pauseCycles, fenceCycles } = profile.core;
  const slower = {
    trapEntryCycles: trapEntryCycles + 1,
    trapExitCycles: trapExitCycles + 1,
    pauseCycles: pauseCycles + 1,
    fenceCycles: fenceCycles + 1,
  };
  const changed = { ...profile, core: { ...profile.core, ...slower } };
  expect(machineName(changed)).toBe('amd-4x4 with 4 other values');
  expect(machineName({ ...changed, name: 'mine' })).toBe('mine');
});
