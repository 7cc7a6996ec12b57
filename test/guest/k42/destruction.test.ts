// The end of clustered objects under many CPUs: nothing is reclaimed while an activation may use it, calls that come late get an error, everything is reclaimed in
// the end, and COIDs and memory are used again.
import { beforeAll, expect, it } from 'vitest';
import { type MachineOptions, type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const MACHINES: [string, number, MachineProfile, MachineOptions][] = [
  ['1 core', 1, uniform(1), {}],
  ['2 cores', 2, uniform(2), { leaveSeed: 7 }],
  ['4 cores on 2 nodes', 4, profileNamed('amd-2x2'), { leaveSeed: 5 }],
  ['24 cores', 24, profileNamed('ibm-s85'), {}],
];

const ENTRY_BYTES = 16;
const PAGE_BYTES = 4096;

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('destruction', 'test/guest/k42');
}, COMPILE_TIME);

it.each(MACHINES)('destroys objects that others use, on %s', (_, cores, profile, options) => {
  const { exitCode, message, lines, values } = runOnMachine(wasm, {
    profile,
    options,
    commandLine: `${cores > 4 ? 1500 : 3500}`,
  });
  expect({ exitCode, message, lines }).toEqual({ exitCode: 0, message: undefined, lines: [] });
  const [made, highest, lateCalls, frames] = values as [number, number, number, number];
  expect(made).toBeGreaterThan(200 * Math.min(cores, 4));
  expect(lateCalls).toBeGreaterThan(made);
  // With many CPUs the token is long on its way: most objects are still there when the test ends.
  if (cores > 4) return;
  expect(highest / ENTRY_BYTES).toBeLessThan((0.5 * made) / cores);
  // An object with its Root and its Reps has 250 bytes and more.
  expect(frames * PAGE_BYTES).toBeLessThan(made * 160);
});
