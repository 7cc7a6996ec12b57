// VariableSet behaves as a Set of numbers does.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VariableSet, Variables } from '../../../machine/translate/variables.ts';
import { F64, I32, I64 } from '../../../machine/wasm/types.ts';

const variable = fc.nat({ max: 200 });

function setOf(variables: readonly number[]): VariableSet {
  const set = new VariableSet();
  for (const one of variables) set.add(one);
  return set;
}

const sorted = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);

it('adds, removes and lists variables', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), variable)), (operations) => {
      const set = new VariableSet();
      const oracle = new Set<number>();
      for (const [add, one] of operations) {
        if (add) {
          set.add(one);
          oracle.add(one);
        } else {
          set.remove(one);
          oracle.delete(one);
        }
        expect(set.has(one)).toBe(oracle.has(one));
      }
      expect(set.toArray()).toEqual(sorted(oracle));
      expect(set.size).toBe(oracle.size);
    }),
  );
});

it('unites sets and says whether anything was new', () => {
  fc.assert(
    fc.property(fc.array(variable), fc.array(variable), (one, other) => {
      const set = setOf(one);
      const copy = set.clone();
      const expected = new Set([...one, ...other]);
      expect(set.unite(setOf(other))).toBe(expected.size > new Set(one).size);
      expect(set.toArray()).toEqual(sorted(expected));
      expect(copy.toArray()).toEqual(sorted(new Set(one)));
    }),
  );
});

it('has equal keys exactly for equal sets, however they came about', () => {
  fc.assert(
    fc.property(fc.array(variable), fc.array(variable), (one, other) => {
      const detour = setOf([...one, ...other]);
      for (const added of other) if (!one.includes(added)) detour.remove(added);
      expect(detour.key).toBe(setOf(one).key);
      const equal = `${sorted(new Set(one))}` === `${sorted(new Set(other))}`;
      expect(setOf(one).key === setOf(other).key).toBe(equal);
    }),
  );
});

it('gives one variable to each operand stack position and type, behind the locals', () => {
  const variables = new Variables([I32, I32]);
  const first = variables.slot(0, I32);
  expect(first).toBe(2);
  expect(variables.slot(0, I64)).toBe(3);
  expect(variables.slot(1, I32)).toBe(4);
  expect(variables.slot(0, I32)).toBe(first);
  expect(variables.types).toEqual([I32, I32, I32, I64, I32]);
  expect(variables.slot(1000, F64)).toBe(5);
});
