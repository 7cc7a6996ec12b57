// What every file of the repository keeps to: readable in one sitting, opened by a comment that says what it is, no promises.
import path from 'node:path';
import { expect, it } from 'vitest';
import { FILES, read } from './repository.ts';

const MAX_LINES = 450;
/** Files that are tables: longer, since one cannot lose the thread in them. */
const TABLES = new Set([
  'machine/wasm/opcodes.ts',
  'package-lock.json',
  'machine/native/native.generated.ts',
  'machine/native/coherence.generated.ts',
]);

const SOURCES = FILES.filter((file) => /\.(ts|mts|mjs|js|sh)$/.test(file) || file === '.ci/run');
const BINARY = new Set(['.wasm', '.png', '.ico', '.gz']);

it(`keeps files below ${MAX_LINES} lines`, () => {
  const long = FILES.filter((file) => !TABLES.has(file) && !BINARY.has(path.extname(file)))
    .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
    .filter(({ file, lines }) => lines >= MAX_LINES && !file.endsWith('.json'));
  expect(long).toEqual([]);
});

it('opens every source file with a comment', () => {
  const bare = SOURCES.filter((file) => !/^(#!.*\n)?\s*(\/\/|\/\*|#)/.test(read(file)));
  expect(bare).toEqual([]);
});

it('leaves no promises in the code', () => {
  // Written in two halves, so that this file does not find itself.
  const promises = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
  const found = FILES.filter((file) => !BINARY.has(path.extname(file)) && file !== 'package-lock.json').flatMap(
    (file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (promises.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

it('names files in kebab-case', () => {
  const own = /^([a-z0-9]+(-[a-z0-9]+)*)(\.[a-z0-9]+)*$/;
  const conventional = new Set(['README.md', 'LICENSE', '.gitignore', '.npmrc']);
  const odd = FILES.filter((file) => !file.startsWith('.') && !conventional.has(path.basename(file))).filter(
    (file) => !file.split('/').every((part) => own.test(part)),
  );
  expect(odd).toEqual([]);
});

it('skips and focuses no test', () => {
  const found = FILES.filter((file) => file.endsWith('.test.ts') && file !== 'test/tidy/text.test.ts').filter((file) =>
    /\b(it|test|describe)\.(skip|todo|only)\b/.test(read(file)),
  );
  expect(found).toEqual([]);
});
