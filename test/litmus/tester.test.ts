// The tester's own test: programs whose operations do not run in the order in which they are written are found out.
import { expect, it } from 'vitest';
import { uniform } from '../../machine/index.ts';
import { readCatalogue } from './catalogue.ts';
import { allowedOutcomes } from './oracle.ts';
import type { LitmusTest } from './program.ts';
import { runLitmus } from './runner.ts';

/** The test with the operation at `index` of a thread and the one behind it exchanged, as a compiler or a core might. */
function exchanged(test: LitmusTest, thread: number, index: number): LitmusTest {
  const threads = test.threads.map((operations, i) => {
    if (i !== thread) return operations;
    const copy = [...operations];
    copy.splice(index, 2, ...operations.slice(index, index + 2).reverse());
    return copy;
  });
  return { ...test, threads };
}

/** The first exchange by which a program can come to outcomes that it must not have. */
function visibleExchange(test: LitmusTest): LitmusTest[] {
  const allowed = allowedOutcomes(test, 'SC');
  const all = test.threads.flatMap((operations, thread) =>
    operations.slice(1).map((_, index) => exchanged(test, thread, index)),
  );
  const registers = (program: LitmusTest) => [...allowedOutcomes(program, 'SC').values()].map(sortedText);
  const known = new Set([...allowed.values()].map(sortedText));
  return all.filter((program) => registers(program).some((outcome) => !known.has(outcome))).slice(0, 1);
}

function sortedText(outcome: ReadonlyMap<string, number>): string {
  return JSON.stringify([...outcome].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** With four threads there are too many interleavings to find a certain one soon. */
const FEW = readCatalogue().filter(({ threads }) => threads.length < 4);
const WRONG = FEW.flatMap((test) => visibleExchange(test).map((program) => ({ name: test.name, test, program })));

const SMALL = { profile: uniform(4) };

it('has such programs', () => {
  expect(WRONG.length).toBeGreaterThan(30);
});

it.each(WRONG)('finds two operations of $name in the wrong order', async ({ test, program }) => {
  const report = await runLitmus(test, { seed: 1, runs: 5000, mostRuns: 5000, machine: SMALL }, program);
  expect(report.violations.length).toBeGreaterThan(0);
});

it('sees the same with the same seed, and other runs with another', async () => {
  const [test] = readCatalogue() as [LitmusTest];
  const counts = async (seed: number) => [
    ...(await runLitmus(test, { seed, runs: 100, mostRuns: 100, machine: {} })).seen,
  ];
  expect(await counts(5)).toEqual(await counts(5));
  expect(await counts(5)).not.toEqual(await counts(6));
});

it('refuses a machine that has fewer cores than the test has threads', async () => {
  const test = readCatalogue().find(({ threads }) => threads.length === 4) as LitmusTest;
  const run = runLitmus(test, { seed: 1, runs: 1, mostRuns: 1, machine: { profile: uniform(3) } });
  await expect(run).rejects.toThrow('has 4 threads, the machine 3 cores');
});
