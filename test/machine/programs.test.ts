// The benchmark's programs in the machine: V8's results in each mode, with each window, leaving at random, on one core and beside
// each other, always at the same cycles.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Machine, type MachineOptions } from '../../machine/index.ts';

const GUESTS = path.resolve(import.meta.dirname, '../../dist/guest');
const NAMES = ['crc32', 'fibonacci', 'hashtable', 'interpreter', 'matmul32', 'matmul64', 'quicksort'];
/** How much of each program's work is done: thousands of cycles to some hundred thousand. */
const WORK = 1;

const bytesOf = new Map(NAMES.map((name) => [name, new Uint8Array(readFileSync(path.join(GUESTS, `${name}.wasm`)))]));

interface BenchExports {
  readonly setup?: () => void;
  readonly run: (n: number) => number | bigint;
}

function inV8(name: string): bigint {
  const module = new WebAssembly.Module(bytesOf.get(name) as BufferSource);
  const { setup, run } = new WebAssembly.Instance(module).exports as unknown as BenchExports;
  setup?.();
  const result = run(WORK);
  return typeof result === 'bigint' ? BigInt.asUintN(64, result) : BigInt(result >>> 0);
}

/** Runs the program on every core, in slices of `slice` cycles; what core 0 gives, and all that was counted. */
function inMachine(name: string, options: MachineOptions, slice?: number): { result: bigint; measures: string } {
  const machine = new Machine(options);
  const image = machine.load(bytesOf.get(name) as Uint8Array);
  const instances = Array.from({ length: machine.coreCount }, () => machine.instantiate(image));
  for (const work of ['setup', 'run']) {
    if (!(work in (instances[0]?.exports ?? {}))) continue;
    for (const [core, instance] of instances.entries()) {
      machine.start(core, instance, work, work === 'run' ? [BigInt(WORK)] : []);
    }
    let outcome = machine.run({ maxCycles: slice });
    while (outcome.reason === 'cycle-limit') outcome = machine.run({ maxCycles: slice });
    expect(outcome.reason).toBe('finished');
  }
  const cores = Array.from({ length: machine.coreCount }, (_, core) => machine.core(core));
  const results = new Set(cores.map(({ results }) => results?.[0]));
  expect(results.size, 'results of all cores').toBe(1);
  const counted = cores.map((core) =>
    [core.cycles, core.instructions, core.accesses, core.readMisses, core.writeMisses, core.stallCycles].join(),
  );
  return { result: cores[0]?.results?.[0] as bigint, measures: `${machine.digest()} ${counted}` };
}

describe.each(NAMES)('%s', (name) => {
  it('alone: equal results and cycles in both modes, leaving anywhere, in slices of any length', () => {
    const { result, measures } = inMachine(name, {});
    expect(result).toBe(inV8(name));
    for (const mode of ['fast', 'checked'] as const) {
      for (const leaveSeed of [0, 5]) {
        for (const slice of [undefined, 1000, 40, 7]) {
          const found = inMachine(name, { mode, leaveSeed }, slice);
          expect(found, `${mode}, leaveSeed ${leaveSeed}, slices of ${slice} cycles`).toEqual({ result, measures });
        }
      }
    }
  });

  it('side by side: equal results, and with a window equal cycles in both modes', () => {
    const expected = inV8(name);
    for (const windowCycles of [7, 40, 1000]) {
      const fast = inMachine(name, { cores: 3, windowCycles });
      expect(fast.result).toBe(expected);
      expect(inMachine(name, { cores: 3, windowCycles, mode: 'checked', leaveSeed: 9 })).toEqual(fast);
    }
  });
});

it('leaves at every cycle', () => {
  for (const name of ['crc32', 'fibonacci', 'quicksort']) {
    const { result, measures } = inMachine(name, {});
    for (const mode of ['fast', 'checked'] as const) {
      expect(inMachine(name, { mode }, 1), `${name}, ${mode}`).toEqual({ result, measures });
    }
  }
}, 60_000);

it('computes beside 31 other cores what V8 does', () => {
  for (const name of NAMES) {
    expect(inMachine(name, { cores: 32, windowCycles: 1 }).result, name).toBe(inV8(name));
  }
}, 60_000);

it('gives the same digest each time', () => {
  expect(inMachine('quicksort', { cores: 4 })).toEqual(inMachine('quicksort', { cores: 4 }));
});
