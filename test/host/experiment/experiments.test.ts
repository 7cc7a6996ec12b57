// Experiments from the command line; and their definitions, of which each has its folder.
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPERIMENTS } from '../../../host/experiment/experiments.ts';
import { numberIn, sweep } from '../../../host/experiment/sweep.ts';
import { runCli } from '../run-cli.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;

describe.each(EXPERIMENTS.map((experiment) => [experiment.name, experiment] as const))('%s', (name, experiment) => {
  it('has a folder with what came out, made by the command that it tells', () => {
    const folder = path.join(ROOT, 'experiments', name);
    for (const file of ['README.md', 'table.json', 'table.csv', 'plot.svg'])
      expect(existsSync(path.join(folder, file)), file).toBe(true);
    const text = readFileSync(path.join(folder, 'README.md'), 'utf8');
    expect(text).toContain(`# ${experiment.question}`);
    expect(text).toContain(`manycore experiment run ${name}`);
    const table = JSON.parse(readFileSync(path.join(folder, 'table.json'), 'utf8'));
    expect(table.columns).toEqual(experiment.columns);
    expect(table.rows.length).toBeGreaterThan(0);
  });

  it('plots columns that it has', () => {
    const names = experiment.columns.map((column) => column.name);
    expect(names).toEqual(expect.arrayContaining([...(experiment.plot.series ?? [])]));
  });
});

it('lists experiments with their questions', async () => {
  const { stdout, exitCode } = await runCli('experiment', 'list');
  expect(exitCode).toBe(0);
  for (const { name, question } of EXPERIMENTS) {
    expect(stdout).toContain(name);
    expect(stdout).toContain(question);
  }
});

it('teaches who asks for what there is not', async () => {
  const unknown = await runCli('experiment', 'run', 'unmapp');
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean unmap?')]);
  const large = await runCli('experiment', 'run', 'unmap', '--cores', '2,40');
  expect([large.exitCode, large.stderr]).toEqual([
    2,
    expect.stringContaining('amd-8x4 has 32 cores, 40 are asked for'),
  ]);
  for (const list of ['0', '4-2', 'a', '1,,2']) {
    const wrong = await runCli('experiment', 'run', 'unmap', '--cores', list);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('as in 1,2,4-8')]);
  }
});

it('runs one, and writes the same files each time', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-'));
  const files = ['table.json', 'table.csv', 'plot.svg'];
  const texts = [];
  for (const out of ['a', 'b']) {
    const argv = ['experiment', 'run', 'unmap', '--cores', '1-2', '--out', path.join(folder, out)];
    const { exitCode, stdout } = await runCli(...argv);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^ +1 .*\n +2 /m)]);
    texts.push(files.map((file) => readFileSync(path.join(folder, out, file), 'utf8')));
  }
  expect(texts[1]).toEqual(texts[0]);
  const table = JSON.parse(texts[0]?.[0] ?? '');
  expect(table.rows.map((row: number[]) => row[0])).toEqual([1, 2]);
  expect(texts[0]?.[1]).toMatch(/^threads,fault \(ns\),.*\n1,\d+,/);
});

it('a sweep has a row for each number of CPUs and a column for each configuration', () => {
  const experiment = sweep({
    name: 'x',
    question: 'x?',
    title: 'x',
    machine: 'uniform-4',
    cpus: [1, 2],
    configurations: ['a', 'b'].map((name) => ({ name, kernel: 'monolith', options: [`objects=${name}`] })),
    program: (cpus) => ['work', String(cpus)],
    figure: ({ output }, cpus) => cpus * numberIn(output, /took ([\d,.]+)/),
    relative: (figures) => figures.map((values) => values.map((value) => value / (figures[0]?.[0] ?? 1))),
    unit: '',
    plot: { y: 'speedup' },
  });
  const runs = experiment.runs([1, 4]);
  expect(runs.map(({ title, program, cpus }) => [title, program, cpus])).toEqual([
    ['a, 1 CPU', ['work', '1'], 1],
    ['a, 4 CPUs', ['work', '4'], 4],
    ['b, 1 CPU', ['work', '1'], 1],
    ['b, 4 CPUs', ['work', '4'], 4],
  ]);
  const results = [1000, 2000, 4000, 8000].map((took) => {
    return { output: `it took ${took.toLocaleString('en-US')} us`, cycles: 0, digest: '', instances: [] };
  });
  expect(experiment.rows([1, 4], results)).toEqual([
    [1, 1, 4],
    [4, 8, 32],
  ]);
  expect(() => numberIn('nothing', /took (\d+)/)).toThrow('nothing');
});
