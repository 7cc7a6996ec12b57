// Machine profiles as a command line gives them: names, files, single fields set, and what is said when they are wrong.
import { expect, test } from 'vitest';
import { CommandFailure } from '../../host/cli/failure.ts';
import { loadMachineProfile } from '../../host/machine-profile.ts';
import { profileNamed } from '../../machine/index.ts';
import { temporaryModule } from './run-cli.ts';

function failureOf(act: () => unknown): CommandFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('a shipped profile by its name', () => {
  expect(loadMachineProfile('amd-4x4')).toEqual(profileNamed('amd-4x4'));
});

test('a JSON file', async () => {
  const profile = { ...profileNamed('uniform-3'), name: 'mine' };
  const file = await temporaryModule(JSON.stringify(profile), 'mine.json');
  expect(loadMachineProfile(file)).toEqual(profile);
});

test('single fields set', () => {
  const profile = loadMachineProfile('uniform-2', ['core.atomicCycles=30', 'lineBytes=128']);
  expect([profile.core.atomicCycles, profile.lineBytes]).toEqual([30, 128]);
});

test.each<[string, string[], RegExp]>([
  ['amd-4x5', [], /did you mean "amd-4x4"/],
  ['uniform-129', [], /uniform-1 to uniform-128/],
  ['uniform-2', ['core.atomicCycle=3'], /core\.atomicCycle: unknown field; did you mean "atomicCycles"/],
  ['uniform-2', ['lineBytes=48'], /lineBytes: expected one of 32, 64, 128, found 48/],
])('%s with %j is wrong usage, and the message says where', (name, settings, message) => {
  const failure = failureOf(() => loadMachineProfile(name, settings));
  expect(failure.exitCode).toBe(2);
  expect(failure.details.where?.join('\n')).toMatch(message);
});

test('a file that is not there, and one that is no JSON', async () => {
  expect(failureOf(() => loadMachineProfile('./missing.json')).exitCode).toBe(60);
  const file = await temporaryModule('{', 'broken.json');
  const failure = failureOf(() => loadMachineProfile(file));
  expect(failure.exitCode).toBe(2);
  expect(failure.message).toContain(file);
});
