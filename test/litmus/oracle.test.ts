// The oracle against what is known of the tests, and the tests as they are written down against the oracle.
import { describe, expect, it } from 'vitest';
import { readCatalogue } from './catalogue.ts';
import { parseLitmus } from './litmus-text.ts';
import { allowedOutcomes } from './oracle.ts';
import { type LitmusTest, satisfies } from './program.ts';

const TESTS = readCatalogue();
const named = (name: string) => TESTS.find((test) => test.name === name) as LitmusTest;

it.each(TESTS)('$name is forbidden by $forbiddenBy', (test) => {
  const forbids = (['SC', 'TSO'] as const).filter(
    (model) => ![...allowedOutcomes(test, model).values()].some((outcome) => satisfies(outcome, test.condition)),
  );
  expect(forbids).toEqual(test.forbiddenBy);
});

it.each([
  ['MP', 3, 3],
  ['SB', 3, 4],
  ['IRIW', 15, 15],
  ['3.SB', 7, 8],
])('knows how many outcomes %s has: SC %i, TSO %i', (name, sc, tso) => {
  expect(allowedOutcomes(named(name), 'SC').size).toBe(sc);
  expect(allowedOutcomes(named(name), 'TSO').size).toBe(tso);
});

it.each(TESTS)('TSO allows $name whatever SC does', (test) => {
  const tso = allowedOutcomes(test, 'TSO');
  expect([...allowedOutcomes(test, 'SC').keys()].filter((outcome) => !tso.has(outcome))).toEqual([]);
});

it('has the tests that every memory model is measured by', () => {
  const classic = `MP LB S 2+2W WRC ISA2 IRIW Z6.3 CoRR CoWW CoRW1 CoWR0 SB+fences R+fences SB SB+rfi R RWC W+RWC 3.SB Z6.0`;
  expect(classic.split(' ').filter((name) => !named(name))).toEqual([]);
  expect(TESTS.filter((test) => test.threads.flat().some(({ kind }) => kind === 'rmw')).length).toBeGreaterThan(10);
});

describe('the text form', () => {
  const text = (row: string, end = 'exists x=1\nforbidden by none') => `T "a test"\n P0 | P1 ;\n ${row} ;\n${end}\n`;

  it('reads what it says', () => {
    const [test] = parseLitmus(
      text('x = 1 | r0 = cmpxchg(x, 0, r1)', 'exists 1:r0=1 /\\ x!=2\nforbidden by SC TSO'),
      'f',
    );
    expect(test).toEqual({
      name: 'T',
      description: 'a test',
      threads: [
        [{ kind: 'store', location: 'x', value: 1 }],
        [{ kind: 'rmw', update: 'cmpxchg', location: 'x', register: 'r0', expected: 0, value: 'r1' }],
      ],
      condition: [
        { thread: 1, name: 'r0', equal: true, value: 1 },
        { name: 'x', equal: false, value: 2 },
      ],
      forbiddenBy: ['SC', 'TSO'],
    });
  });

  it.each([
    [text('x = 1 | y == 1'), 'f.litmus:3: a load, store, read-modify-write or fence'],
    [text('x = 1 | r0 = add(x)'), 'f.litmus:3: a load, store'],
    [text('x = 1'), 'f.litmus:3: a row of 2 threads'],
    [text('x = 1 | y = 1', 'exists 2:r0=1\nforbidden by SC'), 'f.litmus:4: a register or location of the test'],
    [text('x = 1 | y = 1', 'exists x\nforbidden by SC'), 'f.litmus:4: 0:r0=1 or x=1'],
    [text('x = 1 | y = 1', 'exists x=1\nforbidden by PSO'), 'f.litmus:5: SC, TSO or none'],
    [text('x = 1 | y = 1', 'exists x=1'), 'f.litmus:1: this test has no line "forbidden by"'],
    ['T\nforbidden by SC', 'f.litmus:1: a name and a description in quotes'],
  ])('says what is wrong in %j', (source, message) => {
    expect(() => parseLitmus(source, 'f.litmus')).toThrow(message);
  });
});
