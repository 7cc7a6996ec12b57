// What the controller tells: grants, records of transactions, counters, monitors; and what it refuses.
import { describe, expect, it } from 'vitest';
import { CoherenceController } from '../../../machine/coherence/controller.ts';
import type { CoherenceListener, TransactionRecord } from '../../../machine/coherence/listener.ts';
import * as states from '../../../machine/coherence/states.ts';
import { PROFILE_NAMES, profileNamed } from '../../../machine/profile/shipped.ts';
import { uniform } from '../../../machine/profile/uniform.ts';
import { Random } from '../../fuzz/random.ts';
import { CacheModel } from './cache-model.ts';
import { machineOf, type Shape } from './machines.ts';

const { STATE_I, STATE_S, STATE_E, STATE_M } = states;
const { REQUEST_GET_S, REQUEST_GET_M, REQUEST_UPGRADE, REQUEST_CLAIM } = states;

const SHAPE: Shape = { protocol: 'MESI', fabric: 'directory', nodes: 2, groupsPerNode: 1, coresPerGroup: 2 };

/** A controller whose private caches hold everything. */
function machine(shape: Partial<Shape> = {}, listener: CoherenceListener = {}) {
  const held = new Map<string, number>();
  const caches = {
    state: (core: number, line: number) => held.get(`${core} ${line}`) ?? STATE_I,
    setState: (core: number, line: number, state: number) => void held.set(`${core} ${line}`, state),
  };
  const controller = new CoherenceController(machineOf({ ...SHAPE, ...shape }), 64 * 64, caches);
  controller.listener = listener;
  let now = 0;
  const fetch = (core: number, line: number, request: number): number => {
    now = controller.fetch(core, line, request, now);
    held.set(`${core} ${line}`, controller.granted);
    return controller.granted;
  };
  return { controller, fetch, held };
}

describe('a request', () => {
  it('is granted what the protocol says', () => {
    const { fetch, held } = machine();
    expect(fetch(0, 1, REQUEST_GET_S)).toBe(STATE_E);
    expect(fetch(1, 1, REQUEST_GET_S)).toBe(STATE_S);
    expect(held.get('0 1')).toBe(STATE_S);
    expect(fetch(1, 1, REQUEST_UPGRADE)).toBe(STATE_M);
    expect(held.get('0 1')).toBe(STATE_I);
    expect(fetch(2, 2, REQUEST_CLAIM)).toBe(STATE_M);
    expect(fetch(3, 2, REQUEST_GET_M)).toBe(STATE_M);
  });

  it('to upgrade a copy that was lost is served as GetM, and to get one that is there as an upgrade', () => {
    const records: TransactionRecord[] = [];
    const { fetch } = machine({}, { transaction: (record) => records.push({ ...record }) });
    fetch(0, 1, REQUEST_GET_S);
    fetch(1, 1, REQUEST_GET_M);
    fetch(0, 1, REQUEST_UPGRADE);
    fetch(1, 1, REQUEST_GET_S);
    fetch(0, 1, REQUEST_GET_M);
    expect(records.map(({ request }) => states.REQUEST_NAMES[request])).toEqual([
      'GetS',
      'GetM',
      'GetM',
      'GetS',
      'Upgrade',
    ]);
  });

  it('that contradicts the presence map is refused', () => {
    const { controller, fetch } = machine();
    fetch(0, 1, REQUEST_GET_S);
    expect(() => fetch(0, 1, REQUEST_GET_S)).toThrow('core 0 asks to read line 1, of which it has a copy');
    expect(() => controller.evict(1, 1, STATE_S, 0)).toThrow('core 1 gives up line 1, of which it has no copy');
  });
});

it('records who supplied the data, how many copies changed, and when', () => {
  const records: TransactionRecord[] = [];
  const { fetch } = machine({ inclusion: 'victim' }, { transaction: (record) => records.push({ ...record }) });
  fetch(0, 40, REQUEST_GET_M);
  fetch(1, 40, REQUEST_GET_S);
  fetch(2, 40, REQUEST_GET_S);
  fetch(3, 40, REQUEST_GET_M);
  fetch(3, 41, REQUEST_CLAIM);
  const found = records.map(({ core, source, supplier, invalidations }) => [core, source, supplier, invalidations]);
  expect(found).toEqual([
    [0, states.SOURCE_MEMORY, 1, 0],
    [1, states.SOURCE_CORE, 0, 1],
    // MESI wrote the line back to the shared cache of group 0 when core 1 read it.
    [2, states.SOURCE_SHARED, 0, 0],
    [3, states.SOURCE_CORE, 2, 3],
    [3, states.SOURCE_NONE, -1, 0],
  ]);
  for (const { start, end } of records) expect(end).toBeGreaterThan(start);
  for (let i = 1; i < records.length; i++) expect(records[i]!.start).toBe(records[i - 1]!.end);
});

it('counts for each core, and for each row of the table', () => {
  const { controller, fetch } = machine({ inclusion: 'inclusive' });
  fetch(0, 5, REQUEST_GET_M);
  fetch(1, 5, REQUEST_GET_S);
  fetch(1, 5, REQUEST_UPGRADE);
  controller.evict(1, 5, STATE_M, 1e6);
  fetch(0, 5, REQUEST_GET_S);
  controller.uncached(0, 0, 4, false, 2e6);
  const none = Object.fromEntries(Object.keys(controller.counters.of(3)).map((name) => [name, 0]));
  expect(controller.counters.of(0)).toEqual({
    ...none,
    ...{ memoryFetches: 1, sharedMisses: 1, sharedHits: 1, downgrades: 1, invalidations: 1, uncached: 1 },
  });
  expect(controller.counters.of(1)).toEqual({
    ...none,
    ...{ coherenceMisses: 1, sharedMisses: 1, upgrades: 1, writeBacks: 1 },
  });
  expect(controller.counters.of(3)).toEqual(none);
  expect(controller.counters.events()).toEqual({
    ...{ 'I Load': 2, 'I Store': 1, 'S Store': 1, 'M GetS': 1, 'S Inv': 1, 'M Replace': 1 },
  });
});

it('grants no E on a monitored line, and tells when it is taken, with and without shared caches', () => {
  for (const inclusion of [undefined, 'inclusive', 'victim'] as const) {
    const taken: string[] = [];
    const { controller, fetch } = machine({ inclusion }, { taken: (line, core) => taken.push(`${line} by ${core}`) });
    controller.monitor(7);
    controller.monitor(7);
    expect(fetch(0, 7, REQUEST_GET_S)).toBe(STATE_S);
    controller.unmonitor(7);
    expect(fetch(0, 7, REQUEST_UPGRADE)).toBe(STATE_M);
    controller.unmonitor(7);
    expect(fetch(1, 7, REQUEST_GET_M)).toBe(STATE_M);
    expect(fetch(1, 8, REQUEST_GET_S)).toBe(STATE_E);
    expect(taken).toEqual(['7 by 0']);
  }
});

it('tells of a loss before it happens, with the time when the other may go on', () => {
  const losses: unknown[] = [];
  const found: ReturnType<typeof machine> = machine(
    {},
    { lost: (core, line, by, time) => losses.push([core, line, by, time, found.held.get(`${core} ${line}`)]) },
  );
  found.fetch(0, 3, REQUEST_GET_M);
  const done = found.controller.fetch(1, 3, REQUEST_GET_M, 1e9);
  expect(losses).toEqual([[0, 3, 1, done, STATE_M]]);
});

it.each([...PROFILE_NAMES, 'uniform-12'])('keeps %s coherent', (name) => {
  const profile = name === 'uniform-12' ? uniform(12) : profileNamed(name);
  const model = new CacheModel(profile, { lines: 512, sets: 4, ways: 4 });
  const random = new Random(9);
  for (let i = 0; i < 5000; i++) {
    const line = random.below(random.oneIn(2) ? 512 : 16);
    model.access(random.below(model.cores), line, random.oneIn(3), random.below(4));
  }
  model.drain();
  expect(model.controller.audit?.checks).toBeGreaterThan(5000);
});

it('says so when the machine is larger than it can keep', () => {
  const caches = { state: () => STATE_I, setState: () => {} };
  expect(() => new CoherenceController(machineOf(SHAPE), 2 ** 36, caches)).toThrow(
    /takes \d+ MiB of the host; at most 4096 are expected: give it less RAM/,
  );
});
