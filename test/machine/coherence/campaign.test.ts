// Random accesses on random machines under audit, with data: the short form of the campaign (command.ts runs it at any length).
import { expect, it } from 'vitest';
import { runCampaign } from './campaign.ts';

const SEED = 20;

/** Rows that no transaction can reach: probes go to those who have copies, and hits are not transactions. */
const REACHABLE = [
  ...['I Load', 'I Store', 'S Store', 'O Store'],
  ...['S', 'E', 'O', 'M'].flatMap((state) => [`${state} Replace`, `${state} GetM`, `${state} Inv`, `${state} Recall`]),
  ...['E GetS', 'O GetS', 'M GetS'],
];

it('keeps all protocols coherent on all fabrics, with and without shared caches', () => {
  const result = runCampaign({ seed: SEED, accesses: 300_000, stepsPerCase: 1000 });
  expect(result.failure).toBeUndefined();
  expect([...result.rows.keys()].sort()).toEqual(REACHABLE.sort());
});

it('does so with up to 128 cores', () => {
  const result = runCampaign({ seed: SEED + 1, accesses: 30_000, stepsPerCase: 1000, mostCores: 128 });
  expect(result.failure).toBeUndefined();
});
