// What the translator knows of instructions beyond the opcode table: the traps that they check for themselves, and which of them are
// calls of built-in functions ("services").
import {
  CAUSE_DIVIDE_BY_ZERO,
  CAUSE_INTEGER_OVERFLOW,
  CAUSE_INVALID_CONVERSION,
  CAUSE_SIGNATURE,
  CAUSE_UNDEFINED_ELEMENT,
  CAUSE_UNINITIALIZED_ELEMENT,
  CAUSE_UNREACHABLE,
} from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import { F32, F64, I32, I64, type Module, type ValueType } from '../wasm/types.ts';

/**
 * What a flow has in the place of a call of `machine.tally`, which is no call in the translation: it takes two operands, no time, and is nowhere that a
 * core could leave.
 */
export const TALLY = 0xff00;

/** Index of the imported function that is `machine.tally`, or -1. */
export function tallyOf({ imports }: Module): number {
  const functions = imports.filter(({ kind }) => kind === 'function');
  return functions.findIndex(({ module, name }) => module === 'machine' && name === 'tally');
}

/** The traps that an instruction checks for itself, in the order of its checks. */
export function trapsOf(opcode: number): readonly number[] {
  return TRAPS.get(opcode) ?? NO_TRAPS;
}

const NO_TRAPS: readonly number[] = [];
const CONVERT = [CAUSE_INVALID_CONVERSION, CAUSE_INTEGER_OVERFLOW];
const TRAPS: ReadonlyMap<number, readonly number[]> = new Map<number, readonly number[]>([
  [OP.unreachable, [CAUSE_UNREACHABLE]],
  [OP.i32_div_s, [CAUSE_DIVIDE_BY_ZERO, CAUSE_INTEGER_OVERFLOW]],
  [OP.i64_div_s, [CAUSE_DIVIDE_BY_ZERO, CAUSE_INTEGER_OVERFLOW]],
  [OP.i32_div_u, [CAUSE_DIVIDE_BY_ZERO]],
  [OP.i64_div_u, [CAUSE_DIVIDE_BY_ZERO]],
  [OP.i32_rem_s, [CAUSE_DIVIDE_BY_ZERO]],
  [OP.i64_rem_s, [CAUSE_DIVIDE_BY_ZERO]],
  [OP.i32_rem_u, [CAUSE_DIVIDE_BY_ZERO]],
  [OP.i64_rem_u, [CAUSE_DIVIDE_BY_ZERO]],
  [OP.i32_trunc_f32_s, CONVERT],
  [OP.i32_trunc_f32_u, CONVERT],
  [OP.i32_trunc_f64_s, CONVERT],
  [OP.i32_trunc_f64_u, CONVERT],
  [OP.i64_trunc_f32_s, CONVERT],
  [OP.i64_trunc_f32_u, CONVERT],
  [OP.i64_trunc_f64_s, CONVERT],
  [OP.i64_trunc_f64_u, CONVERT],
  [OP.call_indirect, [CAUSE_UNDEFINED_ELEMENT, CAUSE_UNINITIALIZED_ELEMENT, CAUSE_SIGNATURE]],
]);

/** Instructions that are calls of a built-in function in the translation: [parameters, results]. */
const SERVICES: ReadonlyMap<number, readonly [readonly ValueType[], readonly ValueType[]]> = new Map<
  number,
  readonly [readonly ValueType[], readonly ValueType[]]
>([
  [OP.memory_size, [[], [I32]]],
  [OP.memory_grow, [[I32], [I32]]],
  [OP.memory_copy, [[I32, I32, I32], []]],
  [OP.memory_fill, [[I32, I32, I32], []]],
  [OP.memory_init, [[I32, I32, I32], []]],
  [OP.data_drop, [[], []]],
  [OP.table_copy, [[I32, I32, I32], []]],
  [OP.table_init, [[I32, I32, I32], []]],
  [OP.elem_drop, [[], []]],
  [OP.table_size, [[], [I32]]],
]);

/** Parameters and results of an instruction that the translation turns into a call of a built-in function, if it is one. */
export function serviceType(
  module: Module,
  opcode: number,
  table: number,
): readonly [readonly ValueType[], readonly ValueType[]] | undefined {
  const fixed = SERVICES.get(opcode);
  if (fixed) return fixed;
  const element = () => module.tables[table].element;
  if (opcode === OP.table_get) return [[I32], [element()]];
  if (opcode === OP.table_set) return [[I32, element()], []];
  if (opcode === OP.table_grow) return [[element(), I32], [I32]];
  if (opcode === OP.table_fill) return [[I32, element(), I32], []];
  if (opcode === OP.memory_atomic_notify) return [[I32, I32], [I32]];
  if (opcode === OP.memory_atomic_wait32) return [[I32, I32, I64], [I32]];
  if (opcode === OP.memory_atomic_wait64) return [[I32, I64, I64], [I32]];
  return undefined;
}

/** The types whose stores the frame's operand field can hold, by their code in POINT_OPERAND. */
export const OPERAND_TYPES: readonly ValueType[] = [I32, I64, F32, F64];
