// The tables themselves, explored exhaustively: every interleaving of loads, stores, whole-line writes and replacements of up to four caches.
//
// The interpreter here executes rows with data that is either the newest or stale. What is reached must be exactly what the definition of
// the protocol allows: any caches in S, or one alone in E or M, and in MOESI one in O beside any in S.
import { describe, expect, it } from 'vitest';
import { compileProtocol, MESI, MOESI, type ProtocolTable } from '../../../machine/coherence/protocols.ts';
import { compileSharedTable, INCLUSIVE, VICTIM } from '../../../machine/coherence/shared-tables.ts';
import type { EventName, StateName } from '../../../machine/coherence/states.ts';

/** State of a cache and whether its data is the newest; and of memory. */
interface Copy {
  readonly state: StateName;
  readonly fresh: boolean;
}

interface World {
  readonly caches: readonly Copy[];
  readonly memory: boolean;
}

/** Claim is a store to all of the line; Recall is what an inclusive cache below asks for. */
type Operation = 'Load' | 'Store' | 'Claim' | 'Replace' | 'Recall';
const OPERATIONS = ['Load', 'Store', 'Claim', 'Replace', 'Recall'] as const;

function row(table: ProtocolTable, state: StateName, event: EventName) {
  const found = table.rows[state]?.[event];
  if (!found) throw new Error(`${table.name}: no row for ${event} in ${state}`);
  return found;
}

/** What a world becomes by an operation of one cache. */
function step(table: ProtocolTable, world: World, actor: number, operation: Operation): World {
  const caches = world.caches.map((copy) => ({ ...copy }));
  let { memory } = world;
  const own = caches[actor]!;
  const { actions, next, alone } = row(table, own.state, operation === 'Claim' ? 'Store' : operation);
  if (operation === 'Replace' || operation === 'Recall') {
    if (actions.includes('WriteBack')) memory = own.fresh;
    caches[actor] = { state: next, fresh: false };
    return { caches, memory };
  }
  const others = caches.some((copy, i) => i !== actor && copy.state !== 'I');
  let event: EventName | undefined;
  if (actions.includes('GetS')) event = 'GetS';
  else if (operation === 'Claim' && !actions.includes('Hit')) event = 'Inv';
  else if (actions.includes('GetM')) event = 'GetM';
  else if (actions.includes('Upgrade')) event = 'Inv';
  if (event !== undefined) {
    let data = memory;
    caches.forEach((copy, i) => {
      if (i === actor) return;
      const probe = row(table, copy.state, event);
      if (probe.actions.includes('Data')) data = copy.fresh;
      if (probe.actions.includes('WriteBack')) memory = copy.fresh;
      copy.state = probe.next;
      if (probe.next === 'I') copy.fresh = false;
    });
    if (event !== 'Inv') own.fresh = data;
  }
  own.state = others ? next : (alone ?? next);
  if (operation === 'Load') return { caches, memory };
  // The new value is in this copy alone.
  const stored = operation === 'Claim' || own.fresh;
  return { caches: caches.map((copy, i) => ({ ...copy, fresh: i === actor && stored })), memory: false };
}

/** What each operation is for. */
const WANTED = { Load: 'SEOM', Store: 'M', Claim: 'M', Replace: 'I', Recall: 'I' } as const;

/** The first thing that is wrong in a world, after an operation. */
function wrong({ caches, memory }: World, actor: number, operation: Operation): string | undefined {
  if (!WANTED[operation].includes(caches[actor]!.state))
    return `after ${operation} the cache is in ${caches[actor]!.state}`;
  const valid = caches.filter(({ state }) => state !== 'I');
  if (valid.some(({ fresh }) => !fresh)) return 'a copy is stale';
  if (valid.length > 1 && valid.some(({ state }) => state === 'E' || state === 'M')) return 'a writer is not alone';
  const owners = valid.filter(({ state }) => state === 'O' || state === 'M');
  if (owners.length > 1) return 'two owners';
  if (owners.length === 0 && !memory) return 'nobody answers for the newest data';
  return undefined;
}

interface Exploration {
  /** States of the caches, one letter each. */
  readonly reached: Set<string>;
  readonly failure: string | undefined;
}

function explore(table: ProtocolTable, count: number): Exploration {
  const first: World = { caches: Array.from({ length: count }, () => ({ state: 'I', fresh: false })), memory: true };
  const seen = new Set([JSON.stringify(first)]);
  const reached = new Set<string>();
  const worlds = [first];
  for (const world of worlds) {
    reached.add(world.caches.map(({ state }) => state).join(''));
    for (let actor = 0; actor < count; actor++) {
      for (const operation of OPERATIONS) {
        if ((operation === 'Replace' || operation === 'Recall') && world.caches[actor]!.state === 'I') continue;
        let next: World;
        try {
          next = step(table, world, actor, operation);
        } catch (error) {
          return { reached, failure: (error as Error).message };
        }
        const failure = wrong(next, actor, operation);
        if (failure) return { reached, failure };
        const key = JSON.stringify(next);
        if (seen.has(key)) continue;
        seen.add(key);
        worlds.push(next);
      }
    }
  }
  return { reached, failure: undefined };
}

/** All words of `count` letters that the protocol's definition allows. */
function allowed(letters: string, count: number): Set<string> {
  let words = [''];
  for (let i = 0; i < count; i++) words = words.flatMap((word) => [...letters].map((letter) => word + letter));
  return new Set(
    words.filter((word) => {
      const strong = word.replace(/[IS]/g, '');
      return strong === '' || strong === 'O' || (strong.length === 1 && !word.includes('S'));
    }),
  );
}

/** Edits that are coherent still: giving up more than another's read asks for, or treating a clean line as if it were modified. */
const MESI_SURVIVORS = ['E GetS -> I', 'E Load -> M', 'E Load -> S', 'M GetS -> I'];
const MOESI_SURVIVORS = ['E GetS -> I', 'E GetS -> O', 'E Load -> M', 'E Load -> O', 'E Load -> S', 'M Load -> O'];

for (const [table, letters] of [
  [MESI, 'ISEM'],
  [MOESI, 'ISEOM'],
] as const) {
  describe(table.name, () => {
    it.each([1, 2, 3, 4])('reaches with %i caches what its definition allows, and nothing else', (count) => {
      const { reached, failure } = explore(table, count);
      expect(failure).toBeUndefined();
      const words = allowed(letters, count);
      // One cache has nobody to share with: in MOESI O needs a reader that was there; S alone needs one that was.
      const reachable = count > 1 ? words : new Set([...words].filter((word) => !/[SO]/.test(word)));
      expect([...reached].sort()).toEqual([...reachable].sort());
    });

    it('cannot end a row elsewhere without breaking coherence, except to be more careful', () => {
      const survivors: string[] = [];
      for (const [state, events] of Object.entries(table.rows)) {
        for (const [event, { actions, next, alone }] of Object.entries(events)) {
          const edits = [...letters]
            .filter((letter) => letter !== next)
            .map((letter) => ({ actions, next: letter as StateName, ...(alone && { alone }) }));
          for (const edit of edits) {
            const rows = { ...table.rows, [state]: { ...events, [event]: edit } };
            const { failure, reached } = explore({ name: table.name, rows }, 3);
            const same = [...reached].sort().join() === [...explore(table, 3).reached].sort().join();
            if (!failure && same) survivors.push(`${state} ${event} -> ${edit.next}`);
          }
        }
      }
      expect(survivors.sort()).toEqual(table === MESI ? MESI_SURVIVORS : MOESI_SURVIVORS);
    });
  });
}

it('has a row of the shared caches for every event that can reach a state', () => {
  expect([...compileSharedTable(INCLUSIVE).next].filter((next) => next !== 255)).toHaveLength(1 + 11 + 11);
  expect([...compileSharedTable(VICTIM).next].filter((next) => next !== 255)).toHaveLength(9 + 10 + 10);
  expect(compileProtocol(MESI).name).toBe('MESI');
});
