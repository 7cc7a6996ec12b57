// A controller that is restored from what another one has saved goes on as that one would have: the same grants, times and counts.
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { Random } from '../../fuzz/random.ts';
import type { CacheModel } from './cache-model.ts';
import { describeCase, randomCase, runCase } from './random-case.ts';

const CASES = 150;
const STEPS = 400;
const SEED = 1970;

/** All that can be told apart. */
function end({ clocks, controller, accesses }: CacheModel) {
  return { clocks: [...clocks], accesses, saved: controller.save() };
}

it(`goes on after ${CASES} random cases were cut in two, seed ${SEED}`, () => {
  const random = new Random(SEED, 0);
  for (let number = 0; number < CASES; number++) {
    const which = randomCase(SEED, number, STEPS);
    const at = random.below(STEPS);
    const description = () => `case ${number}, cut at step ${at}\n${describeCase(which)}`;
    const cut = end(runCase(which, {}, at));
    const whole = end(runCase(which));
    // The host compares typed arrays fast; the difference is asked for when there is one.
    if (!isDeepStrictEqual(cut, whole)) expect(cut, description()).toEqual(whole);
  }
});
