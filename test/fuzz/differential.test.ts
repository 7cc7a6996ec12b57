// The short form of the campaign of random modules: `npm run fuzz` runs as many as one likes. Every setting of cores and windows is
// gone through, by programs of our own generator and by modules of binaryen's. A failure's message names the seed and a file.
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCampaign } from './campaign.ts';
import { RandomModules } from './random-module.ts';

const SEED = 20260;
const CASES = 96;
const modules = new RandomModules();
afterAll(() => modules.close());

it(`gives V8's results on ${CASES} random modules of seed ${SEED}, at equal cycles in all modes`, async () => {
  const folder = path.resolve(import.meta.dirname, 'failures');
  const { counts, failures } = await runCampaign({ seed: SEED, first: 0, count: CASES, folder, modules });
  expect(failures).toEqual([]);
  expect(counts.equal, 'cases that were not too long').toBeGreaterThan(CASES * 0.9);
}, 120_000);

it.each([
  // An unaligned atomic load whose line the access filter knows.
  [1, 45],
  // A recursion whose host frames are many times the guest's.
  [2, 126],
])(
  'gives them on a case that once failed: seed %i, case %i',
  async (seed, first) => {
    const folder = path.resolve(import.meta.dirname, 'failures');
    const { counts, failures } = await runCampaign({ seed, first, count: 1, folder, modules });
    expect(failures).toEqual([]);
    expect(counts.equal).toBe(1);
  },
  120_000,
);
