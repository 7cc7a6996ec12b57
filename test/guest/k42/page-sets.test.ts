// The sets of page descriptors that FCMs have, used by up to 24 CPUs at random: one hash under one lock, the DHash with tables of copies that come in the
// middle, and partitions. What CPUs see of data while they have them locked is what was written last.
import { beforeAll, describe, expect, it } from 'vitest';
import { type MachineOptions, type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const MACHINES: [string, number, number, MachineProfile, MachineOptions][] = [
  ['1 core', 1, 150, uniform(1), {}],
  ['4 cores on 2 nodes', 4, 60, profileNamed('amd-2x2'), { leaveSeed: 5, audit: true }],
  ['24 cores', 24, 15, profileNamed('ibm-s85'), { leaveSeed: 3 }],
];

/** Few keys let CPUs meet, many let tables grow. */
const KEYS = [3, 700];

/** How much longer than usual: `K42_ROUNDS=20 npx vitest run test/guest/k42`. */
const LONGER = Number(process.env.K42_ROUNDS ?? 1);

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('page-sets', 'test/guest/k42');
}, COMPILE_TIME);

describe.each(MACHINES)('on %s', (_, cores, rounds, profile, options) => {
  it.each(['hash', 'dhash', 'partitioned'])('a %s has each page once, for all', (kind) => {
    for (const keys of KEYS) {
      const commandLine = `${kind[0]}${keys} ${rounds * LONGER}`;
      const { exitCode, message, lines, values } = runOnMachine(wasm, { profile, options, commandLine });
      expect({ keys, exitCode, message, lines }).toEqual({ keys, exitCode: 0, message: undefined, lines: [] });
      const [pages, frames, pagesAgain, framesAgain] = values as [number, number, number, number];
      expect(Math.max(pages, pagesAgain)).toBeLessThanOrEqual(keys);
      // Pages of objects stay with the CPUs' pools, and blocks wander from one to another.
      expect(framesAgain - frames).toBeLessThanOrEqual(2 * cores + 4);
    }
  });
});
