// The shared cache against lists in the order of use.
import { expect, it } from 'vitest';
import { ENTRY_CLEAN, ENTRY_DIRTY, ENTRY_NOT_PRESENT, type SharedCache } from '../../../machine/cache/shared-cache.ts';
import { Random } from '../../fuzz/random.ts';
import { machineInLine } from '../interconnect/interconnect.ts';

/** The shared cache of the first of two groups, with lines of 64 bytes. */
function sharedCache(sizeBytes: number, ways: number): SharedCache {
  const times = { latencyCycles: 1, transferCycles: 1, occupancyCycles: 1 };
  const shared = { name: 'L3', sizeBytes, ways, ...times, inclusion: 'victim' } as const;
  return machineInLine([8], { shared }).groups!.caches[0]!;
}

it('replaces the least recently used line of a full set, and keeps states', () => {
  const random = new Random(3);
  for (const { sets, ways } of [
    { sets: 1, ways: 1 },
    { sets: 4, ways: 2 },
    { sets: 3, ways: 5 },
    { sets: 16, ways: 48 },
  ]) {
    const cache = sharedCache(sets * ways * 64, ways);
    expect([cache.sets, cache.ways]).toEqual([sets, ways]);
    /** By set: lines, the last used first. */
    const model = Array.from({ length: sets }, () => [] as { line: number; state: number }[]);
    for (let step = 0; step < 5000; step++) {
      const line = random.below(sets * ways * 2);
      const set = model[line % sets]!;
      const index = set.findIndex((entry) => entry.line === line);
      const entry = set[index];
      expect(cache.state(line)).toBe(entry?.state ?? ENTRY_NOT_PRESENT);
      if (!entry) {
        const state = random.pick([ENTRY_CLEAN, ENTRY_DIRTY]);
        cache.insert(line, state);
        const victim = set.length === ways ? set.pop() : undefined;
        expect([cache.victim, cache.victimState]).toEqual([victim?.line ?? -1, victim?.state ?? ENTRY_NOT_PRESENT]);
        set.unshift({ line, state });
      } else if (random.oneIn(3)) {
        const state = random.pick([ENTRY_NOT_PRESENT, ENTRY_CLEAN, ENTRY_DIRTY]);
        cache.setState(line, state);
        if (state === ENTRY_NOT_PRESENT) set.splice(index, 1);
        else entry.state = state;
      } else {
        expect(cache.touch(line)).toBe(entry.state);
        set.splice(index, 1);
        set.unshift(entry);
      }
    }
    const seen: number[] = [];
    cache.forEach((line) => seen.push(line));
    expect(seen.sort()).toEqual(model.flatMap((set) => set.map(({ line }) => line)).sort());
  }
});

it('refuses a size that holds no set, and changes of lines that it has not', () => {
  expect(() => sharedCache(64, 2)).toThrow('no room');
  expect(() => sharedCache(128, 2).setState(5, ENTRY_CLEAN)).toThrow('line 5 is not');
});
