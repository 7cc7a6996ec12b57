// A test script of the official WebAssembly suite as wabt's `wast2json` writes it: one JSON document of commands, and
// the binary modules it names beside it. This page is the format's shape and how its values become bits; running a
// script is `run-script.ts`.
//
// Values travel as strings of decimal bits, never as JavaScript numbers: a number loses the payload of a NaN.

/** A value type by the name that the text format gives it. */
export type TypeName = 'i32' | 'i64' | 'f32' | 'f64' | 'funcref' | 'externref';

/** A value in a script: decimal bits, `null` or an identity for references, or a pattern for NaNs. */
export interface ScriptValue {
  type: TypeName | 'either';
  /** Absent where only the type matters (in `assert_trap`), and for "some reference that is not null". */
  value?: string;
  /** The alternatives of `either`. */
  values?: ScriptValue[];
}

export interface Action {
  type: 'invoke' | 'get';
  /** The module by its name in the script; the latest one when absent. */
  module?: string;
  field: string;
  args?: ScriptValue[];
}

export interface Command {
  type:
    | 'module'
    | 'register'
    | 'action'
    | 'assert_return'
    | 'assert_trap'
    | 'assert_exhaustion'
    | 'assert_invalid'
    | 'assert_malformed'
    | 'assert_unlinkable'
    | 'assert_uninstantiable';
  /** Line in the `.wast` source. */
  line: number;
  name?: string;
  as?: string;
  filename?: string;
  /** `text` modules exist only as source text, so there is nothing to decode. */
  module_type?: 'binary' | 'text';
  text?: string;
  action?: Action;
  expected?: ScriptValue[];
}

export interface Script {
  source_filename: string;
  commands: Command[];
}

/** An argument ready for a call. References: 0 is null, the host's reference n is n + 1. */
export interface TypedBits {
  type: TypeName;
  bits: bigint;
}

/** The text of a script file, checked as far as the runner relies on it. Throws an Error that names the file. */
export function parseScript(text: string, file: string): Script {
  const document = JSON.parse(text) as Partial<Script>;
  if (!Array.isArray(document.commands)) throw new Error(`${file} is not a wast2json file: it has no "commands"`);
  return document as Script;
}

export function argumentOf(value: ScriptValue): TypedBits {
  if (value.type === 'either' || value.value === undefined) throw new Error(`no argument: ${describe(value)}`);
  if (value.type === 'externref' || value.type === 'funcref') {
    return { type: value.type, bits: value.value === 'null' ? 0n : BigInt(value.value) + 1n };
  }
  return { type: value.type, bits: BigInt(value.value) };
}

/** The type that a result must have for the call's sake. */
export function resultType(value: ScriptValue): TypeName {
  return value.type === 'either' ? resultType(value.values?.[0] ?? { type: 'i32' }) : value.type;
}

/** Whether a result fulfils an expectation, bit for bit. */
export function fulfils(bits: bigint, expected: ScriptValue): boolean {
  if (expected.type === 'either') return (expected.values ?? []).some((value) => fulfils(bits, value));
  if (expected.type === 'externref' || expected.type === 'funcref') {
    return expected.value === undefined ? bits !== 0n : bits === argumentOf(expected).bits;
  }
  if (expected.value === undefined) return true;
  if (expected.type === 'f32' || expected.type === 'f64') {
    const nan = NAN_BITS[expected.type];
    // A canonical NaN has the quiet bit alone; an arithmetic one has at least that bit. The sign is free in both.
    if (expected.value === 'nan:canonical') return (bits & nan.withoutSign) === nan.canonical;
    if (expected.value === 'nan:arithmetic') return (bits & nan.canonical) === nan.canonical;
  }
  return bits === BigInt(expected.value);
}

const NAN_BITS = {
  f32: { canonical: 0x7fc0_0000n, withoutSign: 0x7fff_ffffn },
  f64: { canonical: 0x7ff8_0000_0000_0000n, withoutSign: 0x7fff_ffff_ffff_ffffn },
};

export function describe(value: ScriptValue): string {
  if (value.type === 'either') return `either ${(value.values ?? []).map(describe).join(' or ')}`;
  return `${value.type}:${value.value ?? 'any'}`;
}
