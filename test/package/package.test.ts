// The package as somebody else installs it: packed, unpacked beside another program, imported by name, with types. Of other packages only
// zod is installed there, which also shows that the library needs none but that.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
let folder: string;

function run(command: string, args: string[], cwd = folder): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'manycore-package-'));
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], ROOT);
  run('tar', ['-xzf', 'manycore-0.1.0.tgz']);
  mkdirSync(path.join(folder, 'node_modules'));
  cpSync(path.join(folder, 'package'), path.join(folder, 'node_modules/manycore'), { recursive: true });
  cpSync(path.join(ROOT, 'node_modules/zod'), path.join(folder, 'node_modules/zod'), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('runs a program on a machine imported by name', () => {
  writeFileSync(
    path.join(folder, 'program.js'),
    `import { readFileSync } from 'node:fs';
     import { fileURLToPath } from 'node:url';
     import { Machine } from 'manycore';
     const machine = new Machine({ cores: 1 });
     const file = fileURLToPath(import.meta.resolve('manycore/guest/fibonacci.wasm'));
     const instance = machine.instantiate(machine.load(readFileSync(file)));
     console.log(machine.invoke(instance, 'run', [1n]).join());`,
  );
  expect(run(process.execPath, ['program.js'])).toBe('6765\n');
});

it.each([
  ['NodeNext with the DOM types', ['--module', 'NodeNext']],
  ['NodeNext without them', ['--module', 'NodeNext', '--lib', 'ES2023', '--skipLibCheck']],
  ['a bundler', ['--module', 'ESNext', '--moduleResolution', 'Bundler']],
])('has types for %s', (_, options) => {
  writeFileSync(
    path.join(folder, 'program.ts'),
    `import { Machine, type MachineProfile, WasmError, profileNamed, withOverrides } from 'manycore';
     const machine: Machine = new Machine({ cores: 2, windowCycles: 40 });
     const profile: MachineProfile = withOverrides(profileNamed('amd-4x4'), ['core.storeBufferEntries=0']);
     const lineBytes: 32 | 64 | 128 = profile.lineBytes;
     // @ts-expect-error: there is no such field
     profile.core.storeBuffer;
     const digest: string = machine.digest();
     // @ts-expect-error: a number of cores is no text
     new Machine({ cores: 'two' });
     export { digest, lineBytes, WasmError };`,
  );
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const check = [tsc, '--noEmit', '--strict', '--target', 'ES2023', ...options, 'program.ts'];
  expect(spawnSync(process.execPath, check, { cwd: folder, encoding: 'utf8' }).stdout).toBe('');
});
