// Profiles as speedscope and flame-graph tools read them.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { guestFile } from '../../../host/guest-programs.ts';
import { GuestSites } from '../../../host/observe/guest-sites.ts';
import { foldedStacks, speedscopeJson } from '../../../host/observe/speedscope.ts';
import { Machine, Profile, type ProfileOptions } from '../../../machine/index.ts';
import { SLEEPS_MWAIT } from '../../../machine/state/layout.ts';
import { site, TableMachine } from '../../machine/observe/observed-machine.ts';

/** What speedscope's own schema (version 1.25) asks of a file with sampled profiles. */
const FILE = z.strictObject({
  $schema: z.literal('https://www.speedscope.app/file-format-schema.json'),
  name: z.string(),
  exporter: z.string(),
  activeProfileIndex: z.number(),
  shared: z.strictObject({
    frames: z.array(z.strictObject({ name: z.string(), file: z.string().optional(), line: z.number().optional() })),
  }),
  profiles: z.array(
    z.strictObject({
      type: z.literal('sampled'),
      name: z.string(),
      unit: z.enum(['none', 'bytes', 'microseconds', 'milliseconds', 'nanoseconds', 'seconds']),
      startValue: z.number(),
      endValue: z.number(),
      samples: z.array(z.array(z.number())),
      weights: z.array(z.number()),
    }),
  ),
});

function profileOf(options?: ProfileOptions): Profile {
  const profile = new Profile({ period: 1, ...options });
  const machine = new TableMachine();
  profile.attach(machine);
  machine.stacks[0] = [site('loop;inner', 7), site('main', 3)];
  profile.slice(0, 0, 80);
  machine.stacks[0] = [site('loop;inner', 9), site('main', 3)];
  profile.slice(0, 80, 240);
  profile.sleep(0, 240, SLEEPS_MWAIT);
  profile.wake(0, 640);
  return profile;
}

const texts = { title: 'a run', cores: 4, sites: new GuestSites() };

it('is a file that speedscope accepts', () => {
  const file = FILE.parse(JSON.parse(speedscopeJson(profileOf(), texts)));
  const [profile] = file.profiles;
  expect(file.profiles.length).toBe(1);
  expect(file.shared.frames.map(({ name }) => name)).toEqual(['main', 'loop;inner', '(mwait)']);
  expect(profile).toMatchObject({ name: 'core 0 (cycles)', startValue: 0, endValue: 80, weights: [10, 20, 50] });
  expect(profile?.samples).toEqual([
    [0, 1],
    [0, 1],
    [0, 1, 2],
  ]);
});

it('says where it is not in the order of time', () => {
  const [profile] = FILE.parse(JSON.parse(speedscopeJson(profileOf({ samples: 1 }), texts))).profiles;
  expect(profile?.name).toBe('core 0 (cycles, the last 2 samples summed up by stack)');
  expect(profile?.weights.reduce((sum, weight) => sum + weight)).toBe(80);
});

it('folds equal stacks into one line', () => {
  expect(foldedStacks(profileOf(), texts)).toBe(
    ['core 0;main;loop:inner 30', 'core 0;main;loop:inner;(mwait) 50', ''].join('\n'),
  );
  const empty = new Profile();
  empty.attach(new TableMachine());
  expect(foldedStacks(empty, texts)).toBe('');
});

it('names AssemblyScript lines', () => {
  const file = guestFile('fibonacci');
  const machine = new Machine();
  const image = machine.load(new Uint8Array(readFileSync(file)));
  const sites = new GuestSites();
  sites.add(image, file);
  const run = image.module.exports.find(({ name }) => name === 'run')?.index as number;
  const { offsets } = image.functionInfo(run);
  const text = sites.describe({ name: 'unused', function: run, offset: offsets[offsets.length - 1] as number, image });
  expect(text).toMatchObject({ name: 'run' });
  expect(text.file).toMatch(/fibonacci\.ts$/);
  expect(text.line).toBeGreaterThan(0);
});
