// The file system against a model, in V8 and on the machine: file-system-script.ts; and on all cores at once.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { coreCount, profileNamed, uniform } from '../../../machine/index.ts';
import { follows, SCRIPTS } from './file-system-script.ts';
import { COMPILE_TIME, compileKernel, type GuestRun, runInV8, runOnMachine } from './kernel-runs.ts';
import { results } from './script.ts';

const RAM = { profile: uniform(1), ramBytes: 64 << 20 };
let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('file-system');
}, COMPILE_TIME);

/** Frames that objects are cut from. */
const USED_FRAMES = 20;

const RUNS: [string, number, (commandLine: string) => GuestRun][] = [
  ['in V8', 30, (commandLine) => runInV8(wasm, { ...RAM, commandLine })],
  ['on the machine', 2, (commandLine) => runOnMachine(wasm, { ...RAM, commandLine })],
];

describe.each(RUNS)('%s', (_, numRuns, run) => {
  it.each(Object.entries(SCRIPTS))('follows the model with random calls for %s', (_, script) => {
    fc.assert(
      fc.property(script, (random) => follows(run, random, USED_FRAMES)),
      { numRuns, seed: 4, endOnFailure: true },
    );
  });
});

describe('with all cores at once', () => {
  let kernel: Uint8Array;
  beforeAll(async () => {
    kernel = await compileKernel('file-system-parallel');
  }, COMPILE_TIME);

  it.each([
    ['uniform-8', uniform(8)],
    ['amd-2x2', profileNamed('amd-2x2')],
    ['uniform-24', uniform(24)],
  ])('is whole on %s', (_, profile) => {
    const [used] = results(runOnMachine(kernel, { profile, ramBytes: 16 << 20 })) as [number];
    // What objects are cut from: at most a page of each class on each core.
    expect(used).toBeLessThan(10 * coreCount(profile));
  });
});
