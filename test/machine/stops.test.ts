// A run that is stopped at some cycles and continued is the run that is never stopped: results, cycles, counters, instruments, traps and digest. Guests
// cannot find out, in no mode. So one program may be stopped anywhere to be looked at, or for a snapshot.
//
// STOPS_CASES=1000 makes a long campaign of it, STOPS_SEED another one.
import { describe, expect, it } from 'vitest';
import type { MachineOptions, MachineProfile } from '../../machine/index.ts';
import { Random } from '../fuzz/random.ts';
import { JOURNEYS, type Journey, optionsFor, stay, travel } from './snapshot/journeys.ts';

const { STOPS_CASES = '2', STOPS_SEED = '1' } = process.env;
const CASES = Number(STOPS_CASES);
const SEED = Number(STOPS_SEED);
const WINDOWS = [1, 7, 40, 41, 100, 500];

/** What a journey shows, but for where it was stopped. */
function sight(journey: Journey, options: MachineOptions, stops: readonly number[]) {
  const { switches: _, outcomes, ...shown } = travel(journey, options, stops, stay);
  return { ...shown, outcomes: outcomes.filter((outcome) => !outcome.startsWith('cycle-limit')) };
}

/** Stops of which some are close together, and some so far apart that the run is over. */
function randomStops(random: Random, length: number): number[] {
  return Array.from({ length: 1 + random.below(8) }, () => 1 + random.below(random.pick([100, 3000, length / 3])));
}

/** Some cores slow, whose times are rounded. */
function slowed(profile: MachineProfile): MachineProfile {
  return { ...profile, core: { ...profile.core, speeds: [{ cores: [0], ratio: 0.37 }] } };
}

describe.each(JOURNEYS.map((journey, number) => ({ ...journey, number })))('$name', (journey) => {
  it(`is the same in all modes with ${CASES} sets of stops and without, seed ${SEED}`, {
    timeout: 60_000 + 5000 * CASES,
  }, () => {
    for (let number = 0; number < CASES; number++) {
      const random = new Random(SEED, 1000 * journey.number + number);
      const name = random.pick(journey.profiles);
      const windowCycles = random.pick(WINDOWS);
      const options = optionsFor(journey, name, { windowCycles });
      const profile = random.oneIn(3) ? slowed(options.profile as MachineProfile) : options.profile;
      const stops = randomStops(random, journey.length);
      const ways: MachineOptions[] = [{}, { mode: 'checked' }, { leaveSeed: 1 + random.below(1000) }];
      const where = `case ${number}: ${JSON.stringify({ name, windowCycles, stops, slow: profile !== options.profile })}`;
      const whole = sight(journey, { ...options, profile }, []);
      expect(sight(journey, { ...options, profile, ...random.pick(ways) }, stops), where).toEqual(whole);
    }
  });
});
