// FCMs of each family, used by up to 24 CPUs at random: private memory that is written, forked, reclaimed, unmapped in part and ended; and a file that is
// mapped, read by the kernel, truncated, and the beginning of private memory. Every CPU finds what it has written, and all frames are given back.
import { beforeAll, describe, expect, it } from 'vitest';
import { type MachineOptions, type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const MACHINES: [string, number, number, MachineProfile, MachineOptions][] = [
  ['1 core', 1, 200, uniform(1), {}],
  ['4 cores on 2 nodes', 4, 40, profileNamed('amd-2x2'), { leaveSeed: 5, audit: true }],
  ['24 cores', 24, 16, profileNamed('ibm-s85'), { leaveSeed: 3 }],
];
/** In the order of FCM_*. */
const FAMILIES = ['shared', 'distributed', 'partitioned', 'swapped'];

/** How much longer than usual: `K42_ROUNDS=20 npx vitest run test/guest/k42`. */
const LONGER = Number(process.env.K42_ROUNDS ?? 1);

/** Milliseconds for a test, on a busy host. */
const TIME = 60_000;

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('fcm', 'test/guest/k42');
}, COMPILE_TIME);

describe.each(MACHINES)('on %s', (_, cores, rounds, profile, options) => {
  it.each(FAMILIES)(
    'a %s FCM keeps what is written',
    (family) => {
      for (const mode of ['p', 'f']) {
        const commandLine = `${mode}${FAMILIES.indexOf(family)}${rounds * LONGER}`;
        const setting = { profile, options, commandLine, ramBytes: 16 << 20 };
        const { exitCode, message, lines, values } = runOnMachine(wasm, setting);
        expect({ mode, exitCode, message, lines }).toEqual({ mode, exitCode: 0, message: undefined, lines: [] });
        // What is left are pages that objects are cut from, and each CPU's pages of translation tables for what the others have made.
        expect(values[0]).toBeLessThanOrEqual(cores * cores + 20 * cores + 30);
      }
    },
    TIME * LONGER,
  );
});
