// Source lines of code offsets, from maps beside the module, in data URLs, or missing.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SourceMap } from '../../host/source-map.ts';

// Offset 0 is line 3 of a.ts; offset 16 is line 4, column 2 of it (VLQ: "AAEA", then "gBACE").
const MAP = JSON.stringify({ version: 3, sources: ['../src/a.ts'], names: [], mappings: 'AAEA,gBACE' });

test('an offset is the source of the nearest mapping before it', () => {
  const map = new SourceMap(MAP);
  expect(map.position(0)).toEqual({ file: 'src/a.ts', line: 3, column: 0 });
  expect(map.position(15)).toEqual({ file: 'src/a.ts', line: 3, column: 0 });
  expect(map.position(20)).toEqual({ file: 'src/a.ts', line: 4, column: 2 });
});

test('what has no source of its own is near the instruction before it, in the same function', () => {
  // Offset 0 is line 3; from offset 16 on, and from 32 on, nothing is known ("AAEA", "gB", "gB").
  const map = new SourceMap(JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings: 'AAEA,gB,gB' }));
  expect(map.position(20)).toBeUndefined();
  expect(map.positionBefore(20, 8)).toEqual({ file: 'a.ts', line: 3, column: 0 });
  expect(map.positionBefore(40, 0)).toEqual({ file: 'a.ts', line: 3, column: 0 });
  expect(map.positionBefore(40, 16)).toBeUndefined();
});

test('maps are found beside the module and in data URLs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-'));
  writeFileSync(path.join(folder, 'a.wasm.map'), MAP);
  const file = path.join(folder, 'a.wasm');
  expect(SourceMap.find('./a.wasm.map', file)?.position(0)?.line).toBe(3);
  const encoded = Buffer.from(MAP).toString('base64');
  expect(SourceMap.find(`data:application/json;base64,${encoded}`, file)?.position(0)?.line).toBe(3);
  expect(SourceMap.find(`data:application/json,${encodeURIComponent(MAP)}`, file)?.position(0)?.line).toBe(3);
});

test('a missing, remote or broken map is no map', () => {
  expect(SourceMap.find(undefined, '/a.wasm')).toBeUndefined();
  expect(SourceMap.find('nowhere.map', '/a.wasm')).toBeUndefined();
  expect(SourceMap.find('https://example.org/a.map', '/a.wasm')).toBeUndefined();
  expect(SourceMap.find('data:application/json,{"version":1}', '/a.wasm')?.position(0)).toBeUndefined();
});
