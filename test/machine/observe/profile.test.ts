// Samples of where cores stand: weights add up to time, sleep weighs on what sleeps.
import { describe, expect, it } from 'vitest';
import { Profile, type ProfileOptions } from '../../../machine/observe/profile.ts';
import { WOKEN_BY_WRITE } from '../../../machine/platform.ts';
import { SLEEPS_HALT, SLEEPS_MWAIT } from '../../../machine/state/layout.ts';
import { IMAGE, site, TableMachine } from './observed-machine.ts';

function profileOf(options?: ProfileOptions): { profile: Profile; machine: TableMachine } {
  const profile = new Profile(options);
  const machine = new TableMachine();
  profile.attach(machine);
  return { profile, machine };
}

function read(profile: Profile, core: number): [string, number][] {
  const name = (number: number) => {
    const frame = profile.frames[number];
    return typeof frame === 'string' ? frame : `${frame?.name}+${frame?.offset}`;
  };
  return [...profile.samples(core)].map(({ stack, cycles }) => [stack.map(name).join(' > '), cycles]);
}

const MAIN = site('main', 1);
const LOOP = site('loop', 5);

it('weighs a sample with what the core has run since its last one', () => {
  const { profile, machine } = profileOf({ period: 100 });
  machine.stacks[0] = [LOOP, MAIN];
  for (let window = 0; window < 5; window++) profile.slice(0, window * 320, (window + 1) * 320);
  machine.stacks[0] = [MAIN];
  profile.slice(0, 1600, 2400);
  expect(read(profile, 0)).toEqual([
    ['main+1 > loop+5', 120],
    ['main+1', 180],
  ]);
  expect(read(profile, 1)).toEqual([]);
});

it('puts all of a core’s time somewhere', () => {
  const { profile, machine } = profileOf({ period: 7 });
  machine.stacks[2] = [MAIN];
  let time = 0;
  for (let i = 1; i < 200; i++) {
    profile.slice(2, time, time + (i % 13) + 1);
    time += (i % 13) + 1;
    if (i % 50 === 0) {
      profile.sleep(2, time, SLEEPS_HALT);
      profile.wake(2, time + 800);
      time += 800;
    }
  }
  const total = read(profile, 2).reduce((sum, [, cycles]) => sum + cycles, 0);
  expect(total).toBe(time / 8);
});

describe('sleep', () => {
  it.each([
    ['before the window that ends with it', true],
    ['after it', false],
  ])('weighs on the place that sleeps, told %s', (_, before) => {
    const { profile, machine } = profileOf();
    machine.stacks[0] = [LOOP, MAIN];
    if (!before) profile.slice(0, 0, 80);
    profile.sleep(0, 80, SLEEPS_MWAIT);
    if (before) profile.slice(0, 0, 80);
    // The interrupt's frames come before the core is told to be awake.
    machine.stacks[0] = [site('trap'), LOOP, MAIN];
    profile.wake(0, 880);
    expect(read(profile, 0)).toEqual([
      ['main+1 > loop+5', 10],
      ['main+1 > loop+5 > (mwait)', 100],
    ]);
  });
});

it('puts the end of a function on where it was last, or on its name', () => {
  const { profile, machine } = profileOf({ period: 100 });
  profile.start(0, 0, 'main');
  profile.start(1, 0, 'main');
  machine.stacks[0] = [LOOP];
  profile.slice(0, 0, 800);
  machine.stacks[0] = [];
  profile.slice(0, 800, 880);
  profile.finish(0);
  profile.slice(1, 0, 80);
  profile.finish(1);
  expect(read(profile, 0)).toEqual([
    ['loop+5', 100],
    ['loop+5', 10],
  ]);
  expect(read(profile, 1)).toEqual([['main', 10]]);
});

it('sums up what it cannot keep in order, and loses nothing', () => {
  const { profile, machine } = profileOf({ period: 1, samples: 2 });
  for (let i = 0; i < 6; i++) {
    machine.stacks[0] = [i % 2 === 0 ? LOOP : MAIN];
    profile.slice(0, 8 * i, 8 * i + 8);
  }
  expect(read(profile, 0)).toEqual([
    ['loop+5', 1],
    ['main+1', 1],
    ['loop+5', 2],
    ['main+1', 2],
  ]);
  expect(profile.unordered).toBe(4);
});

it('keeps no more of a place than the place', () => {
  const { profile, machine } = profileOf({ period: 1 });
  machine.stacks[0] = [{ ...MAIN, more: 1 } as typeof MAIN];
  profile.slice(0, 0, 8);
  expect(profile.frames).toEqual([{ name: 'main', function: 'm'.charCodeAt(0), offset: 1, image: IMAGE }]);
});

it('wakes nobody that it did not see fall asleep', () => {
  const { profile } = profileOf();
  profile.wake(0, WOKEN_BY_WRITE);
  expect(read(profile, 0)).toEqual([]);
});
