// Names of the features that this machine does not have, so that a module which needs one is refused by name. Numbers are those of
// the proposals' binary formats (WebAssembly/proposals).
import { malformed, unsupported, type WasmError } from './errors.ts';

export const SIMD = 'SIMD (vector instructions)';
export const EXCEPTIONS = 'exception handling';
export const TYPED_REFERENCES = 'typed function references';
export const GARBAGE_COLLECTION = 'garbage collection (GC)';
export const MULTI_MEMORY = 'multi-memory';
export const MEMORY64 = 'memory64 (64-bit memories and tables)';
export const PAGE_SIZES = 'custom page sizes';
export const EXTENDED_CONSTANTS = 'extended constant expressions';
export const COMPONENT_MODEL = 'component model';
export const TAIL_CALLS = 'tail calls';
const RELAXED_SIMD = 'relaxed SIMD';
const STACK_SWITCHING = 'stack switching';
const STRING_REFERENCES = 'reference-typed strings';
const SHARED_EVERYTHING = 'shared-everything threads';

/** [first opcode, last opcode, feature]. */
const INSTRUCTIONS: readonly (readonly [number, number, string])[] = [
  [0x06, 0x0a, EXCEPTIONS],
  [0x12, 0x13, TAIL_CALLS],
  [0x14, 0x15, TYPED_REFERENCES],
  [0x18, 0x19, EXCEPTIONS],
  [0x1f, 0x1f, EXCEPTIONS],
  [0xd3, 0xd3, GARBAGE_COLLECTION],
  [0xd4, 0xd6, TYPED_REFERENCES],
  [0xe0, 0xe6, STACK_SWITCHING],
  [0xfb00, 0xfbff, GARBAGE_COLLECTION],
  [0xfc12, 0xfc12, 'memory control (memory.discard)'],
  [0xfc13, 0xfc16, 'wide arithmetic'],
  [0xfd00, 0xfdff, SIMD],
  [0xfe04, 0xfe04, SHARED_EVERYTHING],
  [0xfe4f, 0xfe7f, SHARED_EVERYTHING],
];

const TYPES: readonly (readonly [number, number, string])[] = [
  [0x7b, 0x7b, SIMD],
  [0x77, 0x78, GARBAGE_COLLECTION],
  [0x74, 0x75, EXCEPTIONS],
  [0x69, 0x69, EXCEPTIONS],
  [0x68, 0x68, STACK_SWITCHING],
  [0x65, 0x67, STRING_REFERENCES],
  [0x71, 0x73, GARBAGE_COLLECTION],
  [0x6a, 0x6e, GARBAGE_COLLECTION],
  [0x63, 0x64, TYPED_REFERENCES],
];

/** Type constructors where only `func` (0x60) is known. */
const TYPE_FORMS: readonly (readonly [number, number, string])[] = [
  [0x4c, 0x50, GARBAGE_COLLECTION],
  [0x5d, 0x5d, STACK_SWITCHING],
  [0x5e, 0x5f, GARBAGE_COLLECTION],
];

function find(ranges: readonly (readonly [number, number, string])[], code: number): string | undefined {
  return ranges.find(([first, last]) => code >= first && code <= last)?.[2];
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`;
}

/** Why an opcode is refused that is not in the table; `code` may be above 0xff for prefixed ones. */
export function refuseOpcode(prefix: number, code: number, offset: number): WasmError {
  const isRelaxed = prefix === 0xfd && code >= 0x100 && code < 0x200;
  const number = prefix === 0 ? code : (prefix << 8) | Math.min(code, 0xff);
  const feature = isRelaxed ? RELAXED_SIMD : find(INSTRUCTIONS, number);
  if (feature !== undefined) return unsupported(feature, offset);
  return malformed(`illegal opcode ${prefix === 0 ? hex(code) : `${hex(prefix)} ${hex(code)}`}`, offset);
}

/** Why a byte is refused where a value type is expected. */
export function refuseType(code: number, offset: number, what = 'value type'): WasmError {
  const feature = find(TYPES, code);
  return feature === undefined ? malformed(`malformed ${what} ${hex(code)}`, offset) : unsupported(feature, offset);
}

/** Why a byte is refused where a function type is expected. */
export function refuseTypeForm(code: number, offset: number): WasmError {
  const feature = find(TYPE_FORMS, code);
  return feature === undefined ? malformed(`malformed type form ${hex(code)}`, offset) : unsupported(feature, offset);
}
