// What is spelled wrong ends with status 2 and says what would be right.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCli, temporaryModule } from './run-cli.ts';

const ADD = `(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "half") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5))))`;

test('--version', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await runCli('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

test('--help names every command and the exit statuses', async () => {
  const { exitCode, stdout } = await runCli('--help');
  expect(exitCode).toBe(0);
  for (const word of ['exec', 'wast', 'bench', 'disassemble', 'demo', 'Exit status', '134'])
    expect(stdout).toContain(word);
});

test.each([
  [['demo', '--text', 'no-such-text'], 'cannot read no-such-text: there is no such file'],
  [['build', 'no-such-program.ts'], 'cannot read no-such-program.ts: there is no such file'],
  [['run', '.'], 'cannot read .: it is a directory'],
  [['wast', 'package.json'], 'cannot read package.json: what should be a directory is none'],
])('%j: what cannot be read', async (argv, message) => {
  expect(await runCli(...argv)).toEqual({ exitCode: 60, stdout: '', stderr: `error: ${message}\n` });
});

describe('usage errors', () => {
  test.each([
    [[], 'Usage:'],
    [['unheard-of'], "unknown command 'unheard-of'"],
    [['boot'], 'help: manycore --help lists the commands'],
    [['exec'], "missing required argument 'file'"],
    [['exec', 'x.wasm', '--cores', '0'], 'between 1 and 128'],
    [['exec', 'x.wasm', '--cores', '129'], 'between 1 and 128'],
    [['exec', 'x.wasm', '--window', 'wide'], 'whole number'],
    [['exec', 'x.wasm', '--max-cycles', '-3'], 'whole number'],
    [['exec', 'x.wasm', '--unheard-of'], "unknown option '--unheard-of'"],
    [['wast', 'x', '--mode', 'slow'], 'Allowed choices are fast, checked, both'],
    [['bench', '--only', 'nothing'], 'the groups are'],
    [['build', 'x.ts', '-o', 'y.ts'], 'written over a source'],
  ])('%j', async (argv, message) => {
    const { exitCode, stdout, stderr } = await runCli(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('calls', () => {
  test.each([
    [['--invoke', 'add', '2', '3'], '5'],
    [['--invoke', 'add', '-7', '3'], '-4'],
    [['--invoke', 'add', '--', '-0x10', '3'], '-13'],
    [['--invoke', 'half', '1e3'], '500'],
    [['--invoke', 'half', '--', '-inf'], '-inf'],
  ])('%j', async (options, result) => {
    const file = await temporaryModule(ADD);
    const { exitCode, stdout } = await runCli('exec', file, '--json', ...options);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).rows[0][2]).toBe(result);
  });

  test.each([
    [[], 'exported functions:'],
    [['--invoke', 'sub', '1'], 'no function "sub" is exported'],
    [['--invoke', 'add', '1'], '"add" takes 2 arguments, but 1 is given'],
    [['--invoke', 'add', '1', '2', '3'], '"add" takes 2 arguments, but 3 are given'],
    [['--invoke', 'add', '1', 'two'], 'argument 2 of "add": "two" is not an i32'],
  ])('%j is refused', async (options, message) => {
    const file = await temporaryModule(ADD);
    const { exitCode, stdout, stderr } = await runCli('exec', file, ...options);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
