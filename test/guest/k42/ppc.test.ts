// Protected procedure calls on k42: that they arrive and return, on many CPUs at once; that neither side can do more than it should; and that either can end at any time.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { guestFile } from '../../../host/guest-programs.ts';
import { profileNamed } from '../../../machine/index.ts';
import { compileProgram } from '../../../scripts/program.mjs';
import { type GuestSetting, runGuest } from '../unix/boot.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;

let program: Uint8Array;
beforeAll(async () => {
  const { wasm } = await compileProgram('test/guest/k42/programs/ppc.assembly.ts', {
    baseDir: ROOT,
    options: `${ROOT}guest/programs/asconfig.json`,
    layer: '../../../../guest/posix/index',
  });
  program = wasm;
}, 300_000);

/** How many frames were free in the end. */
function run(words: readonly string[], setting: Partial<GuestSetting>): number {
  const files = { '/bin/ppc': program };
  const told = runGuest({ kernel: 'k42', program: ['ppc', ...words], files, ...setting });
  const { reason, exitCode, trap, message } = told.outcome;
  const end = { reason, exitCode, message: trap?.message ?? message, errors: told.errors, log: told.log };
  expect(end).toMatchObject({ reason: 'exited', exitCode: 0 });
  expect(told.output).toBe('works\n');
  return told.reports.get('kernel.frames.free') ?? 0;
}

/** Cycles of a call to a server that counts with a kind of counter, when so many cores call it. */
function roundTrip(variant: string, cores: number): number {
  const { output } = runGuest({
    kernel: 'k42',
    program: ['ppcbench', '-v', variant, '-n', '200', '-t', `${cores}`],
    files: { '/bin/ppcbench': readFileSync(guestFile('k42/bin/ppcbench')) },
    profile: profileNamed('ibm-s85'),
    cores: 8,
  });
  return Number(/(\d+) cycles a round trip/.exec(output)?.[1]);
}

describe('protected procedure calls', () => {
  it.each([1, 4])(
    'pass words, buffers and who calls, and no more, through any number of servers, on %i cores',
    (cores) => {
      run(['calls', 'buffers', 'blocks', 'nested'], { cores });
    },
  );

  it.each([1, 3])("go to the kernel's own servers from anybody, and are not ended by signals, on %i cores", (cores) => {
    run(['trusted'], { cores });
  });

  it('are made by many threads on each of 1 and 24 cores', () => {
    run(['many'], { cores: 1 });
    run(['many'], { profile: profileNamed('ibm-s85'), leaveSeed: 7 });
  });

  it.each([1, 3])('end with a signal for the caller, and when the server does, on %i cores', (cores) => {
    run(['signals', 'death'], { cores });
  });

  it('take as long on 8 cores at once as on one, unless what they call is shared', () => {
    const alone = roundTrip('padded', 1);
    expect(roundTrip('padded', 8)).toBeLessThan(1.15 * alone);
    expect(roundTrip('atomic', 8)).toBeGreaterThan(3 * alone);
  });

  it('are paid for by callers, also when turns end meanwhile', () => {
    run(['time'], { cores: 1 });
  });

  it('leave nothing behind when servers and callers are killed', () => {
    const few = run(['leaks4'], { cores: 4, leaveSeed: 1 });
    const many = run(['leaks34'], { cores: 4, leaveSeed: 1 });
    // Pages that objects are cut from stay with the CPUs.
    expect(few - many).toBeLessThan(30);
  });
});
