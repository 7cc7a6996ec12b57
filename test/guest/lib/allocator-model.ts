// What must hold of the results of calls of the allocators, in random scripts that allocators.assembly.ts follows: nothing is given out twice, reference counts are right,
// no frame is lost. For the kit's allocators and for those that kernels have in their place.
import fc from 'fast-check';
import { expect } from 'vitest';
import { type MachineProfile, profileNamed, uniform } from '../../../machine/index.ts';
import type { GuestRun } from './kernel-runs.ts';
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
export type Operation = (typeof OPERATIONS)[number];

export type Step = ScriptStep<Operation>;

export const MOST_SLOTS = 4096;
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
export class Model {
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

interface Setting {
  readonly profile: MachineProfile;
  readonly ramBytes?: number;
}

/** Runs the kernel that follows the script. */
export type ScriptRun = (setting: Setting & { commandLine: string }) => GuestRun;

/** Runs a script in one way, and checks all its results. */
export function checkScript(run: ScriptRun, setting: Setting, steps: readonly Step[]) {
  const all: Step[] = [{ core: 0, operation: 'total-frames', a: 0, b: 0 }, ...steps];
  const values = results(run({ ...setting, commandLine: scriptText(OPERATIONS, all) }));
  const model = new Model();
  for (const [i, step] of all.entries()) model.check(step, values[i] as number);
  return { model, values: values.slice(1) };
}

export const PROFILES: Record<string, MachineProfile> = { 'uniform-3': uniform(3), 'amd-2x2': profileNamed('amd-2x2') };

export const anySteps = (cores: number, slots: number): fc.Arbitrary<Step[]> => {
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
