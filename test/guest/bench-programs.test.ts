// The benchmark programs compute what they say: each one, run by the host's own engine, against an independent implementation.
// So whatever the machine is compared with later is right to begin with. Also holds what the benchmark relies on: no imports, small
// memories, results that repeat, and the sections from which messages take their names and source lines.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { instantiateSync } from '@assemblyscript/loader';
import { describe, expect, it } from 'vitest';
import { chase, ORACLES } from './oracles.ts';

const GUESTS = path.resolve(import.meta.dirname, '../../dist/guest');

interface BenchProgram {
  memory: WebAssembly.Memory;
  setup?: (bytes?: number) => void;
  run: (n: number) => number | bigint;
}

function compiled(name: string): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(path.join(GUESTS, `${name}.wasm`)));
}

function start(name: string): BenchProgram {
  return instantiateSync(compiled(name)).exports as unknown as BenchProgram;
}

describe.each(Object.entries(ORACLES))('%s', (name, oracle) => {
  it('computes what the oracle says, for any amount of work', () => {
    const program = start(name);
    program.setup?.();
    for (const n of [0, 1, 2, 7]) expect(program.run(n), `run(${n})`).toBe(oracle(n));
  });

  it('repeats its result and depends on the amount of work', () => {
    const program = start(name);
    program.setup?.();
    const result = program.run(3);
    expect(program.run(3)).toBe(result);
    expect(program.run(4)).not.toBe(result);
  });

  it('imports nothing and takes at most 2 MiB', () => {
    expect(WebAssembly.Module.imports(compiled(name))).toEqual([]);
    const program = start(name);
    program.setup?.();
    program.run(1);
    expect(program.memory.buffer.byteLength).toBeLessThanOrEqual(2 * 1024 * 1024);
  });
});

describe('chase', () => {
  it.each([128, 8192, 262_144, 16 * 1024 * 1024])('follows one cycle through all lines of %i bytes', (bytes) => {
    const program = start('chase');
    program.setup?.(bytes);
    const lines = bytes / 64;
    for (const steps of [0, 1, 1000, lines - 1]) expect(program.run(steps), `${steps} steps`).toBe(chase(bytes, steps));
    expect(program.run(lines), 'back after all lines').toBe(0);
    expect(WebAssembly.Module.imports(compiled('chase'))).toEqual([]);
  });
});

describe.each([...Object.keys(ORACLES), 'chase', 'hello', 'faults'])('module %s', (name) => {
  it('carries function names and a source map that reaches its own source', () => {
    const module = compiled(name);
    expect(WebAssembly.Module.customSections(module, 'name')).toHaveLength(1);
    expect(WebAssembly.Module.customSections(module, 'sourceMappingURL')).toHaveLength(1);
    const map = JSON.parse(readFileSync(path.join(GUESTS, `${name}.wasm.map`), 'utf8')) as { sources: string[] };
    expect(map.sources.some((source) => source.endsWith(`/${name}.ts`))).toBe(true);
  });
});

describe('faults', () => {
  const faults = new WebAssembly.Instance(compiled('faults')).exports as Record<string, (n: number) => unknown>;

  it.each([
    ['divide_by_zero', /divide by zero/],
    ['divide_overflow', /divide result unrepresentable/],
    ['reach_unreachable', /unreachable/],
    ['load_out_of_bounds', /memory access out of bounds/],
    ['store_out_of_bounds', /memory access out of bounds/],
    ['wrong_signature', /signature mismatch/],
    ['undefined_element', /table index is out of bounds/],
    ['null_element', /(table index is out of bounds|null function)/],
    ['recurse', /Maximum call stack size exceeded/],
  ])('%s traps in the host engine as its comment says', (name, message) => {
    expect(() => faults[name]?.(0)).toThrow(message);
  });
});
