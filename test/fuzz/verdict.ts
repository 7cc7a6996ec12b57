// Whether this machine and V8 agree about a module.
import { decodeModule } from '../../machine/wasm/decode.ts';
import { WasmError } from '../../machine/wasm/errors.ts';
import { validateModule } from '../../machine/wasm/validate.ts';

/**
 * - `valid`, `refused`: both say so.
 * - `unsupported`: refused by the name of a feature or a size, whatever V8 says.
 * - `stricter`: refused by a rule of the standard that V8 is known not to enforce (STRICTER).
 * - `disagree`, `crash`: a defect.
 */
export type VerdictKind = 'valid' | 'refused' | 'unsupported' | 'stricter' | 'disagree' | 'crash';

export interface Verdict {
  readonly kind: VerdictKind;
  readonly message: string;
}

/** Messages of rules that V8 11.3 (Node 20) does not enforce, by what the standard says. */
const STRICTER: readonly RegExp[] = [
  // Threads, validation: an atomic access has exactly its natural alignment. V8 takes smaller ones.
  /^atomic accesses must have natural alignment/,
  // Specification 5.3.3, 5.4.1: a reference type and the empty block type are one byte. V8 reads numbers, of more bytes, too.
  /^malformed (block|reference) type of more than one byte/,
];

export function judge(bytes: Uint8Array): Verdict {
  const expected = WebAssembly.validate(bytes as BufferSource);
  try {
    validateModule(decodeModule(bytes));
  } catch (error) {
    if (!(error instanceof WasmError)) return { kind: 'crash', message: describe(error) };
    if (error.kind === 'unsupported') return { kind: 'unsupported', message: error.message };
    if (!expected) return { kind: 'refused', message: error.message };
    if (STRICTER.some((rule) => rule.test(error.message))) return { kind: 'stricter', message: error.message };
    return {
      kind: 'disagree',
      message: `V8 accepts what is refused as ${error.kind}: ${error.message} (at ${error.offset})`,
    };
  }
  if (expected) return { kind: 'valid', message: '' };
  return { kind: 'disagree', message: `V8 refuses what is accepted: ${reasonOfV8(bytes)}` };
}

export function isDefect(verdict: Verdict): boolean {
  return verdict.kind === 'disagree' || verdict.kind === 'crash';
}

function reasonOfV8(bytes: Uint8Array): string {
  try {
    new WebAssembly.Module(bytes as BufferSource);
    return 'no reason given';
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
