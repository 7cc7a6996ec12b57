// K42's allocator against the model of the kit's: nothing is given out twice, no frame is lost. Blocks are those of the CPU that has taken them, whoever frees them,
// and share no line with those of another.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniform } from '../../../machine/index.ts';
import { anySteps, checkScript, PROFILES, type ScriptRun, type Step } from '../lib/allocator-model.ts';
import { COMPILE_TIME, compileKernel, runInV8, runOnMachine } from '../lib/kernel-runs.ts';

const LINE_BYTES = 128;
/** What AssemblyScript has in front of an object. */
const HEADER_BYTES = 8;

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('allocators', 'test/guest/lib', 'guest/k42/asconfig.json');
}, COMPILE_TIME);

const RUNS: [string, ScriptRun][] = [
  ['in V8', (setting) => runInV8(wasm, setting)],
  ['on the machine', (setting) => runOnMachine(wasm, setting)],
];

describe.each(RUNS)('%s', (where, run) => {
  it.each(Object.entries(PROFILES))('follows the model on %s', (_, profile) => {
    fc.assert(
      fc.property(anySteps(3, 60), (steps) => {
        checkScript(run, { profile }, steps);
      }),
      { numRuns: where === 'in V8' ? 60 : 3, seed: 4 },
    );
  });

  it('gives back what another core frees, in batches, and the memory does not grow', () => {
    const steps: Step[] = [];
    for (let round = 0; round < 30; round++) {
      for (let a = 0; a < 64; a++) steps.push({ core: 0, operation: 'new-bytes', a, b: 600 });
      for (let a = 0; a < 64; a++) steps.push({ core: 1, operation: 'release', a, b: 0 });
      steps.push({ core: 0, operation: 'free-frames', a: 0, b: 0 });
    }
    const { values } = checkScript(run, { profile: uniform(2) }, steps);
    const free = values.filter((_, i) => steps[i]?.operation === 'free-frames');
    expect(free.slice(1)).toEqual(free.slice(1).map(() => free[1]));
    // The same pages again: blocks have come home.
    const pages = (round: number) => new Set(values.slice(129 * round, 129 * round + 64).map((at) => at >> 12));
    expect(pages(29)).toEqual(pages(1));
  });

  it('gives pages back that have no object left', () => {
    const steps: Step[] = [{ core: 0, operation: 'free-frames', a: 0, b: 0 }];
    for (let a = 0; a < 200; a++) steps.push({ core: a % 2, operation: 'new-bytes', a, b: 500 });
    for (let a = 0; a < 200; a++) steps.push({ core: a % 2, operation: 'release', a, b: 0 });
    steps.push({ core: 0, operation: 'free-frames', a: 0, b: 0 });
    const { values } = checkScript(run, { profile: uniform(2) }, steps);
    // Each core keeps one page of this size.
    expect(values.at(-1)).toBe((values[0] as number) - 2);
  });

  it('lets no two cores have objects in one line', () => {
    const steps: Step[] = [];
    for (let a = 0; a < 400; a++) steps.push({ core: a % 4, operation: 'new-bytes', a, b: (a * 7) % 200 });
    const { values } = checkScript(run, { profile: uniform(4) }, steps);
    const owners = new Map<number, number>();
    for (const [a, address] of values.entries()) {
      const first = Math.floor((address - HEADER_BYTES) / LINE_BYTES);
      const last = Math.floor((address + ((a * 7) % 200) - 1) / LINE_BYTES);
      for (let line = first; line <= last; line++) {
        expect(owners.get(line) ?? a % 4).toBe(a % 4);
        owners.set(line, a % 4);
      }
    }
  });
});
