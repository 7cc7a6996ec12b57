// The instructions that random programs are made of, by what they leave on the stack: see program-body.ts.
import type { ByteWriter } from '../../machine/wasm/encode.ts';
import { OP, OPCODES, type Opcode } from '../../machine/wasm/opcodes.ts';
import { F32, I32, I64, type ValueType } from '../../machine/wasm/types.ts';
import { NUMBERS } from './program-shape.ts';

const ALL: readonly Opcode[] = Object.values(OPCODES).filter((opcode) => opcode !== undefined);
const isNumber = (type: ValueType) => NUMBERS.includes(type);
const PLAIN = ALL.filter(
  ({ immediate, pops, pushes, access }) =>
    immediate === 'none' &&
    !access &&
    pops?.length &&
    pops.every(isNumber) &&
    pushes?.length === 1 &&
    isNumber(pushes[0]),
);
const TRAPPING = /\.trunc_f/;

function byResult(opcodes: readonly Opcode[]): Map<ValueType, Opcode[]> {
  return new Map(NUMBERS.map((type) => [type, opcodes.filter(({ pushes }) => pushes?.[0] === type)]));
}

export const NUMERIC = byResult(PLAIN.filter(({ name }) => !TRAPPING.test(name)));
export const NUMERIC_TRAPPING = byResult(PLAIN.filter(({ name }) => TRAPPING.test(name)));
export const LOADS = byResult(ALL.filter(({ access }) => access && ['load', 'rmw', 'cmpxchg'].includes(access.kind)));
export const STORES = ALL.filter(({ access }) => access?.kind === 'store');

/** A constant of a type with the given bits; floats are finite. */
export function writeLiteral(writer: ByteWriter, type: ValueType, bits: bigint): void {
  if (type === I32) {
    writer.u8(OP.i32_const);
    writer.i32(Number(BigInt.asIntN(32, bits)));
  } else if (type === I64) {
    writer.u8(OP.i64_const);
    writer.i64(bits);
  } else if (type === F32) {
    writer.u8(OP.f32_const);
    // An exponent of all ones would be a NaN or infinity.
    writer.f32(Number(bits & 0xbfff_ffffn));
  } else {
    writer.u8(OP.f64_const);
    writer.f64(bits & 0xbfff_ffff_ffff_ffffn);
  }
}
