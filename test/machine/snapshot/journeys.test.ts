// A machine that is restored from a snapshot goes on as the one that the snapshot is of: results, cycles, counters, instruments, traps and
// digest. Stops are at random cycles.
//
// SNAPSHOT_CASES=1000 makes a long campaign of it, SNAPSHOT_SEED another one.
import { describe, expect, it } from 'vitest';
import type { MachineOptions } from '../../../machine/index.ts';
import { Random } from '../../fuzz/random.ts';
import { JOURNEYS, optionsFor, restored, stay, travel } from './journeys.ts';

const { SNAPSHOT_CASES = '3', SNAPSHOT_SEED = '1' } = process.env;
const CASES = Number(SNAPSHOT_CASES);
const SEED = Number(SNAPSHOT_SEED);

function settings(random: Random, number: number): MachineOptions {
  return {
    mode: number % 2 === 0 ? 'fast' : 'checked',
    windowCycles: random.pick([1, 7, 40, 40, 500]),
    ...(random.oneIn(3) ? { leaveSeed: 1 + random.below(1000) } : {}),
  };
}

describe.each(JOURNEYS.map((journey, number) => ({ ...journey, number })))('$name', (journey) => {
  it(`goes on after ${CASES} random stops, seed ${SEED}`, { timeout: 60_000 + 5000 * CASES }, () => {
    for (let number = 0; number < CASES; number++) {
      const random = new Random(SEED, 1000 * journey.number + number);
      const profile = random.pick(journey.profiles);
      const options = optionsFor(journey, profile, settings(random, number));
      const stops = Array.from({ length: 1 + random.below(2) }, () => 1 + random.below(journey.length / 2));
      const { mode, windowCycles, leaveSeed } = options;
      const where = `case ${number}: ${JSON.stringify({ profile, mode, windowCycles, leaveSeed, stops })}`;
      const whole = travel(journey, options, stops, stay);
      expect(travel(journey, options, stops, restored(random.oneIn(2))), where).toEqual(whole);
    }
  });
});
