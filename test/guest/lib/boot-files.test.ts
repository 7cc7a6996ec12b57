// Files that the host gives a kernel: found by their paths, read as they are, and their frames free when they are removed.
import { beforeAll, expect, it } from 'vitest';
import { profileNamed, uniform } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from './kernel-runs.ts';
import { results } from './script.ts';

const FILES = [0, 1, 4096, 4097, 70_000].map((length, i) => ({
  path: ['/empty', '/bin/one', '/bin/page', '/a/b/c/d', '/a/b/long'][i] as string,
  bytes: Uint8Array.from({ length }, (_, j) => j * 7 + (j >> 8)),
}));

function sum(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => (Math.imul(hash, 31) + byte) >>> 0, 0);
}

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('boot-files');
}, COMPILE_TIME);

it.each([
  ['one node', uniform(1)],
  ['two nodes', profileNamed('amd-2x2')],
])('are in the file system on %s', (_, profile) => {
  const values = results(runOnMachine(wasm, { profile, files: FILES, commandLine: '/a/b/c/e' }));
  const pages = FILES.map(({ bytes }) => Math.ceil(bytes.length / 4096)).reduce((a, b) => a + b);
  expect(values).toEqual([0, ...FILES.flatMap(({ bytes }) => [0, bytes.length, sum(bytes)]), -2, pages]);
});

it('says when there is no way to a path', () => {
  const files = [...FILES, { path: '/bin/one/two', bytes: new Uint8Array(3) }];
  const { values } = runOnMachine(wasm, { files });
  expect(values[0]).toBe(-20);
});
