// The kernel's memory at random, under the machine's audit: CPUs are threads of one process that map, unmap, protect, touch, reclaim and fork,
// each following a model of its own pages, and adding to pages that all have. In the end nothing that was added is lost, and no object and no
// frame is left. MEMORY_CASES=47 MEMORY_STEPS=60 MEMORY_SEED=1 does 16,920 operations for each choice of objects, 101,520 in all.
import { beforeAll, expect, it } from 'vitest';
import { uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const { MEMORY_CASES = '1', MEMORY_STEPS = '30', MEMORY_SEED = '1' } = process.env;
const CORES = 6;

/** 0 shared, 1 distributed, 2 partitioned; 3: each FCM by its use. */
const OBJECTS = [
  ['shared', 'objects=0'],
  ['distributed', 'objects=1'],
  ['distributed, with FCMs in partitions,', 'objects=1 fcm=2'],
  ['distributed, with FCMs that are swapped when several CPUs use them,', 'objects=1 fcm=3'],
  ['distributed, with a shared Process and Global PM,', 'objects=1 process=0 globalpm=0'],
  ['distributed, with a Process that is swapped while it is used,', 'objects=1 fcm=3 swaps=1'],
] as const;

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('random-memory', 'test/guest/k42');
}, COMPILE_TIME);

it.each(OBJECTS)('objects that are %s follow the model', (_, objects) => {
  for (let seed = Number(MEMORY_SEED); seed < Number(MEMORY_SEED) + Number(MEMORY_CASES); seed++) {
    const commandLine = `${objects} steps=${MEMORY_STEPS} seed=${seed}`;
    const { exitCode, message, values } = runOnMachine(wasm, {
      profile: uniform(CORES),
      ramBytes: 64 << 20,
      commandLine,
      options: { leaveSeed: seed, audit: true },
    });
    expect({ commandLine, exitCode, message }).toEqual({ commandLine, exitCode: 0, message: undefined });
    const [swaps, reclaimed, leftObjects, usedFrames] = values as [number, number, number, number];
    if (objects.includes('swaps')) expect(swaps).toBeGreaterThan(0);
    expect(reclaimed).toBeGreaterThan(0);
    // The Global PM and the FR of zeroes.
    expect({ commandLine, leftObjects }).toEqual({ commandLine, leftObjects: 2 });
    // Pages of translation tables, and those that kernel objects were cut from: they become more ever more slowly.
    expect(usedFrames).toBeLessThan(CORES * (24 + Number(MEMORY_STEPS) / 4));
  }
});
