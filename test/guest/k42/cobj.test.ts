// Clustered objects: each CPU finds its Rep by the same COID, Roots make as many as they say, COIDs tell whose they are, and a call costs one dereference more
// than a plain one. On machines of 1 to 24 CPUs, on all CPUs at once.
import { beforeAll, describe, expect, it } from 'vitest';
import { type MachineOptions, type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const MACHINES: [string, number, MachineProfile, MachineOptions][] = [
  ['1 core', 1, uniform(1), {}],
  ['4 cores on 2 nodes', 4, profileNamed('amd-2x2'), { leaveSeed: 5 }],
  ['24 cores', 24, profileNamed('ibm-s85'), { leaveSeed: 3 }],
];

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('cobj', 'test/guest/k42');
}, COMPILE_TIME);

describe.each(MACHINES)('on %s', (_, cores, profile, options) => {
  const run = (commandLine: string) => {
    const { exitCode, message, lines, values } = runOnMachine(wasm, { profile, options, commandLine });
    expect({ exitCode, message, lines }).toEqual({ exitCode: 0, message: undefined, lines: [] });
    return values;
  };

  it('gives every CPU the Rep that the Root says', () => {
    const sum = (200 * cores * (cores + 1)) / 2;
    expect(run('count')).toEqual([sum, sum, sum, Math.ceil(cores / 3), cores]);
  });

  it("gives out each CPU's own COIDs, which are good on all, and answers an error where there is no object", () => {
    expect(run('partitions')).toEqual([]);
  });

  it('gives back pages of the local tables that are not used, and finds Reps again', () => {
    expect(run('reclaim')).toEqual(Array.from({ length: cores }, () => 1));
  });

  it('makes a call for the price of a plain one and one dereference', () => {
    const [plain, byPointer, byCoid, first] = run('measure') as [number, number, number, number];
    // No more than by a pointer in memory: it is one, in a page that this CPU has to itself.
    expect(Math.abs(byCoid - byPointer)).toBeLessThan(0.1);
    expect(byCoid - plain).toBeCloseTo(profile.l1.latencyCycles, 1);
    expect(first).toBeGreaterThan(byCoid);
  });
});
