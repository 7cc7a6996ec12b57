// Frames and objects against a model: random scripts of calls on several cores, in V8 and on the machine. Nothing is given out twice, reference counts
// are right, no frame is lost, and no memory is a defined answer.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { profileNamed, uniform } from '../../../machine/index.ts';
import {
  anySteps,
  checkScript,
  MOST_SLOTS,
  type Operation,
  PROFILES,
  type ScriptRun,
  type Step,
} from './allocator-model.ts';
import { COMPILE_TIME, compileKernel, runInV8, runOnMachine } from './kernel-runs.ts';

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('allocators');
}, COMPILE_TIME);

const RUNS: [string, ScriptRun][] = [
  ['in V8', (setting) => runInV8(wasm, setting)],
  ['on the machine', (setting) => runOnMachine(wasm, setting)],
];

describe.each(RUNS)('%s', (where, run) => {
  it.each(Object.entries(PROFILES))('follows the model on %s', (_, profile) => {
    fc.assert(
      fc.property(anySteps(3, 60), (steps) => {
        checkScript(run, { profile }, steps);
      }),
      { numRuns: where === 'in V8' ? 60 : 4, seed: 4 },
    );
  });

  it('says when memory is short, keeps a reserve, and has all back in the end', () => {
    const steps: Step[] = [];
    const step = (operation: Operation, a = 0, b = 0) => steps.push({ core: a % 4, operation, a, b });
    for (let a = 0; a < 1400; a++) step('take-frame', a);
    const lastTaken = steps.length - 1;
    step('is-short');
    for (let a = 2000; a < 2200; a++) step('take-reserved-frame', a);
    const lastReserved = steps.length - 1;
    for (let a = 0; a < MOST_SLOTS; a++) step('release', a);
    step('is-short');
    step('free-frames');
    step('take-run', 0, 8);
    const { values, model } = checkScript(run, { profile: uniform(4), ramBytes: 5 << 20 }, steps);
    const taken = values.slice(0, lastTaken + 1).filter((frame) => frame > 0).length;
    expect(taken).toBeGreaterThan(500);
    expect(values[lastTaken]).toBe(0);
    expect(values[lastTaken + 1]).toBe(1);
    const reserved = values.slice(lastTaken + 2, lastReserved + 1).filter((frame) => frame > 0).length;
    // 8 a core; some may be in the caches of cores that did not ask for more.
    expect(reserved).toBeGreaterThanOrEqual(32);
    expect(reserved).toBeLessThan(96);
    expect(values[lastReserved]).toBe(0);
    expect(model.isShort).toBe(false);
    // Blocks have joined again.
    expect(values.at(-1)).toBeGreaterThan(0);
  });

  it('takes of the reserve only what it gives to objects', () => {
    const steps: Step[] = [];
    const step = (operation: Operation, a: number) => steps.push({ core: a % 2, operation, a, b: 0 });
    for (let a = 0; a < 1400; a++) step('take-frame', a);
    const ordinary: number[] = [];
    const reserved: number[] = [];
    for (let a = 1500; a < 1508; a++) {
      reserved.push(steps.length);
      step('take-reserved-frame', a);
      ordinary.push(steps.length);
      step('take-frame', a + 100);
    }
    const { values } = checkScript(run, { profile: uniform(2), ramBytes: 5 << 20 }, steps);
    expect(reserved.map((at) => (values[at] as number) > 0)).toEqual(reserved.map(() => true));
    expect(ordinary.map((at) => values[at])).toEqual(ordinary.map(() => 0));
  });

  it('takes frames of its own node first, and those of others when there are no more', () => {
    const profile = profileNamed('amd-2x2');
    const steps: Step[] = Array.from({ length: 2300 }, (_, a) => ({ core: 3, operation: 'take-frame', a, b: 0 }));
    const { values } = checkScript(run, { profile, ramBytes: 8 << 20 }, steps);
    const nodes = values.filter((frame) => frame > 0).map((frame) => (frame < 1024 ? 0 : 1));
    const first = nodes.indexOf(0);
    expect(first).toBeGreaterThan(900);
    expect(nodes.slice(0, first).every((node) => node === 1)).toBe(true);
    expect(nodes.slice(first + 16).every((node) => node === 0)).toBe(true);
  });

  it('gives objects of one core to another through the depot', () => {
    const steps: Step[] = [];
    // Core 0 makes what core 1 releases, again and again: memory must not grow.
    for (let round = 0; round < 30; round++) {
      for (let a = 0; a < 60; a++) steps.push({ core: 0, operation: 'new-bytes', a, b: 1000 });
      for (let a = 0; a < 60; a++) steps.push({ core: 1, operation: 'release', a, b: 0 });
      steps.push({ core: 0, operation: 'free-frames', a: 0, b: 0 });
    }
    const { values } = checkScript(run, { profile: uniform(2) }, steps);
    const free = values.filter((_, i) => steps[i]?.operation === 'free-frames');
    expect(free.slice(2)).toEqual(free.slice(2).map(() => free[2]));
  });

  it.each([
    ['panic: an object is released twice (core 0, cycle ', '0 5 0 40 0 7 0 0 0 13 0 0'],
    ['panic: a frame is released that is free (core 0, cycle ', '0 0 0 0 0 7 0 0 0 14 0 0'],
    ['panic: thrown at test/guest/lib/allocators.assembly.ts:', '0 15 0 0'],
  ])('stops with the message: %s', (message, commandLine) => {
    const result = run({ profile: uniform(1), commandLine });
    expect(result.exitCode).toBe(undefined);
    expect(result.lines.join()).toContain(message);
  });
});
