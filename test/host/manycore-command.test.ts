// Which word an option takes that may name a file.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ManycoreCommand } from '../../host/cli/manycore-command.ts';
import { fileNameIfAny } from '../../host/cli/option-values.ts';
import { runCli } from './run-cli.ts';

function parse(words: string[], passThrough: boolean) {
  let file: string | undefined;
  let args: string[] = [];
  const program = new ManycoreCommand('test').enablePositionalOptions().exitOverride();
  const command = program
    .command('run')
    .argument('<file>')
    .argument('[args...]')
    .option('--stats [file]', '', fileNameIfAny)
    .option('--machine <name>')
    .option('--quiet')
    .action((...values) => {
      [file, args] = values;
    });
  if (passThrough) command.passThroughOptions();
  program.parse(['run', ...words], { from: 'user' });
  return { file, args, ...command.opts() };
}

describe.each([true, false])('with options before operands only: %s', (passThrough) => {
  test.each<[string, object]>([
    ['--stats hello.wasm one', { file: 'hello.wasm', args: ['one'], stats: true }],
    ['--stats hello.ts', { file: 'hello.ts', args: [], stats: true }],
    ['--stats monolith one', { file: 'monolith', args: ['one'], stats: true }],
    ['--stats stats.json hello.wasm', { file: 'hello.wasm', args: [], stats: 'stats.json' }],
    ['--stats ./stats hello.wasm', { file: 'hello.wasm', args: [], stats: './stats' }],
    ['--stats=x.wasm hello.ts', { file: 'hello.ts', args: [], stats: 'x.wasm' }],
    ['--stats --quiet hello.wasm', { file: 'hello.wasm', args: [], stats: true, quiet: true }],
    ['--machine --stats --stats hello.wasm', { file: 'hello.wasm', args: [], stats: true, machine: '--stats' }],
    ['--stats -- hello.wasm --stats x.wasm', { file: 'hello.wasm', args: ['--stats', 'x.wasm'], stats: true }],
  ])('%s', (words, expected) => {
    expect(parse(words.split(' '), passThrough)).toEqual(expected);
  });
});

test('what a program is given is left as it is', () => {
  const words = ['hello.wasm', '--stats', 'x.wasm', '--', '--stats', 'y.ts'];
  expect(parse(words, true)).toEqual({ file: 'hello.wasm', args: words.slice(1) });
});

describe('a report that cannot be written is told before the run', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-'));
  const file = path.join(folder, 'file');
  const into = path.join(folder, 'folder');
  mkdirSync(into);
  writeFileSync(file, '');

  test.each<[string, number, string]>([
    [`${folder}/none/x.json`, 60, `there is no directory ${folder}/none`],
    [into, 60, 'it is a directory'],
    [`${file}/x.json`, 60, 'what should be a directory is none'],
    ['--', 2, 'the name of a file'],
    ['--digest', 2, 'the name of a file'],
  ])('%s', async (name, exitCode, message) => {
    for (const option of ['--trace', '--profile', '--counters', '--contention', '--objects', '--json']) {
      // An option that need not name a file takes none that looks like an option.
      if (name.startsWith('-') && !['--trace', '--profile', '--counters'].includes(option)) continue;
      const outcome = await runCli('bare', 'trap', 'operations=10', '--machine', 'uniform-1', option, name);
      expect(outcome).toMatchObject({ exitCode, stdout: '' });
      expect(outcome.stderr).toContain(message);
    }
  });
});
