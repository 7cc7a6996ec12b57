// Parameters of bare-metal guests: what users may write, what is said about the rest, and what the guest is told.
import { describe, expect, it } from 'vitest';
import { BARE_GUESTS, bareGuest } from '../../../host/bare/guests.ts';
import { commandLine, readParameters } from '../../../host/bare/parameters.ts';
import { CommandFailure } from '../../../host/cli/failure.ts';
import { profileNamed } from '../../../machine/index.ts';

const setting = (name: string, cores: number) => ({ profile: profileNamed(name), cores });

function failureOf(act: () => unknown): CommandFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('what users write', () => {
  it('takes numbers, lists and units', () => {
    const chase = bareGuest('chase');
    const read = (text: string) => readParameters(chase, setting('uniform-1', 1), [text]).get('sizes');
    expect(read('sizes=1024')).toEqual([1024]);
    expect(read('sizes=16K,1m')).toEqual([16384, 1048576]);
    expect(read('sizes=1_000')).toEqual([1000]);
  });

  it.each([
    ['sizes=', /whole numbers/],
    ['sizes=1.5K', /whole numbers/],
    ['sizes=16K,', /whole numbers/],
    ['sizes=1', /256 to/],
    ['steps=1,2', /a whole number/],
    ['steps', /a whole number/],
  ])('refuses %s', (text, message) => {
    const failure = failureOf(() => readParameters(bareGuest('chase'), setting('uniform-1', 1), [text]));
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toMatch(message);
  });

  it.each([
    ['counter', 'counts=1,5', /1 to 4/],
    ['shared-update', 'counts=5', /2 to 4/],
    ['urpc', 'receivers=4', /0 to 3/],
  ])('refuses cores that do not take part: %s %s', (name, text, message) => {
    const failure = failureOf(() => readParameters(bareGuest(name), setting('amd-4x4', 4), [text]));
    expect(failure.message).toMatch(message);
  });

  it('refuses pairs of one core, and cores without another', () => {
    const read = (...texts: string[]) => readParameters(bareGuest('urpc'), setting('amd-4x4', 4), texts);
    expect(read('senders=0,0', 'receivers=1,2').get('receivers')).toEqual([1, 2]);
    for (const texts of [['senders=0', 'receivers=0'], ['senders=0,1', 'receivers=1'], ['senders=0,1,2']])
      expect(failureOf(() => read(...texts)).message).toContain('no pairs');
  });

  it('names the parameters when one is unknown, and what was probably meant', () => {
    const failure = failureOf(() => readParameters(bareGuest('chase'), setting('uniform-1', 1), ['size=16K']));
    expect(failure.exitCode).toBe(2);
    expect(failure.details.where?.join('\n')).toContain('sizes=');
    expect(failure.details.hint).toContain('sizes');
  });
});

describe('what guests are given when users say nothing', () => {
  it("is accepted by the guest's own limits, on every machine", () => {
    for (const machine of ['uniform-2', 'amd-8x4', 'epyc-genoa', 'uniform-128']) {
      const { profile } = setting(machine, 2);
      const { nodes, groupsPerNode, coresPerGroup } = profile.topology;
      for (const guest of BARE_GUESTS) {
        const all = { profile, cores: nodes * groupsPerNode * coresPerGroup };
        const parameters = readParameters(guest, all, []);
        const texts = [...parameters].map(([name, values]) => `${name}=${values.join(',')}`);
        expect(readParameters(guest, all, texts)).toEqual(parameters);
      }
    }
  });

  it('is some pairs of cores for each relation that occurs among the cores that take part', () => {
    const urpc = bareGuest('urpc');
    const labels = (cores: number) => {
      const whole = setting('amd-4x4', cores);
      const parameters = readParameters(urpc, whole, []);
      expect(parameters.get('senders')?.length).toBe(parameters.get('receivers')?.length);
      return [...new Set(parameters.get('senders')?.map((_, row) => urpc.labelOf(row, whole, parameters)))];
    };
    expect(labels(16)).toEqual(['shared-l3', 'one-hop', 'two-hop']);
    expect(labels(4)).toEqual(['shared-l3']);
  });

  it('is at most 35 numbers of cores, up to all', () => {
    const counts = (cores: number) =>
      readParameters(bareGuest('counter'), setting('uniform-128', cores), []).get('counts');
    expect(counts(3)).toEqual([1, 2, 3]);
    expect(counts(128)?.at(-1)).toBe(128);
    expect(counts(127)?.at(-1)).toBe(127);
    expect(counts(128)?.length).toBeLessThan(36);
  });

  it('is the local path of a call where the profile has one', () => {
    const work = (name: string) => readParameters(bareGuest('counter'), setting(name, 2), []).get('work');
    expect(work('ibm-s85')).toEqual([profileNamed('ibm-s85').reference?.ppcCycles]);
    expect(work('uniform-2')).toEqual([1000]);
  });
});

it('becomes the command line of the boot information', () => {
  expect(
    commandLine(
      4,
      new Map([
        ['counts', [1, 4]],
        ['work', [7]],
      ]),
    ),
  ).toBe('cores=4 counts=1,4 work=7');
});
