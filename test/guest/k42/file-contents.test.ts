// Files whose pages are FCMs', of each family, against the file system's model: random calls on files that are open, truncated, removed, and adopted.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { uniform } from '../../../machine/index.ts';
import { ALLOCATE, follows, SCRIPTS } from '../lib/file-system-script.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

/** Frames of objects, and of files that nobody has cleaned up: an FCM ends when no activation can use it, and the script is one. */
const USED_FRAMES = 120;

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('file-contents', 'test/guest/k42');
}, COMPILE_TIME);

it.each(['shared', 'distributed', 'partitioned'])('follow the model over %s FCMs', (name) => {
  const family = ['shared', 'distributed', 'partitioned'].indexOf(name);
  const run = (commandLine: string) =>
    runOnMachine(wasm, { profile: uniform(1), ramBytes: 64 << 20, commandLine: `${family}${commandLine}` });
  const script = SCRIPTS.contents;
  expect(script).toBeDefined();
  if (!script) return;
  fc.assert(
    fc.property(script, (random) => {
      // An FCM makes pages of holes that are asked for.
      const steps = random.map((step) => (step.operation === 'frame' ? { ...step, b: step.b | ALLOCATE } : step));
      follows(run, steps, USED_FRAMES);
    }),
    { numRuns: 2, seed: 4, endOnFailure: true },
  );
});
