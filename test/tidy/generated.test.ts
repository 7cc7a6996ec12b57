// Generated files that are committed say what their sources say.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { nativeModuleBytes } from '../../machine/native/bytes.ts';
import { NATIVE_BASE64 } from '../../machine/native/native.generated.ts';
import { ROOT } from './repository.ts';

it('generated files are what `npm run generate` writes', () => {
  expect(() => execFileSync(process.execPath, ['scripts/generate.mjs', '--check'], { cwd: ROOT })).not.toThrow();
});

it('carries the module unharmed through base64', () => {
  const bytes = nativeModuleBytes();
  expect(Buffer.from(bytes).toString('base64')).toBe(NATIVE_BASE64);
  expect(WebAssembly.validate(bytes)).toBe(true);
});
