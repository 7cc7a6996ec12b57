// The built command line as a process of its own: streams, exit statuses, and the benchmark's file.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cliScript, guestFile } from '../../host/guest-programs.ts';

function run(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliScript(), ...argv], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('a guest logs to stdout, the table goes to stderr', () => {
  const { status, stdout, stderr } = run('exec', guestFile('hello'));
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'hello from an emulated core\n' });
  expect(stderr).toMatch(/digest [0-9a-f]{16}\n$/);
});

test('a trap is the process exit status', () => {
  const { status, stderr } = run('exec', guestFile('faults'), '--invoke', 'divide_by_zero', '0');
  expect(status).toBe(134);
  expect(stderr).toContain('divide_by_zero (guest/programs/bare/faults.ts:6)');
});

test.runIf(existsSync('/dev/full'))('a disk that is full is an error of one line', () => {
  const { status, stderr } = spawnSync(process.execPath, [cliScript(), 'machines', 'list'], {
    encoding: 'utf8',
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  });
  expect({ status, stderr }).toEqual({ status: 60, stderr: 'error: cannot write to stdout: no space is left\n' });
});

test('no arguments: usage', () => {
  expect(run()).toMatchObject({ status: 2, stdout: '' });
});

test('the benchmark writes its table', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'manycore-')), 'bench.json');
  const { status, stdout } = run('bench', '--only', 'refills', '--repeat', '1', '--json', file);
  expect(status).toBe(0);
  expect(stdout).toContain('pointer chase in 256 KiB');
  const table = JSON.parse(readFileSync(file, 'utf8'));
  expect(Object.keys(table)).toEqual(['title', 'machine', 'digest', 'columns', 'rows']);
  expect(table.rows.every((row: unknown[]) => row.length === table.columns.length)).toBe(true);
});
