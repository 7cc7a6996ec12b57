// A short form of the mutation campaign (test/fuzz/mutate.ts): decoder and validator accept and refuse as V8 does.
import { expect, test } from 'vitest';
import { describeFailure, type MutationReport, runMutations } from '../../fuzz/mutate.ts';
import { specModules } from './spec-directory.ts';

const SEED = 20_230_411;
const COUNT = 4000;
/** Of one module; most take microseconds. */
const MAX_MS = 1000;

function check({ counts, failures, slowestMs }: MutationReport): void {
  expect(failures.map(describeFailure)).toEqual([]);
  expect(slowestMs).toBeLessThan(MAX_MS);
  // The campaign is worth something only when many cases pass the decoder, and some the validator.
  expect(counts.valid).toBeGreaterThan(COUNT / 20);
  expect(counts.refused).toBeGreaterThan(COUNT / 5);
}

test('mutated modules are accepted exactly when V8 accepts them', async () => {
  check(await runMutations({ seed: SEED, count: COUNT }));
});

const modules = specModules().filter(({ bytes }) => WebAssembly.validate(bytes as BufferSource));
if (modules.length > 0) {
  test('so are mutated modules of the official suite', async () => {
    check(await runMutations({ seed: SEED, count: COUNT, modules }));
  });
}
