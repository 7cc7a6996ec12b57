// Interposers in front of objects that all CPUs call: none of them misses a call's return, no call is lost or made twice, and what an interposer says is what the
// caller gets. They are put in front and taken away while calls are running.
import { beforeAll, expect, it } from 'vitest';
import { type MachineOptions, type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const MACHINES: [string, MachineProfile, MachineOptions][] = [
  ['2 cores', uniform(2), { leaveSeed: 7 }],
  ['4 cores on 2 nodes', profileNamed('amd-2x2'), { leaveSeed: 5 }],
  ['24 cores', profileNamed('ibm-s85'), {}],
];

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('interposer', 'test/guest/k42');
}, COMPILE_TIME);

it.each(MACHINES)('interposes objects that others call, on %s', (_, profile, options) => {
  const { exitCode, message, lines, values } = runOnMachine(wasm, { profile, options });
  expect({ exitCode, message, lines }).toEqual({ exitCode: 0, message: undefined, lines: [] });
  // The kernel has checked that they agree; here, that there was something of everything.
  const [added, extra, made, , arrived, , refused, boasted] = values as [number, ...number[]];
  for (const count of [extra, arrived, refused, boasted]) expect(count).toBeGreaterThan(20);
  expect(added).toBeGreaterThan(500);
  expect(made).toBeGreaterThan(30);
});
