// `manycore bare`: what it prints, and how wrong usage is answered.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { BARE_GUESTS } from '../../../host/bare/guests.ts';
import { runCli } from '../run-cli.ts';

test('the list names every guest and its parameters', async () => {
  const { exitCode, stdout, stderr } = await runCli('bare', '--list');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n').length).toBe(BARE_GUESTS.length);
  for (const { name, parameters } of BARE_GUESTS) {
    const line = stdout.split('\n').find((text) => text.startsWith(`${name} `));
    for (const parameter of parameters) expect(line).toContain(parameter.name);
  }
});

test('help shows examples', async () => {
  const { exitCode, stdout } = await runCli('bare', '--help');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('manycore bare urpc --machine amd-4x4');
});

test('the table goes to stdout, as text or as JSON', async () => {
  const text = await runCli('bare', 'trap', '--machine', 'uniform-1', 'operations=10');
  expect({ exitCode: text.exitCode, stderr: text.stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(text.stdout).toMatch(/uniform-1, 1 core, window \d+ cycles, fast mode/);
  expect(text.stdout).toMatch(/system call +[\d.,]+\n/);
  const json = await runCli('bare', 'trap', '--machine', 'uniform-1', 'operations=10', '--json');
  const table = JSON.parse(json.stdout);
  expect(Object.keys(table)).toEqual(['title', 'machine', 'digest', 'columns', 'rows']);
  expect(table.columns).toEqual([
    { name: 'trap', unit: '' },
    { name: 'round trip', unit: 'cycles' },
  ]);
  expect(text.stdout).toContain(table.digest);
});

test('JSON goes to a file beside the text, if one is named', async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'manycore-')), 'table.json');
  const { exitCode, stdout } = await runCli('bare', 'trap', 'operations=10', '--machine', 'uniform-1', '--json', file);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(JSON.parse(readFileSync(file, 'utf8')).digest);
});

test('numbers of the profile can be set, and cycles tell', async () => {
  const roundTrip = async (...options: string[]) => {
    const { stdout } = await runCli('bare', 'trap', '--machine', 'uniform-1', 'operations=10', '--json', ...options);
    return JSON.parse(stdout).rows[0][1] as number;
  };
  const before = await roundTrip();
  expect(await roundTrip('--set', 'core.trapEntryCycles=600', '--set', 'core.trapExitCycles=150')).toBe(before + 550);
});

test('--window is kept, and --checked gives the same digest', async () => {
  const run = async (...options: string[]) => {
    const { stdout } = await runCli('bare', 'spin', 'counts=2', '--machine', 'uniform-2', '--json', ...options);
    return JSON.parse(stdout) as { machine: string; digest: string };
  };
  const strict = await run('--window', '1');
  expect(strict.machine).toContain('window 1 cycles');
  expect((await run('--window', '1', '--checked')).digest).toBe(strict.digest);
});

test('what stands behind --json and is no name of a file is the guest or a parameter', async () => {
  const json = await runCli('bare', '--machine', 'uniform-1', '--json', 'trap', '--json', 'operations=10');
  expect(json).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(json.stdout).rows.length).toBe(3);
});

test.each<[string[], RegExp]>([
  [[], /no guest is named/],
  [['urp'], /did you mean urpc/],
  [['urpc', '--machine', 'amd-4x5'], /did you mean "amd-4x4"/],
  [['urpc', '--machine', 'uniform-1'], /at least 2 cores/],
  [['counter', '--machine', 'uniform-4', '--cores', '5'], /has 4 cores, 5 are asked for/],
  [['counter', 'count=1'], /did you mean counts/],
  [['counter', '--set', 'core.atomicCycles=-1'], /core\.atomicCycles: expected/],
  [['chase', '--machine', 'uniform-1', 'sizes=200M,2'], /is not whole numbers/],
  [['page-touch', '--machine', 'uniform-128', 'pages=3000'], /MiB of RAM/],
  [['counter', '--window', '0'], /whole number/],
])('%j is wrong usage', async (argv, message) => {
  const { exitCode, stdout, stderr } = await runCli('bare', ...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('a limit on cycles ends the run with its own status, and says where', async () => {
  const { exitCode, stdout, stderr } = await runCli('bare', 'poll', '--machine', 'uniform-2', '--max-cycles', '100000');
  expect({ exitCode, stdout }).toEqual({ exitCode: 42, stdout: '' });
  expect(stderr).toMatch(/at boot \(guest\/bare\/poll\.ts:\d+\)/);
});
