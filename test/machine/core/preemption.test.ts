// The benchmark's programs as processes under a preempting kernel, of which they know nothing: they must compute what V8 computes, at the
// same cycles in all modes.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { profileNamed } from '../../../machine/index.ts';
import { runInAllModes } from './kernel.ts';
import { preemptiveKernel } from './preemptive-kernel.ts';

const GUESTS = path.resolve(import.meta.dirname, '../../../dist/guest');
const NAMES = ['quicksort', 'hashtable', 'interpreter'];
const bytesOf = (name: string) => new Uint8Array(readFileSync(path.join(GUESTS, `${name}.wasm`)));

function inV8(name: string): number {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(name) as BufferSource));
  const result = (instance.exports.run as (n: number) => number | bigint)(1);
  return Number(BigInt.asUintN(32, BigInt(result)));
}

it.each([
  ['uniform-1', 1000],
  ['amd-2x2', 20_000],
  ['ibm-s85', 3001],
] as const)('computes what V8 does, on %s with %d cycles a turn', async (name, quantum) => {
  const run = await runInAllModes(preemptiveKernel(NAMES.length, quantum), {
    user: NAMES.map(bytesOf),
    cores: 1,
    ...(name === 'uniform-1' ? {} : { profile: profileNamed(name) }),
    maxCycles: 1e9,
  });
  expect(run.message).toBeUndefined();
  expect(run.reason).toBe('exited');
  const faults = run.notes.at(-1);
  const results = new Map(
    run.notes.slice(0, -1).map((note) => {
      const value = BigInt(note.slice(3));
      return [NAMES[Number(value >> 32n)], Number(value & 0xffff_ffffn)];
    }),
  );
  expect(results).toEqual(new Map(NAMES.map((program) => [program, inV8(program)])));
  expect(Number(faults?.slice(3))).toBeGreaterThan(10);
});
