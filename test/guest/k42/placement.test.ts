// Where K42 runs processes: with their parents, so that what is made for them is used and ends on one CPU, and on idle CPUs where somebody would have to wait.
import { describe, expect, it } from 'vitest';
import type { GuestResult } from '../../../host/experiment/experiment.ts';
import { runGuest } from '../../../host/experiment/run-guest.ts';
import { profileNamed } from '../../../machine/index.ts';

const MACHINE = profileNamed('ibm-s85');

function shell(line: string, cpus: number, objects = false): Promise<GuestResult> {
  return runGuest({ title: line, kernel: 'k42', options: [], cpus, program: ['sh', '-c', line], objects }, MACHINE);
}

/** How many times as fast as on one CPU. */
async function speedup(line: string, cpus: number): Promise<number> {
  const [alone, all] = [await shell(line, 1), await shell(line, cpus)];
  expect(all.output).toBe(alone.output);
  return alone.cycles / all.cycles;
}

describe('processes', () => {
  it('begin, run and end where their parents are, which wait for them', async () => {
    const { output, instances } = await shell(
      'seq 1 30 > /tmp/a; sort -rn /tmp/a > /tmp/b; (head -n 1 /tmp/b); wc -l /tmp/b',
      4,
      true,
    );
    expect(output).toBe('30\n30 /tmp/b\n');
    const ended = instances.filter(
      ({ createdOn, destroyedOn }) => createdOn !== undefined && destroyedOn !== undefined,
    );
    expect(ended.length).toBeGreaterThan(40);
    expect(ended.filter(({ cores }) => cores.length !== 1)).toEqual([]);
  });

  it('go to idle CPUs where there are several at once', async () => {
    const work = 'seq 1 9000 > /dev/null';
    expect(await speedup(`${work} & ${work} & ${work} & ${work} & wait; echo done`, 4)).toBeGreaterThan(2);
  });

  it('go to an idle CPU after a turn, where the parent does not wait', async () => {
    const line = 'seq 1 24000 > /dev/null & i=0; while test $i -lt 350; do i=$((i + 1)); done; wait; echo $i';
    expect(await speedup(line, 2)).toBeGreaterThan(1.4);
  });
});
