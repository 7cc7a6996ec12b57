// Generated files that are committed say what their sources say.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { coherenceModuleBytes, nativeModuleBytes } from '../../machine/native/bytes.ts';
import { COHERENCE_BASE64, COHERENCE_CONSTANTS } from '../../machine/native/coherence.generated.ts';
import { NATIVE_BASE64, NATIVE_CONSTANTS } from '../../machine/native/native.generated.ts';
import { FIRST_PLACEHOLDER } from '../../machine/native/specialize.ts';
import { ROOT } from './repository.ts';

it('generated files are what `npm run generate` writes', () => {
  expect(() => execFileSync(process.execPath, ['scripts/generate.mjs', '--check'], { cwd: ROOT })).not.toThrow();
});

it.each([
  { name: 'native helper', bytesOf: nativeModuleBytes, constants: NATIVE_CONSTANTS, base64: NATIVE_BASE64 },
  { name: 'coherence', bytesOf: coherenceModuleBytes, constants: COHERENCE_CONSTANTS, base64: COHERENCE_BASE64 },
])('carries the module of the $name unharmed through base64', ({ bytesOf, constants, base64 }) => {
  // Each constant gets the value of its own placeholder: nothing changes.
  const values = constants.map((name, number) => [name, FIRST_PLACEHOLDER + number]);
  const bytes = bytesOf(Object.fromEntries(values));
  expect(Buffer.from(bytes).toString('base64')).toBe(base64);
  expect(WebAssembly.validate(bytes)).toBe(true);
});
