// `manycore machines`: what there is, what a profile says, and what is wrong with one.
import { expect, test } from 'vitest';
import { PROFILE_NAMES } from '../../machine/index.ts';
import { runCli, temporaryModule } from './run-cli.ts';

test('list names each profile with its cores', async () => {
  const { exitCode, stdout } = await runCli('machines', 'list');
  expect(exitCode).toBe(0);
  for (const name of PROFILE_NAMES) expect(stdout).toMatch(new RegExp(`^${name} .*\\d+ cores`, 'm'));
  expect(stdout).toContain('uniform-N');
});

test('what show prints is a profile that check takes', async () => {
  const shown = await runCli('machines', 'show', 'amd-4x4', '--set', 'core.atomicCycles=33');
  expect(JSON.parse(shown.stdout).core.atomicCycles).toBe(33);
  const file = await temporaryModule(shown.stdout, 'mine.json');
  const checked = await runCli('machines', 'check', file);
  expect(checked).toMatchObject({ exitCode: 0, stderr: '' });
  expect(checked.stdout).toContain('16 cores');
});

test('check names the field that is wrong', async () => {
  const { stdout } = await runCli('machines', 'show', 'amd-4x4');
  const profile = { ...JSON.parse(stdout), lineBytes: 'many' };
  const file = await temporaryModule(JSON.stringify(profile), 'wrong.json');
  const { exitCode, stderr } = await runCli('machines', 'check', file);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('lineBytes');
});

test('show without a name prints the schema', async () => {
  const { stdout } = await runCli('machines', 'show');
  expect(JSON.parse(stdout)).toHaveProperty('properties');
});
