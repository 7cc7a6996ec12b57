// Litmus tests on the machine: nothing outside sequential consistency is ever seen, and everything that it allows is.
//
// LITMUS_RUNS=20000 makes a long campaign of it, LITMUS_SEED another one, LITMUS_FILES=a.litmus,b.litmus takes other tests,
// LITMUS_MACHINE=epyc-genoa runs them all on that machine.
import { describe, expect, it } from 'vitest';
import { profileNamed } from '../../machine/index.ts';
import { readCatalogue } from './catalogue.ts';
import { reportText, runLitmus } from './runner.ts';

const { LITMUS_RUNS = '100', LITMUS_SEED = '1', LITMUS_FILES = '', LITMUS_MACHINE } = process.env;
const RUNS = Number(LITMUS_RUNS);
const MACHINE = LITMUS_MACHINE === undefined ? {} : { profile: profileNamed(LITMUS_MACHINE) };
/** Outcomes that few interleavings have come late. */
const PATIENCE = 100;

describe.each(readCatalogue(LITMUS_FILES.split(',').filter((file) => file !== '')))('$name: $description', (test) => {
  it(`keeps to sequential consistency and shows all of it, seed ${LITMUS_SEED}`, {
    timeout: 60_000 + RUNS * 20,
  }, async () => {
    const report = await runLitmus(test, {
      seed: Number(LITMUS_SEED),
      runs: RUNS,
      mostRuns: RUNS * PATIENCE,
      machine: MACHINE,
    });
    expect(report.violations, reportText(report)).toEqual([]);
    expect(report.missing, reportText(report)).toEqual([]);
    if (test.forbiddenBy.includes('SC')) expect(report.interesting).toBe(0);
    else expect(report.interesting).toBeGreaterThan(0);
  });
});
