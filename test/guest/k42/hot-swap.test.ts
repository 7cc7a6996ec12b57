// Hot swapping under calls of all CPUs, calls that call their own object among them: between one Rep and several, in each format, none is lost or counted twice. Objects
// that are destroyed meanwhile end, and everything is reclaimed.
import { beforeAll, expect, it } from 'vitest';
import { type MachineOptions, type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const MACHINES: [string, number, MachineProfile, MachineOptions][] = [
  ['1 core', 40, uniform(1), {}],
  ['3 cores', 40, uniform(3), { leaveSeed: 7 }],
  ['4 cores on 2 nodes', 25, profileNamed('amd-2x2'), { leaveSeed: 5 }],
  ['24 cores', 8, profileNamed('ibm-s85'), {}],
];

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('hot-swap', 'test/guest/k42');
}, COMPILE_TIME);

it.each(MACHINES)('swaps a counter that counts, on %s', (_, times, profile, options) => {
  const { exitCode, message, lines, values } = runOnMachine(wasm, { profile, options, commandLine: `${times}` });
  expect({ exitCode, message, lines }).toEqual({ exitCode: 0, message: undefined, lines: [] });
  const [, destroyed, calls, , highest] = values as [number, number, number, number, number];
  expect(calls).toBeGreaterThan(times);
  expect(destroyed).toBeGreaterThan(0);
  // COIDs of mediators are used again.
  expect(highest).toBeLessThan(times + 2 * destroyed);
});
