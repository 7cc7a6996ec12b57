// The official suite's modules, decoded and validated: valid ones are accepted, the others refused with the kind that the suite says.
import { expect, test } from 'vitest';
import { decodeModule } from '../../../machine/wasm/decode.ts';
import { WasmError } from '../../../machine/wasm/errors.ts';
import { validateModule } from '../../../machine/wasm/validate.ts';
import { SPEC_DIRECTORY, specModules } from './spec-directory.ts';

/** Of the threads proposal's copy of a file from before reference types: modules with two tables, which are valid since. */
const VALID_SINCE = new Set(['threads/imports.json:310', 'threads/imports.json:314', 'threads/imports.json:318']);

const EXPECTED: Readonly<Record<string, string>> = { assert_invalid: 'invalid', assert_malformed: 'malformed' };

function outcome(bytes: Uint8Array): string {
  try {
    validateModule(decodeModule(bytes));
    return 'valid';
  } catch (error) {
    if (!(error instanceof WasmError)) throw error;
    // A second memory is a feature that is refused by name; to the suite's version of the standard it is invalid.
    if (error.kind === 'unsupported' && error.message.includes('multi-memory')) return 'invalid';
    return error.kind;
  }
}

if (SPEC_DIRECTORY === '') {
  const message = "the official suite's modules are left out: WASM_SPEC_DIR does not name its directory";
  test(message, () => console.info(message));
} else {
  test('modules of the official suite are accepted and refused as it says', () => {
    const modules = specModules();
    expect(modules.length).toBeGreaterThan(0);
    const wrong = modules.flatMap(({ name, type, text, bytes }) => {
      const expected = VALID_SINCE.has(name) ? 'valid' : (EXPECTED[type] ?? 'valid');
      const found = outcome(bytes);
      return found === expected ? [] : [`${name} ${type} "${text}": ${found}, expected ${expected}`];
    });
    expect(wrong).toEqual([]);
  });
}
