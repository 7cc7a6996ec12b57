// The stream prefetcher, by the transactions that a core's loads cause.
import { expect, it } from 'vitest';
import { Machine, profileNamed, withOverrides } from '../../../machine/index.ts';
import type { Transaction } from '../../../machine/observe/observer.ts';
import { assemble } from '../../host/assemble.ts';

const LINE_BYTES = 64;
const LINES_OF_PAGE = 4096 / LINE_BYTES;
/** A page of the guest's that nothing else uses, and which ends where another begins. */
const PAGE = 4 * LINES_OF_PAGE;

interface Fetched {
  /** Lines of the page, in the order in which they were asked for. */
  demanded: number[];
  prefetched: number[];
}

/** What core 0 fetches when it loads from these lines of the page, one after the other. */
async function fetched(lines: readonly number[], prefetcher: { streams: number; distance: number }): Promise<Fetched> {
  const loads = lines.map((line) => `(drop (i32.load (i32.const ${(PAGE + line) * LINE_BYTES})))`);
  const bytes = await assemble(`(module (memory 1) (func (export "run") ${loads.join('\n')}))`);
  const { streams, distance } = prefetcher;
  const texts = [`prefetcher.streams=${streams}`, `prefetcher.distanceLines=${distance}`];
  const result: Fetched = { demanded: [], prefetched: [] };
  let first: number | undefined;
  const observer = {
    transaction({ line, address }: Transaction) {
      // Before the first load there are only the page walk's.
      if (address >= 0) first ??= line - address / LINE_BYTES + PAGE;
      if (first === undefined) return;
      (address >= 0 ? result.demanded : result.prefetched).push(line - first);
    },
  };
  const machine = new Machine({ profile: withOverrides(profileNamed('uniform-1'), texts), observer });
  machine.start(0, machine.instantiate(machine.load(bytes)), 'run', []);
  expect(machine.run().reason).toBe('finished');
  return result;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

it('goes on with a stream whose next miss is right behind what was fetched', async () => {
  const { demanded, prefetched } = await fetched(range(0, 15), { streams: 1, distance: 2 });
  expect(demanded).toEqual([0, 1, 2, 5, 8, 11, 14]);
  expect(prefetched).toEqual([3, 4, 6, 7, 9, 10, 12, 13, 15, 16]);
});

it('stays in the page', async () => {
  const { prefetched } = await fetched(range(LINES_OF_PAGE - 4, LINES_OF_PAGE), { streams: 1, distance: 8 });
  expect(prefetched).toEqual([LINES_OF_PAGE - 1]);
});

it('follows as many streams at once as the profile says', async () => {
  const lines = range(0, 6).flatMap((i) => [i, 20 + i, 40 + i]);
  expect((await fetched(lines, { streams: 3, distance: 4 })).prefetched.length).toBe(12);
  expect((await fetched(lines, { streams: 2, distance: 4 })).prefetched).toEqual([]);
});

it('takes neither lines downwards nor every second one for a stream', async () => {
  const apart = range(0, 8).map((i) => 2 * i);
  const lines = [...range(48, 56).reverse(), ...apart];
  expect((await fetched(lines, { streams: 4, distance: 4 })).prefetched).toEqual([]);
});

it('takes a line that is lost again and again for no stream', async () => {
  const bytes = await assemble(`(module (memory 1) (func (export "run") (param i32)
    (loop $again
      (i32.store (i32.const 4096) (i32.load (i32.const 4096)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`);
  let misses = 0;
  let others = 0;
  const observer = {
    transaction({ address }: Transaction) {
      if (address === 4096) misses++;
      else if (misses > 4) others++;
    },
  };
  const texts = ['prefetcher.streams=4', 'prefetcher.distanceLines=4'];
  const machine = new Machine({ profile: withOverrides(profileNamed('uniform-2'), texts), observer });
  const instance = machine.instantiate(machine.load(bytes));
  for (const core of [0, 1]) machine.start(core, instance, 'run', [200n]);
  while (machine.run().reason === 'finished' && machine.core(1).results === undefined);
  expect(misses).toBeGreaterThan(20);
  expect(others).toBe(0);
});
