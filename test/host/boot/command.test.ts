// What `manycore boot`, `run` and `build` say, write and end with, for good command lines and bad ones.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliScript } from '../../../host/guest-programs.ts';
import { runCli, temporaryModule } from '../run-cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'manycore-boot-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const boot = (...argv: string[]) => runCli('boot', 'monolith', '--cores', '2', ...argv);

describe('command lines that cannot be done', () => {
  it.each<[string[], number, RegExp]>([
    [
      ['boot', 'monolit'],
      2,
      /there is no kernel "monolit"\n {2}monolith .*\n {2}k42 .*\nhelp: did you mean monolith\?/,
    ],
    [['boot', 'xv6'], 2, /there is no kernel "xv6"[\s\S]*\.wasm/],
    [['boot', 'nowhere.wasm'], 60, /cannot read nowhere\.wasm/],
    [['boot', 'monolith', '--cores', '5'], 2, /uniform-4 has 4 cores, 5 are asked for/],
    [['boot', 'monolith', '--cores', '0'], 2, /--cores/],
    [['boot', 'monolith', '--machine', 'amd-4x5'], 2, /amd-4x5/],
    [['boot', 'monolith', '--mount', 'nowhere:/x', '--', 'true'], 60, /cannot mount nowhere: there is no such file/],
    [['boot', 'monolith', '--mount', 'README.md', '--', 'true'], 2, /HOST:GUEST/],
    [['boot', 'monolith', '--export', '/tmp/x', '--', 'true'], 2, /GUEST:HOST/],
    [
      ['boot', 'monolith', '--set', 'lock=big', '--', 'true'],
      2,
      /no option "lock"\nhelp: it has locks=big\|fine\|percpu/,
    ],
    [['boot', 'monolith', '--set', 'locks=huge', '--', 'true'], 2, /does not know locks=huge/],
    [['boot', 'monolith', '--set', 'core.nothing=1', '--', 'true'], 2, /core\.nothing/],
    [['boot', 'monolith', '--ram', '16', '--mount', 'node_modules/typescript/lib:/lib', '--', 'true'], 2, /--ram/],
    [['run', 'nowhere.ts'], 60, /cannot read nowhere\.ts/],
    [['run', 'nowhere.wasm'], 60, /cannot read nowhere\.wasm/],
    [['build', 'nowhere.ts'], 60, /cannot read nowhere\.ts/],
    [['build', 'README.md'], 2, /README\.md is not an AssemblyScript source/],
  ])('%j', async (argv, status, message) => {
    const { exitCode, stdout, stderr } = await runCli(...argv);
    expect(stderr).toMatch(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: status, stdout: '' });
  });
});

describe('programs that do not start', () => {
  it('one that does not exist', async () => {
    const { exitCode, stderr } = await boot('--', 'nosuch', 'x');
    expect(stderr).toMatch(/cannot start \/bin\/nosuch: there is no such program/);
    expect(exitCode).toBe(127);
  });

  it('one that is no module, or imports what there is not', async () => {
    const text = await temporaryModule('no module', 'text.txt');
    const wrong = await temporaryModule('(module (import "posix" "launch" (func)) (func (export "main")))');
    for (const [file, reason] of [
      [text, /not WebAssembly/],
      [wrong, /posix.*launch/],
    ] as const) {
      const { exitCode, stderr } = await boot('--mount', `${file}:/bin/it`, '--', 'it');
      expect(stderr).toMatch(reason);
      expect(stderr).toMatch(/cannot start \/bin\/it/);
      expect(exitCode).toBe(126);
    }
  });

  it('one with more arguments than there is room for, but not with many', async () => {
    const words = Array.from({ length: 5000 }, (_, i) => `word-${i}`);
    expect(await boot('--', 'sh', '-c', 'echo $#', ...words)).toMatchObject({ exitCode: 0, stdout: '4999\n' });
    expect(await boot('--', 'echo', ...words, ...words, ...words)).toMatchObject({ exitCode: 126 });
  });
});

describe('runs', () => {
  it('pass the status and both streams on', async () => {
    const outcome = await boot('--', 'sh', '-c', 'echo out; echo err >&2; exit 9');
    expect(outcome).toEqual({ exitCode: 9, stdout: 'out\n', stderr: 'err\n' });
  });

  it('come to the same digest and statistics twice, in checked mode, and without parking', async () => {
    const file = path.join(folder, 'stats.json');
    const once = async (...options: string[]) => {
      const { stderr } = await boot(
        ...options,
        '--digest',
        '--stats',
        file,
        '--',
        'sh',
        '-c',
        'seq 200 | sort | wc & wait',
      );
      const { digest, rows, columns } = JSON.parse(readFileSync(file, 'utf8'));
      expect(stderr).toMatch(new RegExp(`digest ${digest}\\n`));
      return { digest, rows, columns };
    };
    const first = await once();
    expect(first.columns.map(({ name }: { name: string }) => name).slice(0, 4)).toEqual([
      '',
      'time',
      'instructions',
      'accesses',
    ]);
    expect(first.rows.map(([name]: string[]) => name)).toEqual(['core 0', 'core 1', 'together']);
    expect(await once()).toEqual(first);
    expect(await once('--checked')).toEqual(first);
    expect(await once('--parking', 'off')).toEqual(first);
    expect((await once('--set', 'locks=big')).digest).not.toBe(first.digest);
  });

  it('end at the cycle limit and say where', async () => {
    const { exitCode, stderr } = await boot('--max-cycles', '3000000', '--', 'sh', '-c', 'while :; do :; done');
    expect(exitCode).toBe(42);
    expect(stderr).toMatch(/the cycle limit was reached: 3,000,\d+ of --max-cycles 3000000/);
  });

  it('end when every core waits for ever', async () => {
    const file = await temporaryModule(`(module
      (import "posix" "futex_wait" (func $wait (param i32 i32 i64) (result i32)))
      (memory (export "memory") 1)
      (func (export "main") (result i32) (call $wait (i32.const 16) (i32.const 0) (i64.const -1))))`);
    const { exitCode, stderr } = await runCli('run', '--cores', '2', file);
    expect(stderr).toMatch(/every core waits for ever at cycle/);
    expect(exitCode).toBe(43);
  });

  it('export files, and miss those that are not there', async () => {
    const [here, missing] = ['here', 'missing'].map((name) => path.join(folder, 'new/folder', name)) as [
      string,
      string,
    ];
    const exports = ['--export', `/tmp/a b:${here}`, '--export', `/tmp/c:${missing}`];
    const { exitCode, stderr } = await boot(...exports, '--', 'sh', '-c', 'seq 3000 > "/tmp/a b"');
    expect(readFileSync(here, 'utf8')).toBe(Array.from({ length: 3000 }, (_, i) => `${i + 1}\n`).join(''));
    expect(existsSync(missing)).toBe(false);
    expect(stderr).toContain(`there is no file /tmp/c to export to ${missing}`);
    expect(exitCode).toBe(60);
  });

  it('take a program in text, and a directory', async () => {
    writeFileSync(
      path.join(folder, 'seven.wat'),
      '(module (memory 1) (func (export "main") (result i32) (i32.const 7)))',
    );
    expect(await runCli('run', '--cores', '1', path.join(folder, 'seven.wat'))).toMatchObject({ exitCode: 7 });
    expect(await boot('--mount', 'docs/decisions:/d', '--', 'sh', '-c', 'ls /d | head -n 1')).toMatchObject({
      stdout: '0001-two-bodies-per-function.md\n',
    });
  });
});

it('Ctrl-C ends a run with its statistics', async () => {
  const argv = [cliScript(), 'boot', 'monolith', '--', 'sh', '-c', 'echo begun; while :; do :; done'];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
  });
  child.stdout.once('data', () => child.kill('SIGINT'));
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).toMatch(
    /^monolith -- sh -c 'echo begun; while :; do :; done': .* simulated in .*\n[\s\S]*\ncore 0 [\s\S]*\ntogether [\s\S]*\nerror: interrupted at cycle/,
  );
  expect(status).toBe(130);
});
