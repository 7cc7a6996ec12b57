// Locks and allocators with many cores at once on the machine: mutual exclusion, first come first served, nothing given out twice, nothing lost.
import { beforeAll, describe, expect, it } from 'vitest';
import { coreCount, type MachineOptions, type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from './kernel-runs.ts';

const MACHINES: [string, MachineProfile, MachineOptions][] = [
  ['2 cores', uniform(2), {}],
  ['16 cores', uniform(16), { leaveSeed: 3 }],
  ['4 cores on 2 nodes', profileNamed('amd-2x2'), {}],
  ['24 cores', uniform(24), {}],
];

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('parallel');
}, COMPILE_TIME);

describe.each(MACHINES)('on %s', (_, profile, options) => {
  const run = (commandLine: string) => {
    const { exitCode, message, lines, values } = runOnMachine(wasm, { profile, options, commandLine });
    expect({ exitCode, message, lines }).toEqual({ exitCode: 0, message: undefined, lines: [] });
    return values;
  };

  it("keeps cores out of each other's critical sections", () => {
    expect(run('mutex')).toEqual([0]);
  });

  it('serves them in the order in which they come', () => {
    const order = run('first come').slice(0, -1);
    const cores = coreCount(profile);
    const places = Array.from({ length: cores - 1 }, (_, i) => i + 1);
    expect(order).toEqual([...places, ...places]);
  });

  it('gives no frame and no object to two at once, and loses none', () => {
    const [used] = run('allocators') as [number];
    // What is left are the pages that objects were cut from: at most one for each core, and those of the 64 boxes.
    expect(used).toBeLessThanOrEqual(24);
    expect(used).toBeGreaterThan(0);
  });
});
