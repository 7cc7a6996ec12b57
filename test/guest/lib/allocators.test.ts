// Frames and objects against a model: random scripts of calls on several cores, in V8 and on the machine. Nothing is given out twice, reference counts
// are right, no frame is lost, and no memory is a defined answer.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, type GuestRun, runInV8, runOnMachine } from './kernel-runs.ts';
import { results, type Step as ScriptStep, scriptText } from './script.ts';

/** As in allocators.assembly.ts. */
const OPERATIONS = [
  'take-frame',
  'take-zero-frame',
  'take-reserved-frame',
  'take-run',
  'share-frame',
  'new-bytes',
  'new-shape',
  'release',
  'references',
  'area',
  'free-frames',
  'total-frames',
  'is-short',
] as const;
type Operation = (typeof OPERATIONS)[number];

type Step = ScriptStep<Operation>;

const MOST_SLOTS = 4096;
const SKIPPED = -2;
const FREED_KINDS = { frame: 1, run: 2, bytes: 3, shape: 4 } as const;

interface Held {
  readonly kind: keyof typeof FREED_KINDS;
  /** In RAM: frames' addresses, or what the object with its header takes. */
  readonly start: number;
  readonly end: number;
  readonly b: number;
}

/** What must hold of the results of a script. */
class Model {
  readonly #slots = new Map<number, Held>();
  /** References to each frame that is held. */
  readonly #frames = new Map<number, number>();
  readonly #objects = new Set<Held>();
  #total = 0;
  #short = false;

  check(step: Step, value: number): void {
    const { operation, a, b } = step;
    const held = this.#slots.get(a);
    switch (operation) {
      case 'take-frame':
      case 'take-zero-frame':
      case 'take-reserved-frame':
        return this.#take(a, held, value, { kind: 'frame', start: value << 12, end: (value + 1) << 12, b });
      case 'take-run':
        expect(value < 0 || value % (1 << b) === 0).toBe(true);
        return this.#take(a, held, value, { kind: 'run', start: value << 12, end: (value + (1 << b)) << 12, b });
      case 'new-bytes':
        return this.#take(a, held, value, { kind: 'bytes', start: value - 8, end: value + b, b });
      case 'new-shape':
        return this.#take(a, held, value, { kind: 'shape', start: value - 8, end: value + (b % 3 === 2 ? 72 : 4), b });
      case 'share-frame':
        return this.#share(held, b, value);
      case 'release':
        return this.#release(a, held, value);
      case 'references':
        return expect(value).toBe(held?.kind === 'frame' ? this.#frames.get(held.start >> 12) : SKIPPED);
      case 'area':
        return expect(value).toBe(held?.kind === 'shape' ? area(held.b) : SKIPPED);
      case 'total-frames':
        this.#total = value;
        return expect(value).toBeGreaterThan(0);
      case 'free-frames':
        // Objects are in frames that are not free either.
        if (this.#objects.size === 0 && !this.#madeObjects) expect(value).toBe(this.#total - this.#frames.size);
        else expect(value).toBeLessThanOrEqual(this.#total - this.#frames.size);
        return;
      case 'is-short':
        this.#short = value === 1;
        return;
    }
  }

  #madeObjects = false;

  get isShort(): boolean {
    return this.#short;
  }

  get heldFrames(): number {
    return this.#frames.size;
  }

  #take(slot: number, before: Held | undefined, value: number, held: Held): void {
    if (before) return expect(value).toBe(SKIPPED);
    expect(value).toBeGreaterThanOrEqual(0);
    if (value === 0) return;
    this.#slots.set(slot, held);
    if (held.kind === 'bytes' || held.kind === 'shape') return this.#takeObject(held);
    for (let frame = held.start >> 12; frame < held.end >> 12; frame++) {
      expect(this.#frames.get(frame)).toBe(undefined);
      this.#frames.set(frame, 1);
    }
    for (const object of this.#objects) expect(object.start < held.end && held.start < object.end).toBe(false);
  }

  #takeObject(held: Held): void {
    this.#madeObjects = true;
    expect(held.start % 16).toBe(0);
    for (const other of this.#objects) expect(other.start < held.end && held.start < other.end).toBe(false);
    for (let frame = held.start >> 12; frame <= (held.end - 1) >> 12; frame++) {
      expect(this.#frames.get(frame)).toBe(undefined);
    }
    this.#objects.add(held);
  }

  #share(held: Held | undefined, to: number, value: number): void {
    if (held?.kind !== 'frame' || this.#slots.has(to)) return expect(value).toBe(SKIPPED);
    const frame = held.start >> 12;
    expect(value).toBe(frame);
    this.#frames.set(frame, (this.#frames.get(frame) as number) + 1);
    this.#slots.set(to, held);
  }

  #release(slot: number, held: Held | undefined, value: number): void {
    expect(value).toBe(held ? FREED_KINDS[held.kind] : 0);
    if (!held) return;
    this.#slots.delete(slot);
    if (this.#objects.delete(held)) return;
    for (let frame = held.start >> 12; frame < held.end >> 12; frame++) {
      const references = (this.#frames.get(frame) as number) - 1;
      if (references === 0) this.#frames.delete(frame);
      else this.#frames.set(frame, references);
    }
  }
}

function area(b: number): number {
  if (b % 3 === 0) return 0;
  return b % 3 === 1 ? b * b : 3 * b;
}

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('allocators');
}, COMPILE_TIME);

interface Setting {
  readonly profile: MachineProfile;
  readonly ramBytes?: number;
}

const RUNS: [string, (setting: Setting & { commandLine: string }) => GuestRun][] = [
  ['in V8', (setting) => runInV8(wasm, setting)],
  ['on the machine', (setting) => runOnMachine(wasm, setting)],
];

/** Runs a script in one way, and checks all its results. */
function checkScript(run: (typeof RUNS)[number][1], setting: Setting, steps: readonly Step[]) {
  const all: Step[] = [{ core: 0, operation: 'total-frames', a: 0, b: 0 }, ...steps];
  const values = results(run({ ...setting, commandLine: scriptText(OPERATIONS, all) }));
  const model = new Model();
  for (const [i, step] of all.entries()) model.check(step, values[i] as number);
  return { model, values: values.slice(1) };
}

const PROFILES: Record<string, MachineProfile> = { 'uniform-3': uniform(3), 'amd-2x2': profileNamed('amd-2x2') };

const anySteps = (cores: number, slots: number): fc.Arbitrary<Step[]> => {
  const slot = fc.nat(slots - 1);
  const step = (weight: number, operation: Operation, b: fc.Arbitrary<number>) => ({
    weight,
    arbitrary: fc.record({ core: fc.nat(cores - 1), operation: fc.constant(operation), a: slot, b }),
  });
  const none = fc.constant(0);
  return fc.array(
    fc.oneof(
      step(4, 'take-frame', none),
      step(2, 'take-zero-frame', none),
      step(1, 'take-reserved-frame', none),
      step(2, 'take-run', fc.nat(4)),
      step(3, 'share-frame', slot),
      step(4, 'new-bytes', fc.nat(6000)),
      step(4, 'new-shape', fc.nat(99)),
      step(12, 'release', none),
      step(2, 'references', none),
      step(2, 'area', none),
      step(1, 'free-frames', none),
    ),
    { minLength: 100, maxLength: 600 },
  );
};

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
