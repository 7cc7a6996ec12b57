// A profile as speedscope reads it (https://www.speedscope.app/file-format-schema.json), and as folded stacks for flame-graph tools.
//
// Frames are source lines where the module has a source map, else functions. Weights are cycles; speedscope shows them as a number
// without a unit, since it knows no cycles.
import type { Profile, ProfileFrame } from '../../machine/index.ts';
import type { GuestSites, SiteText } from './guest-sites.ts';

export interface ProfileTexts {
  /** What was run, for titles. */
  readonly title: string;
  readonly cores: number;
  readonly sites: GuestSites;
}

function frameText(frame: ProfileFrame, sites: GuestSites): SiteText {
  return typeof frame === 'string' ? { name: frame } : sites.describe(frame);
}

/** By number of a profile's frame: the number of its text among the texts that differ. */
function distinctTexts(profile: Profile, sites: GuestSites): { texts: SiteText[]; numbers: number[] } {
  const texts: SiteText[] = [];
  const known = new Map<string, number>();
  const numbers = profile.frames.map((frame) => {
    const text = frameText(frame, sites);
    const key = JSON.stringify([text.name, text.file, text.line]);
    const number = known.get(key) ?? texts.push(text) - 1;
    known.set(key, number);
    return number;
  });
  return { texts, numbers };
}

/** The file's text. One profile a core that ran; cores without samples are left out. */
export function speedscopeJson(profile: Profile, { title, cores, sites }: ProfileTexts): string {
  // Read first: reading takes the last samples.
  const sampled = Array.from({ length: cores }, (_, core) => [...profile.samples(core)]);
  const { texts, numbers } = distinctTexts(profile, sites);
  const note = profile.unordered > 0 ? `, the last ${profile.unordered} samples summed up by stack` : '';
  const profiles = sampled.flatMap((samples, core) => {
    if (samples.length === 0) return [];
    const weights = samples.map(({ cycles }) => cycles);
    return {
      type: 'sampled',
      name: `core ${core} (cycles${note})`,
      unit: 'none',
      startValue: 0,
      endValue: weights.reduce((sum, cycles) => sum + cycles, 0),
      samples: samples.map(({ stack }) => stack.map((frame) => numbers[frame])),
      weights,
    };
  });
  return `${JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name: title,
    exporter: 'manycore',
    activeProfileIndex: 0,
    shared: { frames: texts },
    profiles,
  })}\n`;
}

/** Folded stacks: `core 0;main (a.ts:3);loop (a.ts:7) 1234`, one line a stack with its cycles, sorted. */
export function foldedStacks(profile: Profile, { cores, sites }: ProfileTexts): string {
  const cycles = new Map<string, number>();
  for (let core = 0; core < cores; core++) {
    for (const sample of profile.samples(core)) {
      const frames = sample.stack.map((number) => foldedName(frameText(profile.frames[number] as ProfileFrame, sites)));
      const key = [`core ${core}`, ...frames].join(';');
      cycles.set(key, (cycles.get(key) ?? 0) + sample.cycles);
    }
  }
  const lines = [...cycles].map(([stack, count]) => `${stack} ${Math.round(count)}`);
  return lines.length === 0 ? '' : `${lines.sort().join('\n')}\n`;
}

/** Semicolons part frames in this format. */
function foldedName({ name, file, line }: SiteText): string {
  const text = file === undefined ? name : `${name} (${file}:${line})`;
  return text.replaceAll(';', ':');
}
