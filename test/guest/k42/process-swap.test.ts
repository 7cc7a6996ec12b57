// A program has its own Process object swapped, again and again and in both directions, while its threads fault on it, map and unmap, move the program's end
// and sleep on futexes: nothing is lost, and nobody waits for ever.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guestFile } from '../../../host/guest-programs.ts';
import { profileNamed } from '../../../machine/index.ts';
import { type GuestSetting, runGuest } from '../unix/boot.ts';

function run(words: readonly string[], setting: Partial<GuestSetting>): string {
  const { outcome, output, errors, log } = runGuest({
    kernel: 'k42',
    program: ['swapbench', ...words],
    files: { '/bin/swapbench': readFileSync(guestFile('k42/bin/swapbench')) },
    // Some ten times what it takes.
    maxCycles: 400_000_000,
    ...setting,
  });
  const { reason, exitCode, trap, message } = outcome;
  expect({ reason, exitCode, message: trap?.message ?? message, errors, log }).toMatchObject({
    reason: 'exited',
    exitCode: 0,
    errors: '',
  });
  return output;
}

describe('a Process that is swapped while it is used', () => {
  it.each([
    ['distributed', 1, 6],
    ['shared', 4, 20],
  ])('loses nothing, from %s on, with %i cores', (family, cores, most) => {
    const words = ['-c', '-p', '800', '-b', '1', '-n', `${most}`];
    const output = run(words, { options: `process=${family}`, cores });
    const [, pages, swaps] = /, (\d+) pages, (\d+) swaps: 0 pages lost$/m.exec(output) ?? [];
    expect(Number(pages)).toBe(cores * 800);
    expect(Number(swaps)).toBeGreaterThan(5);
  });

  it('makes faults cheaper when it becomes distributed', () => {
    const words = ['-p', '800', '-b', '10', '-t', '8'];
    const output = run(words, { options: 'process=shared', profile: profileNamed('ibm-s85'), cores: 8 });
    const cost = (phase: string) =>
      Number(new RegExp(`^${phase}: \\d+ faults, (\\d+) ns each$`, 'm').exec(output)?.[1]);
    expect(cost('before')).toBeGreaterThan(2 * cost('after'));
  });
});
