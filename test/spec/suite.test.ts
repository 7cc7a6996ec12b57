// The official WebAssembly test suite in both emission modes, from the directory that WASM_SPEC_DIR names (files converted
// by wast2json, with folders `core` and `threads`). The suite is not part of this repository.
import { readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findScripts, runScriptFile } from '../../host/wast/directory.ts';
import { MachineEngine } from '../../host/wast/machine-engine.ts';
import { V8Engine } from './v8-engine.ts';

const directory = process.env.WASM_SPEC_DIR ?? '';

if (directory === '') {
  const message = 'the official WebAssembly test suite is left out: WASM_SPEC_DIR does not name its directory';
  test(message, () => {
    writeSync(2, `${message}\n`);
  });
} else {
  const scripts = findScripts(directory);
  const nameOf = (file: string) => path.relative(directory, file);

  test('there are scripts in WASM_SPEC_DIR', () => {
    expect(scripts.length).toBeGreaterThan(0);
  });

  describe('the runner agrees with V8', () => {
    test.each(scripts.map((file) => [nameOf(file), file]))('%s', (_name, file) => {
      const report = runScriptFile(file, directory, () => new V8Engine());
      expect(report.failures).toEqual([]);
    });
  });

  // Where a script has many modules the host takes long to make them all for each core.
  const few = scripts.filter((file) => readFileSync(file, 'utf8').split('"type": "module"').length < 12);

  describe('on 16 cores at once', () => {
    test.each(few.filter((_, i) => i % 4 === 0).map((file, i) => [nameOf(file), file, i] as const))(
      '%s',
      (_, file, i) => {
        const report = runScriptFile(file, directory, () => new MachineEngine(i % 2 === 0 ? 'fast' : 'checked', 16));
        expect(report.failures).toEqual([]);
      },
    );
  });

  describe.each(['fast', 'checked'] as const)('%s', (mode) => {
    test.each(scripts.map((file) => [nameOf(file), file]))('%s', (_name, file) => {
      const report = runScriptFile(file, directory, () => new MachineEngine(mode));
      expect(report.failures).toEqual([]);
    });
  });
}
