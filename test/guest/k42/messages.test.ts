// K42's function messages, and its locks, whose owners may call who waits for them: on up to 24 cores that all do so at once.
import { beforeAll, describe, expect, it } from 'vitest';
import { type MachineOptions, type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const MACHINES: [string, number, MachineProfile, MachineOptions][] = [
  ['2 cores', 2, uniform(2), {}],
  ['4 cores on 2 nodes', 4, profileNamed('amd-2x2'), { leaveSeed: 5 }],
  ['24 cores', 24, profileNamed('ibm-s85'), { leaveSeed: 3 }],
];

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('messages', 'test/guest/k42');
}, COMPILE_TIME);

describe.each(MACHINES)('on %s', (_, cores, profile, options) => {
  /** How many interrupts there were. Messages are freed: few pages for objects are in use in the end. */
  const run = (commandLine: string) => {
    const { exitCode, message, lines, values } = runOnMachine(wasm, { profile, options, commandLine });
    expect({ exitCode, message, lines }).toEqual({ exitCode: 0, message: undefined, lines: [] });
    const [interrupts, frames] = values as [number, number];
    expect(frames).toBeLessThanOrEqual(4 * cores);
    return interrupts;
  };

  it('answers each call once, on the core that is called, while all call all', () => {
    run('call');
  });

  it('lets who is called call back and further', () => {
    run('nested');
  });

  it('answers while it waits for a lock whose owner calls', () => {
    run('locks');
  });

  it('serves what is sent in the order of each sender, where no lock is held', () => {
    const interrupts = run('send');
    expect(interrupts).toBeGreaterThanOrEqual(cores);
    // Those that come together share an interrupt.
    expect(interrupts).toBeLessThan(18 * cores * cores);
  });

  it('interrupts a core that sleeps once for each call', () => {
    const interrupts = run('halted');
    expect(interrupts).toBeGreaterThanOrEqual(6 * (cores - 1));
    expect(interrupts).toBeLessThanOrEqual(7 * (cores - 1));
  });
});
