// NaN bits. WebAssembly leaves the bits of a NaN that arithmetic makes to the host, and V8 gives different ones from its two compilers and
// from constant folding: a run could not be repeated. So a NaN of arithmetic is made canonical before anything can look at its
// bits: where it is stored, reinterpreted, gives its sign away, passes a label, or reaches a global or another function. NaNs that
// were loaded or passed in keep their bits, as the specification wants.
//
// A local that only arithmetic (or a constant) is ever assigned to may hold any NaN; its readers take care. Every other local is
// assigned canonical values, so that what it was loaded with passes through unchanged.
import { OP } from '../wasm/opcodes.ts';
import { F32, F64, type ValueType } from '../wasm/types.ts';
import type { CodeWriter } from './code-writer.ts';
import type { Flow } from './flow.ts';

const ARITHMETIC: ReadonlySet<number> = new Set<number>([
  OP.f32_ceil,
  OP.f32_floor,
  OP.f32_trunc,
  OP.f32_nearest,
  OP.f32_sqrt,
  OP.f32_add,
  OP.f32_sub,
  OP.f32_mul,
  OP.f32_div,
  OP.f32_min,
  OP.f32_max,
  OP.f64_ceil,
  OP.f64_floor,
  OP.f64_trunc,
  OP.f64_nearest,
  OP.f64_sqrt,
  OP.f64_add,
  OP.f64_sub,
  OP.f64_mul,
  OP.f64_div,
  OP.f64_min,
  OP.f64_max,
  OP.f32_demote_f64,
  OP.f64_promote_f32,
]);

const SIGN_ONLY: ReadonlySet<number> = new Set<number>([OP.f32_neg, OP.f32_abs, OP.f64_neg, OP.f64_abs]);

/** How many of an instruction's operands have their bits looked at. */
const LOOKS: ReadonlyMap<number, number> = new Map<number, number>([
  [OP.i32_reinterpret_f32, 1],
  [OP.i64_reinterpret_f64, 1],
  [OP.f32_copysign, 2],
  [OP.f64_copysign, 2],
]);

/** Whether an instruction may make a NaN of the host's. */
export function makesNaN(opcode: number): boolean {
  return ARITHMETIC.has(opcode);
}

/** Whether an instruction passes the NaN of its operand on. */
export function keepsNaN(opcode: number): boolean {
  return SIGN_ONLY.has(opcode);
}

/** Number of operands, from the top, whose bits an instruction looks at. */
export function looksAt(opcode: number): number {
  return LOOKS.get(opcode) ?? 0;
}

function isNaNConstant(flow: Flow, index: number): boolean {
  if (flow.opcodes[index] === OP.f32_const) return (flow.a[index] & 0x7fff_ffff) > 0x7f80_0000;
  return (flow.big[index] & 0x7fff_ffff_ffff_ffffn) > 0x7ff0_0000_0000_0000n;
}

/** The locals that may hold a NaN of the host's: 1 for each variable that is one. */
export function localsOfArithmetic(flow: Flow): Uint8Array {
  const { variables, opcodes, a } = flow;
  const found = new Uint8Array(variables.localCount);
  for (let i = flow.type.params.length; i < found.length; i++) {
    if (variables.types[i] === F32 || variables.types[i] === F64) found[i] = 1;
  }
  /** Whether what the instruction before `index` leaves on the stack may be any NaN. */
  const assigns = (index: number): boolean => {
    const opcode = opcodes[index - 1];
    if (opcode === OP.f32_const || opcode === OP.f64_const) return !isNaNConstant(flow, index - 1);
    if (opcode === OP.local_get || opcode === OP.local_tee) return found[a[index - 1]] === 1;
    return ARITHMETIC.has(opcode);
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < opcodes.length; i++) {
      if (opcodes[i] !== OP.local_set && opcodes[i] !== OP.local_tee) continue;
      if (found[a[i]] === 1 && !(i > 0 && assigns(i))) {
        found[a[i]] = 0;
        changed = true;
      }
    }
  }
  return found;
}

/** Replaces a local's NaN by the canonical one: 0x7fc00000 or 0x7ff8000000000000. */
export function emitCanonical(writer: CodeWriter, local: number, type: ValueType): void {
  writer.get(local);
  if (type === F32) {
    writer.op(OP.f32_const);
    writer.f32(0x7fc0_0000);
  } else {
    writer.op(OP.f64_const);
    writer.f64(0x7ff8_0000_0000_0000n);
  }
  writer.get(local);
  writer.get(local);
  writer.op(type === F32 ? OP.f32_eq : OP.f64_eq);
  writer.op(OP.select);
  writer.set(local);
}
