// Decodes types, limits and constant expressions (specification 5.3, 5.4.9).
import type { ByteReader } from './byte-reader.ts';
import { invalid, malformed, tooLarge, unsupported, type WasmError } from './errors.ts';
import * as features from './features.ts';
import { InstructionReader, isValueType } from './instruction-reader.ts';
import { MAX_PARAMETERS, MAX_RESULTS } from './limits.ts';
import { OP } from './opcodes.ts';
import {
  type ConstExpr,
  F32,
  F64,
  type FunctionType,
  type GlobalType,
  I32,
  I64,
  isReferenceType,
  type Limits,
  type TableType,
  type ValueType,
} from './types.ts';

export function decodeValueType(input: ByteReader): ValueType {
  const code = input.u8();
  if (!isValueType(code)) throw features.refuseType(code, input.position - 1);
  return code;
}

export function decodeReferenceType(input: ByteReader): ValueType {
  const type = input.u8();
  if (!isReferenceType(type)) throw features.refuseType(type, input.position - 1, 'reference type');
  return type as ValueType;
}

export function decodeFunctionType(input: ByteReader): FunctionType {
  const form = input.u8();
  if (form !== 0x60) throw features.refuseTypeForm(form, input.position - 1);
  const params = decodeResultType(input, 'parameters of a function', MAX_PARAMETERS);
  const results = decodeResultType(input, 'results of a function', MAX_RESULTS);
  return { params, results };
}

function decodeResultType(input: ByteReader, what: string, limit: number): ValueType[] {
  const start = input.position;
  const count = input.count();
  if (count > limit) throw tooLarge(what, count, limit, start);
  const types: ValueType[] = [];
  for (let i = 0; i < count; i++) types.push(decodeValueType(input));
  return types;
}

export function decodeTableType(input: ByteReader): TableType {
  const element = decodeReferenceType(input);
  const start = input.position;
  const flags = input.u8();
  if (flags >= 4 && flags <= 5) throw unsupported(features.MEMORY64, start);
  if (flags > 1) throw malformed(`malformed limits flags ${flags} of a table`, start);
  return { element, limits: decodeLimits(input, flags === 1, false) };
}

export function decodeMemoryType(input: ByteReader): Limits {
  const start = input.position;
  const flags = input.u8();
  if (flags >= 8 && flags < 16) throw unsupported(features.PAGE_SIZES, start);
  if (flags >= 4 && flags < 8) throw unsupported(features.MEMORY64, start);
  if (flags > 3) throw malformed(`malformed limits flags ${flags} of a memory`, start);
  return decodeLimits(input, (flags & 1) !== 0, (flags & 2) !== 0);
}

function decodeLimits(input: ByteReader, hasMax: boolean, shared: boolean): Limits {
  const min = input.u32();
  return { min, max: hasMax ? input.u32() : undefined, shared };
}

export function decodeGlobalType(input: ByteReader): GlobalType {
  const type = decodeValueType(input);
  const mutability = input.u8();
  if (mutability > 1) throw malformed(`malformed mutability ${mutability}`, input.position - 1);
  return { type, mutable: mutability === 1 };
}

/** What extended constant expressions add. */
const EXTENDED: ReadonlySet<number> = new Set<number>([
  OP.i32_add,
  OP.i32_sub,
  OP.i32_mul,
  OP.i64_add,
  OP.i64_sub,
  OP.i64_mul,
]);

/** A constant expression has one instruction: any more would leave more than one value, or need an operand. */
export function decodeConstExpr(input: ByteReader): ConstExpr {
  const start = input.position;
  const reader = new InstructionReader(input.bytes, start, input.end);
  let first: ConstExpr | undefined;
  let count = 0;
  for (reader.next(); reader.opcode !== OP.end; reader.next()) {
    const expression = constantOf(reader);
    if (!expression) throw refuseInstruction(reader);
    if (count === 0) first = expression;
    count++;
  }
  input.position = reader.position;
  if (first === undefined || count !== 1) {
    throw invalid(`type mismatch: a constant expression leaves ${count} values, not one`, start);
  }
  return first;
}

function constantOf(reader: InstructionReader): ConstExpr | undefined {
  switch (reader.opcode) {
    case OP.i32_const:
      return { kind: 'const', type: I32, bits: BigInt(reader.a >>> 0) };
    case OP.i64_const:
      return { kind: 'const', type: I64, bits: BigInt.asUintN(64, reader.i64) };
    case OP.f32_const:
      return { kind: 'const', type: F32, bits: BigInt(reader.a) };
    case OP.f64_const:
      return { kind: 'const', type: F64, bits: reader.i64 };
    case OP.global_get:
      return { kind: 'global', index: reader.a };
    case OP.ref_null:
      return { kind: 'ref.null', type: reader.a as ValueType };
    case OP.ref_func:
      return { kind: 'ref.func', index: reader.a };
    default:
      return undefined;
  }
}

function refuseInstruction(reader: InstructionReader): WasmError {
  if (EXTENDED.has(reader.opcode)) return unsupported(features.EXTENDED_CONSTANTS, reader.offset);
  return invalid('constant expression required', reader.offset);
}
