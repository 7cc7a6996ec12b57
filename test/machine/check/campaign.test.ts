// The short form of the random tester of the whole memory system; command.ts runs it at any length.
import { expect, it } from 'vitest';
import { runCampaign } from './campaign.ts';
import { checkCase, randomCase } from './memory-case.ts';

const SEED = 3;
const CASES = 40;

it(`agrees in all modes, under audit and with the oracle, in ${CASES} random cases of seed ${SEED}`, () => {
  const result = runCampaign({ seed: SEED, count: CASES, mostCores: 12 });
  expect(result.failure).toBeUndefined();
  expect(result.accesses).toBeGreaterThan(10_000);
});

it('does so with 24 to 32 cores', () => {
  let cases = 0;
  for (let number = 0; cases < 4; number++) {
    const which = randomCase(SEED + 1, number);
    const { nodes, groupsPerNode, coresPerGroup } = which.profile.topology;
    if (nodes * groupsPerNode * coresPerGroup < 24) continue;
    cases++;
    checkCase(which);
  }
});
