// Instructions that would trap the host: division and conversion. A host trap would lose the host's locals, and with them guest
// state, so each is preceded by explicit checks that leave through the function's own trap points.
import { CAUSE_DIVIDE_BY_ZERO } from '../state/layout.ts';
import { OP, OPCODES } from '../wasm/opcodes.ts';
import { F32, type ValueType } from '../wasm/types.ts';
import type { InstructionEmitter } from './instruction-emitter.ts';
import { OPERAND_TYPES, trapsOf } from './instruction-kinds.ts';

/** Smallest and largest float of which truncation is in range: exclusive bounds, as IEEE 754 bits. [above, below] */
interface Range {
  /** The value must be greater (or, with `inclusive`, greater or equal). */
  readonly low: number;
  readonly inclusive: boolean;
  readonly high: number;
}

const RANGES: ReadonlyMap<number, Range> = new Map<number, Range>([
  [OP.i32_trunc_f32_s, { low: -(2 ** 31), inclusive: true, high: 2 ** 31 }],
  [OP.i32_trunc_f64_s, { low: -(2 ** 31) - 1, inclusive: false, high: 2 ** 31 }],
  [OP.i32_trunc_f32_u, { low: -1, inclusive: false, high: 2 ** 32 }],
  [OP.i32_trunc_f64_u, { low: -1, inclusive: false, high: 2 ** 32 }],
  [OP.i64_trunc_f32_s, { low: -(2 ** 63), inclusive: true, high: 2 ** 63 }],
  [OP.i64_trunc_f64_s, { low: -(2 ** 63), inclusive: true, high: 2 ** 63 }],
  [OP.i64_trunc_f32_u, { low: -1, inclusive: false, high: 2 ** 64 }],
  [OP.i64_trunc_f64_u, { low: -1, inclusive: false, high: 2 ** 64 }],
]);

export function isChecked(opcode: number): boolean {
  return RANGES.has(opcode) || trapsOf(opcode)[0] === CAUSE_DIVIDE_BY_ZERO;
}

/** Emits the instruction with its checks; its operands are taken from the operand stack, which is left to the caller. */
export function emitChecked(emitter: InstructionEmitter, index: number): void {
  const range = RANGES.get(emitter.context.flow.opcodes[index]);
  if (range) emitConversion(emitter, index, range);
  else emitDivision(emitter, index);
}

function emitDivision(emitter: InstructionEmitter, index: number): void {
  const { flow } = emitter.context;
  const { stack, writer, locals } = emitter;
  const opcode = flow.opcodes[index];
  const wide = opcode === OP.i64_div_s || opcode === OP.i64_div_u || opcode === OP.i64_rem_s || opcode === OP.i64_rem_u;
  const constant = stack.topConstant;
  stack.load(2);
  const trap = flow.trapOf[index];
  const value = constant < 0 ? 0n : wide ? flow.big[constant] : BigInt(flow.a[constant] | 0);
  // A divisor that is known neither to be 0 nor -1 needs no check.
  if (value !== 0n && BigInt.asIntN(64, value) !== -1n) {
    writer.op(opcode);
    return;
  }
  const divisor = wide ? locals.next : locals.entry;
  writer.tee(divisor);
  writer.op(wide ? OP.i64_eqz : OP.i32_eqz);
  emitter.trapIf(trap);
  if (opcode === OP.i32_div_s || opcode === OP.i64_div_s) {
    const dividend = wide ? locals.operands[1] : locals.operands[0];
    writer.tee(dividend);
    writer.get(dividend);
    if (wide) writer.long(-(2n ** 63n));
    else writer.int(-(2 ** 31));
    writer.op(wide ? OP.i64_eq : OP.i32_eq);
    writer.get(divisor);
    if (wide) writer.long(-1n);
    else writer.int(-1);
    writer.op(wide ? OP.i64_eq : OP.i32_eq);
    writer.op(OP.i32_and);
    emitter.trapIf(trap + 1);
  }
  writer.get(divisor);
  writer.op(opcode);
}

function emitFloat(emitter: InstructionEmitter, type: ValueType, value: number): void {
  const { writer } = emitter;
  const view = new DataView(new ArrayBuffer(8));
  if (type === F32) {
    view.setFloat32(0, value);
    writer.op(OP.f32_const);
    writer.f32(view.getUint32(0));
  } else {
    view.setFloat64(0, value);
    writer.op(OP.f64_const);
    writer.f64(view.getBigUint64(0));
  }
}

function emitConversion(emitter: InstructionEmitter, index: number, range: Range): void {
  const { flow } = emitter.context;
  const { stack, writer, locals } = emitter;
  const opcode = flow.opcodes[index];
  const type = OPCODES[opcode]?.pops?.[0] as ValueType;
  const single = type === F32;
  const operand = locals.operands[OPERAND_TYPES.indexOf(type)];
  stack.load(1);
  writer.tee(operand);
  writer.get(operand);
  writer.op(single ? OP.f32_ne : OP.f64_ne);
  emitter.trapIf(flow.trapOf[index]);
  writer.get(operand);
  emitFloat(emitter, type, range.low);
  if (range.inclusive) writer.op(single ? OP.f32_lt : OP.f64_lt);
  else writer.op(single ? OP.f32_le : OP.f64_le);
  writer.get(operand);
  emitFloat(emitter, type, range.high);
  writer.op(single ? OP.f32_ge : OP.f64_ge);
  writer.op(OP.i32_or);
  emitter.trapIf(flow.trapOf[index] + 1);
  writer.get(operand);
  writer.op(opcode);
}
