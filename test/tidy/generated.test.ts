// Generated files that are committed say what their sources say.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { nativeModuleBytes } from '../../machine/native/bytes.ts';
import { NATIVE_BASE64, NATIVE_CONSTANTS } from '../../machine/native/native.generated.ts';
import { FIRST_PLACEHOLDER } from '../../machine/native/specialize.ts';
import { ROOT } from './repository.ts';

it('generated files are what `npm run generate` writes', () => {
  expect(() => execFileSync(process.execPath, ['scripts/generate.mjs', '--check'], { cwd: ROOT })).not.toThrow();
});

it('carries the module unharmed through base64', () => {
  // Each constant gets the value of its own placeholder: nothing changes.
  const values = NATIVE_CONSTANTS.map((name, number) => [name, FIRST_PLACEHOLDER + number]);
  const bytes = nativeModuleBytes(Object.fromEntries(values));
  expect(Buffer.from(bytes).toString('base64')).toBe(NATIVE_BASE64);
  expect(WebAssembly.validate(bytes)).toBe(true);
});
