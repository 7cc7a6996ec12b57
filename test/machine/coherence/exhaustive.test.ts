// The controller itself, explored exhaustively on small machines: every sequence of loads, stores, whole-line writes and evictions of four
// cores, to the last new state, under audit and with data. (protocols.test.ts explores the tables with an interpreter of its own; this
// is the code that runs.)
import { describe, expect, it } from 'vitest';
import { STATE_NAMES } from '../../../machine/coherence/states.ts';
import { CacheModel } from './cache-model.ts';
import { INCLUSIONS, machineOf, PROTOCOL_NAMES, type Shape } from './machines.ts';

const CORES = 4;
/** The line that is looked at, and one that shares its set of the shared caches, which two cores load to put the first one out. */
const LINE = 0;
const OTHER = 1;

/** Core and what it does. */
const ACTIONS: readonly (readonly [core: number, kind: number])[] = [
  ...[0, 1, 2, 3].flatMap((core) => [0, 1, 2, 3].map((kind) => [core, kind] as const)),
  ...[0, 2].flatMap((core) => [4, 5].map((kind) => [core, kind] as const)),
];

function act(model: CacheModel, action: number): void {
  const [core, kind] = ACTIONS[action]!;
  switch (kind) {
    case 0:
      return model.access(core, LINE, false, 0);
    case 1:
      return model.access(core, LINE, true, 0);
    case 2:
      return model.claim(core, LINE, 0);
    case 3:
      return model.evict(core, LINE);
    case 4:
      return model.access(core, OTHER, false, 1);
    default:
      return model.evict(core, OTHER);
  }
}

function statesOf(model: CacheModel, line: number): string {
  return Array.from({ length: CORES }, (_, core) => STATE_NAMES[model.state(core, line)]).join('');
}

/** All that decides what a model does next, except times. */
function keyOf(model: CacheModel): string {
  const { presence, groups } = model.controller;
  return [LINE, OTHER]
    .map((line) => {
      const shared = groups?.caches.map((cache) => cache.state(line)).join('') ?? '';
      const rights = `${presence.ownerUnit(line)}${presence.exclusive(line) ? '!' : ''}`;
      return `${statesOf(model, line)} ${shared} ${rights} ${model.staleness(line)}`;
    })
    .join('|');
}

/** States of the line in the four cores, for everything that can be reached. */
function explore(shape: Shape): { reached: Set<string>; worlds: number } {
  const model = new CacheModel(machineOf(shape), { lines: 2, sets: 1, ways: 2 });
  const replay = (path: readonly number[]): CacheModel => {
    model.reset();
    for (const action of path) act(model, action);
    return model;
  };
  const paths: (readonly number[])[] = [[]];
  const seen = new Set([keyOf(replay([]))]);
  const reached = new Set<string>();
  for (const path of paths) {
    for (let action = 0; action < ACTIONS.length; action++) {
      replay(path);
      act(model, action);
      const key = keyOf(model);
      if (seen.has(key)) continue;
      seen.add(key);
      reached.add(statesOf(model, LINE));
      const longer = [...path, action];
      paths.push(longer);
      model.drain();
    }
  }
  return { reached, worlds: seen.size };
}

/** All that the protocol's definition allows: any in S, or beside them one in O, or one alone in E or M. */
function allowed(letters: string): string[] {
  let words = [''];
  for (let i = 0; i < CORES; i++) words = words.flatMap((word) => [...letters].map((letter) => word + letter));
  return words.filter((word) => {
    const strong = word.replace(/[IS]/g, '');
    return strong === '' || strong === 'O' || (strong.length === 1 && !word.includes('S'));
  });
}

describe.each(PROTOCOL_NAMES)('%s', (protocol) => {
  it.each(INCLUSIONS.map((inclusion) => ({ inclusion, name: inclusion ?? 'no' })))(
    'reaches all that its definition allows and nothing else, with $name shared caches',
    ({ inclusion }) => {
      const { reached, worlds } = explore({
        protocol,
        fabric: 'directory',
        inclusion,
        nodes: 1,
        groupsPerNode: 2,
        coresPerGroup: 2,
        sharedSets: 1,
        sharedWays: 1,
      });
      expect([...reached].sort()).toEqual(allowed(protocol === 'MESI' ? 'ISEM' : 'ISEOM').sort());
      expect(worlds).toBeGreaterThan(reached.size);
    },
  );
});
