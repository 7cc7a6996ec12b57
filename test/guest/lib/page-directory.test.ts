// Page tables against a model: random changes of two address spaces, in V8 and on the machine, where the pages are also written and read.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { COMPILE_TIME, compileKernel, type GuestRun, runInV8, runOnMachine } from './kernel-runs.ts';
import { results, type Step as ScriptStep, scriptText } from './script.ts';

/** As in page-directory.assembly.ts. */
const OPERATIONS = [
  'map',
  'map-if-absent',
  'share',
  'unmap',
  'protect',
  'rights',
  'next',
  'release',
  'used',
  'write',
  'read',
] as const;
type Operation = (typeof OPERATIONS)[number];
type Step = ScriptStep<Operation>;

const PAGES = 40;
const WRITE = 2;
const USER = 4;
const SPACE = 1000;

interface Frame {
  value: number;
  references: number;
}

interface Page {
  rights: number;
  readonly frame: Frame;
}

/** Number of a page's address. */
function pageNumber(page: number): number {
  return Math.floor(page / 5) * 0xc00 + (page % 5) * 0x101;
}

class Model {
  readonly #spaces: [Map<number, Page>, Map<number, Page>] = [new Map(), new Map()];

  /** Whether the machine would fault. */
  forbids({ operation, a }: Step): boolean {
    const page = this.#spaces[a >= SPACE ? 1 : 0].get(a % SPACE);
    return (operation === 'write' && !((page?.rights ?? 0) & WRITE)) || (operation === 'read' && !page);
  }

  expected({ operation, a, b }: Step): number {
    const space = a >= SPACE ? 1 : 0;
    const pages = this.#spaces[space];
    const page = pages.get(a % SPACE);
    switch (operation) {
      case 'map':
        if (page) return -1;
        pages.set(a % SPACE, { rights: b, frame: { value: -1, references: 1 } });
        return 0;
      case 'map-if-absent':
        if (page) return 1;
        pages.set(a % SPACE, { rights: b, frame: { value: -1, references: 1 } });
        return 0;
      case 'share': {
        const from = this.#spaces[1 - space]?.get(a % SPACE);
        if (!from || page) return -1;
        from.frame.references++;
        pages.set(a % SPACE, { rights: USER, frame: from.frame });
        return 0;
      }
      case 'unmap':
        pages.delete(a % SPACE);
        return page ? 1 : 0;
      case 'protect': {
        const before = page?.rights ?? 0;
        if (page) page.rights = b;
        return before;
      }
      case 'rights':
        return page?.rights ?? 0;
      case 'next': {
        const found = [...pages.keys()].filter((other) => other >= a % SPACE && other < b);
        return pageNumber(Math.min(b, ...found));
      }
      case 'release': {
        const count = pages.size;
        pages.clear();
        return count;
      }
      case 'write':
        (page as Page).frame.value = b;
        return b;
      case 'read':
        return (page as Page).frame.value;
      case 'used':
        return 0;
    }
  }

  /** Whether nothing was written to the page: it may hold anything. */
  isFresh({ a }: Step): boolean {
    return this.#spaces[a >= SPACE ? 1 : 0].get(a % SPACE)?.frame.value === -1;
  }
}

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('page-directory');
}, COMPILE_TIME);

const rights = fc.constantFrom(0, WRITE, USER, WRITE | USER);
const page = fc.tuple(fc.nat(1), fc.nat(PAGES - 1)).map(([space, number]) => space * SPACE + number);

const step = (weight: number, operation: Operation, b: fc.Arbitrary<number>) => ({
  weight,
  arbitrary: fc.record({ core: fc.constant(0), operation: fc.constant(operation), a: page, b }),
});

const anySteps = fc.array(
  fc.oneof(
    step(6, 'map', rights),
    step(4, 'map-if-absent', rights),
    step(6, 'share', fc.constant(0)),
    step(6, 'unmap', fc.constant(0)),
    step(4, 'protect', rights),
    step(3, 'rights', fc.constant(0)),
    step(4, 'next', fc.nat(PAGES)),
    step(1, 'release', fc.constant(0)),
    step(6, 'write', fc.nat(1000)),
    step(6, 'read', fc.constant(0)),
  ),
  { minLength: 50, maxLength: 500 },
);

const RUNS: [string, boolean, number, (setting: { commandLine: string }) => GuestRun][] = [
  ['in V8', false, 60, (setting) => runInV8(wasm, setting)],
  ['on the machine', true, 6, (setting) => runOnMachine(wasm, setting)],
];

it.each(RUNS)('address spaces follow the model %s', (_, hasTables, numRuns, run) => {
  fc.assert(
    fc.property(anySteps, (random) => {
      const model = new Model();
      const steps: Step[] = [];
      const expected: number[] = [];
      for (const step of random) {
        if (step.operation === 'next' && step.b < step.a % SPACE) continue;
        const touches = step.operation === 'write' || step.operation === 'read';
        if (touches && (!hasTables || model.forbids(step) || (step.operation === 'read' && model.isFresh(step))))
          continue;
        steps.push(step);
        expected.push(model.expected(step));
      }
      for (const a of [0, SPACE]) {
        const step: Step = { core: 0, operation: 'release', a, b: 0 };
        steps.push(step);
        expected.push(model.expected(step));
      }
      // Nothing is left but the directory that asking makes.
      steps.push({ core: 0, operation: 'used', a: 0, b: 0 });
      expected.push(1);
      expect(results(run({ commandLine: scriptText(OPERATIONS, steps) }))).toEqual(expected);
    }),
    { numRuns, seed: 4 },
  );
});
