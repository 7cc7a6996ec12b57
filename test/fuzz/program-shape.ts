// What the parts of the generator of random programs (program.ts) agree on.
import { F32, F64, type FunctionType, I32, I64, type ValueType } from '../../machine/wasm/types.ts';

export const NUMBERS: readonly ValueType[] = [I32, I64, F32, F64];
export const TABLE_ENTRIES = 8;
export const MEMORY_PAGES = 2;
export const PASSIVE_BYTES = 100;
/** Index of the global that loops and calls use up. */
export const FUEL = 0;
/** The only import: (i32, i64) -> i64. */
export const HOST_TYPE: FunctionType = { params: [I32, I64], results: [I64] };

/** What the generator of bodies knows of its module. */
export interface Program {
  readonly types: FunctionType[];
  /** All functions, the imported one first. */
  readonly functions: readonly FunctionType[];
  readonly globals: readonly ValueType[];
  /** Function at each place of the table; undefined is null. */
  readonly table: readonly (number | undefined)[];
}

/** Index of a type, which is added when there is none like it. */
export function typeIndex(types: FunctionType[], type: FunctionType): number {
  const key = (one: FunctionType) => `${one.params}>${one.results}`;
  const found = types.findIndex((other) => key(other) === key(type));
  if (found >= 0) return found;
  types.push(type);
  return types.length - 1;
}
