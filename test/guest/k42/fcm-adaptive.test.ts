// Which FCM private memory has on K42 by default: the shared one where a thread is alone, a partitioned one soon after several CPUs have come to fault on it.
import { expect, it } from 'vitest';
import { runGuest } from '../../../host/experiment/run-guest.ts';
import { numberIn } from '../../../host/experiment/sweep.ts';
import { profileNamed } from '../../../machine/index.ts';

/** Nanoseconds of a fault, when threads on so many CPUs touch pages of one region. */
async function faultTime(cpus: number, pages: number, ...options: string[]): Promise<number> {
  const program = ['memclone', '-s', '-p', `${pages}`, '-t', `${cpus}`];
  const run = { title: options.join(' '), kernel: 'k42', options, cpus, program };
  return numberIn((await runGuest(run, profileNamed('ibm-s85'))).output, /(\d+) ns a page$/m);
}

it('a fault of a thread alone is as cheap as with shared FCMs', async () => {
  const byUse = await faultTime(1, 300);
  expect(byUse).toBeLessThan(1.03 * (await faultTime(1, 300, 'fcm=shared')));
  expect(byUse).toBeLessThan(0.95 * (await faultTime(1, 300, 'fcm=partitioned')));
});

it('faults of several CPUs become cheaper while they go on', async () => {
  expect(await faultTime(8, 600)).toBeLessThan(0.7 * (await faultTime(8, 600, 'fcm=shared')));
});
