// A program outside the repository: it imports the layer as 'posix', and its own files by relative paths.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compileProgram } from '../../../scripts/program.mjs';
import { World } from './world.ts';

const GUEST = path.resolve(import.meta.dirname, '../../../dist/guest');
const folder = mkdtempSync(path.join(tmpdir(), 'manycore-outside-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS = {
  baseDir: folder,
  options: path.join(GUEST, 'program.json'),
  layerFolder: path.join(GUEST, 'posix'),
};

function put(name: string, lines: string[]): void {
  writeFileSync(path.join(folder, name), `${lines.join('\n')}\n`);
}

async function compiled(name: string) {
  const { wasm, sourceMap } = await compileProgram(name, OPTIONS);
  return { wasm, sources: (JSON.parse(sourceMap) as { sources: string[] }).sources };
}

function run(wasm: Uint8Array, args: string[], files: Record<string, string> = {}) {
  const world = new World();
  world.files.write('/bin/own', wasm);
  for (const [name, contents] of Object.entries(files)) world.files.write(name, contents);
  return world.run(['own', ...args]);
}

it('compiles with the settings and the layer that are in dist, and writes its output when main returns', async () => {
  put('twice.ts', ['// A helper.', 'export function twice(n: i32): i32 {', '  return 2 * n;', '}']);
  put('count.ts', [
    '// Counts lines of a file.',
    "import { File, Lines, args, complainOf, out } from 'posix';",
    "import { twice } from './twice';",
    'export function main(): i32 {',
    '  const file = File.open(args()[1]);',
    '  if (!file.isOpen) return complainOf(args()[1], file.error);',
    '  let lines = 0;',
    '  for (const reader = new Lines(file.fd); reader.next(); ) lines++;',
    "  out.text('lines: ').number(lines).text(', twice as many: ').line(twice(lines).toString());",
    '  return 7;',
    '}',
  ]);
  const { wasm, sources } = await compiled('count.ts');
  expect(sources).toEqual(expect.arrayContaining(['count.ts', 'twice.ts', '~lib/posix/output.ts']));
  const good = run(wasm, ['/text'], { '/text': 'α\nb\nc' });
  expect(good.stdout.toString()).toBe('lines: 3, twice as many: 6\n');
  expect(good.status).toBe(7);
  const bad = run(wasm, ['/nothing']);
  expect(bad.stderr.toString()).toBe('own: /nothing: No such file or directory\n');
  expect(bad.status).toBe(1);
});

it('names the lines of the program when it does not compile', async () => {
  put('wrong.ts', ['// Wrong.', 'export function main(): i32 {', '  return nothing;', '}']);
  await expect(compileProgram('wrong.ts', OPTIONS)).rejects.toThrow(
    /Cannot find name 'nothing'[\s\S]*wrong\.ts\(3,10\)/,
  );
});

it('keeps every atomic access, lets memory grow, and puts data low', async () => {
  put('atomics.ts', [
    '// Words that others may change.',
    "import { out } from 'posix';",
    'const word = memory.data(4);',
    'export function main(): i32 {',
    '  const before = memory.size();',
    '  memory.grow(3);',
    '  out.number(memory.size() - before).byte(0x20).number(word);',
    '  return atomic.load<i32>(word) + atomic.load<i32>(word);',
    '}',
  ]);
  const { wasm } = await compiled('atomics.ts');
  // i32.atomic.load, aligned to 4, without an offset.
  expect(Buffer.from(wasm).toString('latin1').split('\xfe\x10\x02').length - 1).toBe(2);
  const [grown, address] = run(wasm, []).stdout.toString().split(' ').map(Number);
  expect(grown).toBe(3);
  expect(address).toBeLessThan(16_384);
});

it('says where a check has failed, and traps', async () => {
  put('index.ts', [
    '// Reads behind the end of an array.',
    "import { argumentBytes } from 'posix';",
    'export function main(): i32 {',
    '  return argumentBytes()[9].length;',
    '}',
  ]);
  const { wasm } = await compiled('index.ts');
  const world = new World();
  world.files.write('/bin/own', wasm);
  const errors: string[] = [];
  expect(() => world.run(['own'], { onError: (text) => errors.push(text) })).toThrow(WebAssembly.RuntimeError);
  expect(errors.join('')).toMatch(/^aborted: Index out of range, at ~lib\/array\.ts:\d+:\d+\n$/);
});
