// The one table of the instruction set: numbers, names, immediates, operand types, memory accesses and cost classes. The decoder,
// the validator, the cost model and the emitter read it. Source: core specification 2.0 sections 5.4 and 7.8, without vector
// instructions, and the threads proposal's binary format.
import { F32, F64, FUNCREF, I32, I64, type ValueType } from './types.ts';

/** What follows an opcode; InstructionReader says into which of its fields it goes. */
export type Immediate =
  | 'none'
  | 'block'
  | 'label'
  | 'labels'
  | 'function'
  | 'call_indirect'
  | 'select_types'
  | 'local'
  | 'global'
  | 'table'
  | 'memory_access'
  | 'memory'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'ref_type'
  | 'function_ref'
  | 'memory_init'
  | 'data'
  | 'memory_copy'
  | 'table_init'
  | 'element'
  | 'table_copy'
  | 'fence';

/** Classes of instructions that cost the same; what each costs is the machine's matter. */
export type CostClass =
  | 'free'
  | 'simple'
  | 'multiply'
  | 'divide'
  | 'float'
  | 'float_divide'
  | 'convert'
  | 'load'
  | 'store'
  | 'atomic'
  | 'branch'
  | 'call'
  | 'bulk';

export type AtomicOperation = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'xchg' | 'cmpxchg';

/** A single access of linear memory; bulk operations have none. */
export interface MemoryAccess {
  readonly kind: 'load' | 'store' | 'rmw' | 'cmpxchg' | 'wait' | 'notify';
  /** Type of the value on the operand stack. */
  readonly type: ValueType;
  readonly sizeBytes: 1 | 2 | 4 | 8;
  /** Atomic accesses trap when they are not aligned. */
  readonly atomic: boolean;
  /** Of loads that are narrower than their type. */
  readonly signed?: boolean;
  /** Of rmw and cmpxchg. */
  readonly operation?: AtomicOperation;
}

/** An instruction; `pops` and `pushes` are missing where they depend on immediates or on the stack. */
export interface Opcode {
  /** The byte, or prefix << 8 | number. */
  readonly code: number;
  /** As the text format writes it. */
  readonly name: string;
  readonly immediate: Immediate;
  readonly cost: CostClass;
  /** Operand types, the deepest first. */
  readonly pops: readonly ValueType[] | undefined;
  readonly pushes: readonly ValueType[] | undefined;
  readonly access: MemoryAccess | undefined;
}

type Description = Omit<Opcode, 'code'>;

function structure(name: string, immediate: Immediate, cost: CostClass): Description {
  return { name, immediate, cost, pops: undefined, pushes: undefined, access: undefined };
}

function plain(
  name: string,
  pops: readonly ValueType[],
  pushes: readonly ValueType[],
  cost: CostClass,
  immediate: Immediate = 'none',
): Description {
  return { name, immediate, cost, pops, pushes, access: undefined };
}

function accessing(
  name: string,
  pops: readonly ValueType[],
  pushes: readonly ValueType[],
  cost: CostClass,
  access: MemoryAccess,
): Description {
  return { name, immediate: 'memory_access', cost, pops, pushes, access };
}

type Size = MemoryAccess['sizeBytes'];

function load(name: string, type: ValueType, sizeBytes: Size, signed?: boolean): Description {
  return accessing(name, [I32], [type], 'load', { kind: 'load', type, sizeBytes, atomic: false, signed });
}

function store(name: string, type: ValueType, sizeBytes: Size): Description {
  return accessing(name, [I32, type], [], 'store', { kind: 'store', type, sizeBytes, atomic: false });
}

function atomicLoad(name: string, type: ValueType, sizeBytes: Size): Description {
  return accessing(name, [I32], [type], 'load', { kind: 'load', type, sizeBytes, atomic: true, signed: false });
}

function atomicStore(name: string, type: ValueType, sizeBytes: Size): Description {
  return accessing(name, [I32, type], [], 'atomic', { kind: 'store', type, sizeBytes, atomic: true });
}

function atomicUpdate(name: string, type: ValueType, sizeBytes: Size, operation: AtomicOperation): Description {
  const compares = operation === 'cmpxchg';
  const pops = compares ? [I32, type, type] : [I32, type];
  const kind = compares ? 'cmpxchg' : 'rmw';
  return accessing(name, pops as ValueType[], [type], 'atomic', {
    kind,
    type,
    sizeBytes,
    atomic: true,
    signed: false,
    operation,
  });
}

function synchronize(name: string, kind: 'wait' | 'notify', type: ValueType, pops: readonly ValueType[]): Description {
  const sizeBytes = type === I64 ? 8 : 4;
  return accessing(name, pops, [I32], 'atomic', { kind, type, sizeBytes, atomic: true });
}

/** Numbers of the instructions: the byte, or prefix << 8 | number. `select_t` is the `select` with a written type. */
export const OP = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  br_table: 0x0e,
  return: 0x0f,
  call: 0x10,
  call_indirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  select_t: 0x1c,
  local_get: 0x20,
  local_set: 0x21,
  local_tee: 0x22,
  global_get: 0x23,
  global_set: 0x24,
  table_get: 0x25,
  table_set: 0x26,
  i32_load: 0x28,
  i64_load: 0x29,
  f32_load: 0x2a,
  f64_load: 0x2b,
  i32_load8_s: 0x2c,
  i32_load8_u: 0x2d,
  i32_load16_s: 0x2e,
  i32_load16_u: 0x2f,
  i64_load8_s: 0x30,
  i64_load8_u: 0x31,
  i64_load16_s: 0x32,
  i64_load16_u: 0x33,
  i64_load32_s: 0x34,
  i64_load32_u: 0x35,
  i32_store: 0x36,
  i64_store: 0x37,
  f32_store: 0x38,
  f64_store: 0x39,
  i32_store8: 0x3a,
  i32_store16: 0x3b,
  i64_store8: 0x3c,
  i64_store16: 0x3d,
  i64_store32: 0x3e,
  memory_size: 0x3f,
  memory_grow: 0x40,
  i32_const: 0x41,
  i64_const: 0x42,
  f32_const: 0x43,
  f64_const: 0x44,
  i32_eqz: 0x45,
  i32_eq: 0x46,
  i32_ne: 0x47,
  i32_lt_s: 0x48,
  i32_lt_u: 0x49,
  i32_gt_s: 0x4a,
  i32_gt_u: 0x4b,
  i32_le_s: 0x4c,
  i32_le_u: 0x4d,
  i32_ge_s: 0x4e,
  i32_ge_u: 0x4f,
  i64_eqz: 0x50,
  i64_eq: 0x51,
  i64_ne: 0x52,
  i64_lt_s: 0x53,
  i64_lt_u: 0x54,
  i64_gt_s: 0x55,
  i64_gt_u: 0x56,
  i64_le_s: 0x57,
  i64_le_u: 0x58,
  i64_ge_s: 0x59,
  i64_ge_u: 0x5a,
  f32_eq: 0x5b,
  f32_ne: 0x5c,
  f32_lt: 0x5d,
  f32_gt: 0x5e,
  f32_le: 0x5f,
  f32_ge: 0x60,
  f64_eq: 0x61,
  f64_ne: 0x62,
  f64_lt: 0x63,
  f64_gt: 0x64,
  f64_le: 0x65,
  f64_ge: 0x66,
  i32_clz: 0x67,
  i32_ctz: 0x68,
  i32_popcnt: 0x69,
  i32_add: 0x6a,
  i32_sub: 0x6b,
  i32_mul: 0x6c,
  i32_div_s: 0x6d,
  i32_div_u: 0x6e,
  i32_rem_s: 0x6f,
  i32_rem_u: 0x70,
  i32_and: 0x71,
  i32_or: 0x72,
  i32_xor: 0x73,
  i32_shl: 0x74,
  i32_shr_s: 0x75,
  i32_shr_u: 0x76,
  i32_rotl: 0x77,
  i32_rotr: 0x78,
  i64_clz: 0x79,
  i64_ctz: 0x7a,
  i64_popcnt: 0x7b,
  i64_add: 0x7c,
  i64_sub: 0x7d,
  i64_mul: 0x7e,
  i64_div_s: 0x7f,
  i64_div_u: 0x80,
  i64_rem_s: 0x81,
  i64_rem_u: 0x82,
  i64_and: 0x83,
  i64_or: 0x84,
  i64_xor: 0x85,
  i64_shl: 0x86,
  i64_shr_s: 0x87,
  i64_shr_u: 0x88,
  i64_rotl: 0x89,
  i64_rotr: 0x8a,
  f32_abs: 0x8b,
  f32_neg: 0x8c,
  f32_ceil: 0x8d,
  f32_floor: 0x8e,
  f32_trunc: 0x8f,
  f32_nearest: 0x90,
  f32_sqrt: 0x91,
  f32_add: 0x92,
  f32_sub: 0x93,
  f32_mul: 0x94,
  f32_div: 0x95,
  f32_min: 0x96,
  f32_max: 0x97,
  f32_copysign: 0x98,
  f64_abs: 0x99,
  f64_neg: 0x9a,
  f64_ceil: 0x9b,
  f64_floor: 0x9c,
  f64_trunc: 0x9d,
  f64_nearest: 0x9e,
  f64_sqrt: 0x9f,
  f64_add: 0xa0,
  f64_sub: 0xa1,
  f64_mul: 0xa2,
  f64_div: 0xa3,
  f64_min: 0xa4,
  f64_max: 0xa5,
  f64_copysign: 0xa6,
  i32_wrap_i64: 0xa7,
  i32_trunc_f32_s: 0xa8,
  i32_trunc_f32_u: 0xa9,
  i32_trunc_f64_s: 0xaa,
  i32_trunc_f64_u: 0xab,
  i64_extend_i32_s: 0xac,
  i64_extend_i32_u: 0xad,
  i64_trunc_f32_s: 0xae,
  i64_trunc_f32_u: 0xaf,
  i64_trunc_f64_s: 0xb0,
  i64_trunc_f64_u: 0xb1,
  f32_convert_i32_s: 0xb2,
  f32_convert_i32_u: 0xb3,
  f32_convert_i64_s: 0xb4,
  f32_convert_i64_u: 0xb5,
  f32_demote_f64: 0xb6,
  f64_convert_i32_s: 0xb7,
  f64_convert_i32_u: 0xb8,
  f64_convert_i64_s: 0xb9,
  f64_convert_i64_u: 0xba,
  f64_promote_f32: 0xbb,
  i32_reinterpret_f32: 0xbc,
  i64_reinterpret_f64: 0xbd,
  f32_reinterpret_i32: 0xbe,
  f64_reinterpret_i64: 0xbf,
  i32_extend8_s: 0xc0,
  i32_extend16_s: 0xc1,
  i64_extend8_s: 0xc2,
  i64_extend16_s: 0xc3,
  i64_extend32_s: 0xc4,
  ref_null: 0xd0,
  ref_is_null: 0xd1,
  ref_func: 0xd2,
  i32_trunc_sat_f32_s: 0xfc00,
  i32_trunc_sat_f32_u: 0xfc01,
  i32_trunc_sat_f64_s: 0xfc02,
  i32_trunc_sat_f64_u: 0xfc03,
  i64_trunc_sat_f32_s: 0xfc04,
  i64_trunc_sat_f32_u: 0xfc05,
  i64_trunc_sat_f64_s: 0xfc06,
  i64_trunc_sat_f64_u: 0xfc07,
  memory_init: 0xfc08,
  data_drop: 0xfc09,
  memory_copy: 0xfc0a,
  memory_fill: 0xfc0b,
  table_init: 0xfc0c,
  elem_drop: 0xfc0d,
  table_copy: 0xfc0e,
  table_grow: 0xfc0f,
  table_size: 0xfc10,
  table_fill: 0xfc11,
  memory_atomic_notify: 0xfe00,
  memory_atomic_wait32: 0xfe01,
  memory_atomic_wait64: 0xfe02,
  atomic_fence: 0xfe03,
  i32_atomic_load: 0xfe10,
  i64_atomic_load: 0xfe11,
  i32_atomic_load8_u: 0xfe12,
  i32_atomic_load16_u: 0xfe13,
  i64_atomic_load8_u: 0xfe14,
  i64_atomic_load16_u: 0xfe15,
  i64_atomic_load32_u: 0xfe16,
  i32_atomic_store: 0xfe17,
  i64_atomic_store: 0xfe18,
  i32_atomic_store8: 0xfe19,
  i32_atomic_store16: 0xfe1a,
  i64_atomic_store8: 0xfe1b,
  i64_atomic_store16: 0xfe1c,
  i64_atomic_store32: 0xfe1d,
  i32_atomic_rmw_add: 0xfe1e,
  i64_atomic_rmw_add: 0xfe1f,
  i32_atomic_rmw8_add_u: 0xfe20,
  i32_atomic_rmw16_add_u: 0xfe21,
  i64_atomic_rmw8_add_u: 0xfe22,
  i64_atomic_rmw16_add_u: 0xfe23,
  i64_atomic_rmw32_add_u: 0xfe24,
  i32_atomic_rmw_sub: 0xfe25,
  i64_atomic_rmw_sub: 0xfe26,
  i32_atomic_rmw8_sub_u: 0xfe27,
  i32_atomic_rmw16_sub_u: 0xfe28,
  i64_atomic_rmw8_sub_u: 0xfe29,
  i64_atomic_rmw16_sub_u: 0xfe2a,
  i64_atomic_rmw32_sub_u: 0xfe2b,
  i32_atomic_rmw_and: 0xfe2c,
  i64_atomic_rmw_and: 0xfe2d,
  i32_atomic_rmw8_and_u: 0xfe2e,
  i32_atomic_rmw16_and_u: 0xfe2f,
  i64_atomic_rmw8_and_u: 0xfe30,
  i64_atomic_rmw16_and_u: 0xfe31,
  i64_atomic_rmw32_and_u: 0xfe32,
  i32_atomic_rmw_or: 0xfe33,
  i64_atomic_rmw_or: 0xfe34,
  i32_atomic_rmw8_or_u: 0xfe35,
  i32_atomic_rmw16_or_u: 0xfe36,
  i64_atomic_rmw8_or_u: 0xfe37,
  i64_atomic_rmw16_or_u: 0xfe38,
  i64_atomic_rmw32_or_u: 0xfe39,
  i32_atomic_rmw_xor: 0xfe3a,
  i64_atomic_rmw_xor: 0xfe3b,
  i32_atomic_rmw8_xor_u: 0xfe3c,
  i32_atomic_rmw16_xor_u: 0xfe3d,
  i64_atomic_rmw8_xor_u: 0xfe3e,
  i64_atomic_rmw16_xor_u: 0xfe3f,
  i64_atomic_rmw32_xor_u: 0xfe40,
  i32_atomic_rmw_xchg: 0xfe41,
  i64_atomic_rmw_xchg: 0xfe42,
  i32_atomic_rmw8_xchg_u: 0xfe43,
  i32_atomic_rmw16_xchg_u: 0xfe44,
  i64_atomic_rmw8_xchg_u: 0xfe45,
  i64_atomic_rmw16_xchg_u: 0xfe46,
  i64_atomic_rmw32_xchg_u: 0xfe47,
  i32_atomic_rmw_cmpxchg: 0xfe48,
  i64_atomic_rmw_cmpxchg: 0xfe49,
  i32_atomic_rmw8_cmpxchg_u: 0xfe4a,
  i32_atomic_rmw16_cmpxchg_u: 0xfe4b,
  i64_atomic_rmw8_cmpxchg_u: 0xfe4c,
  i64_atomic_rmw16_cmpxchg_u: 0xfe4d,
  i64_atomic_rmw32_cmpxchg_u: 0xfe4e,
} as const;

export type OpcodeName = keyof typeof OP;

const TABLE: Record<OpcodeName, Description> = {
  unreachable: structure('unreachable', 'none', 'branch'),
  nop: structure('nop', 'none', 'free'),
  block: structure('block', 'block', 'free'),
  loop: structure('loop', 'block', 'free'),
  if: structure('if', 'block', 'branch'),
  else: structure('else', 'none', 'free'),
  end: structure('end', 'none', 'free'),
  br: structure('br', 'label', 'branch'),
  br_if: structure('br_if', 'label', 'branch'),
  br_table: structure('br_table', 'labels', 'branch'),
  return: structure('return', 'none', 'branch'),
  call: structure('call', 'function', 'call'),
  call_indirect: structure('call_indirect', 'call_indirect', 'call'),
  drop: structure('drop', 'none', 'free'),
  select: structure('select', 'none', 'simple'),
  select_t: structure('select', 'select_types', 'simple'),
  local_get: structure('local.get', 'local', 'free'),
  local_set: structure('local.set', 'local', 'free'),
  local_tee: structure('local.tee', 'local', 'free'),
  global_get: structure('global.get', 'global', 'simple'),
  global_set: structure('global.set', 'global', 'simple'),
  table_get: structure('table.get', 'table', 'load'),
  table_set: structure('table.set', 'table', 'store'),
  i32_load: load('i32.load', I32, 4),
  i64_load: load('i64.load', I64, 8),
  f32_load: load('f32.load', F32, 4),
  f64_load: load('f64.load', F64, 8),
  i32_load8_s: load('i32.load8_s', I32, 1, true),
  i32_load8_u: load('i32.load8_u', I32, 1, false),
  i32_load16_s: load('i32.load16_s', I32, 2, true),
  i32_load16_u: load('i32.load16_u', I32, 2, false),
  i64_load8_s: load('i64.load8_s', I64, 1, true),
  i64_load8_u: load('i64.load8_u', I64, 1, false),
  i64_load16_s: load('i64.load16_s', I64, 2, true),
  i64_load16_u: load('i64.load16_u', I64, 2, false),
  i64_load32_s: load('i64.load32_s', I64, 4, true),
  i64_load32_u: load('i64.load32_u', I64, 4, false),
  i32_store: store('i32.store', I32, 4),
  i64_store: store('i64.store', I64, 8),
  f32_store: store('f32.store', F32, 4),
  f64_store: store('f64.store', F64, 8),
  i32_store8: store('i32.store8', I32, 1),
  i32_store16: store('i32.store16', I32, 2),
  i64_store8: store('i64.store8', I64, 1),
  i64_store16: store('i64.store16', I64, 2),
  i64_store32: store('i64.store32', I64, 4),
  memory_size: plain('memory.size', [], [I32], 'simple', 'memory'),
  memory_grow: plain('memory.grow', [I32], [I32], 'bulk', 'memory'),
  i32_const: plain('i32.const', [], [I32], 'free', 'i32'),
  i64_const: plain('i64.const', [], [I64], 'free', 'i64'),
  f32_const: plain('f32.const', [], [F32], 'free', 'f32'),
  f64_const: plain('f64.const', [], [F64], 'free', 'f64'),
  i32_eqz: plain('i32.eqz', [I32], [I32], 'simple'),
  i32_eq: plain('i32.eq', [I32, I32], [I32], 'simple'),
  i32_ne: plain('i32.ne', [I32, I32], [I32], 'simple'),
  i32_lt_s: plain('i32.lt_s', [I32, I32], [I32], 'simple'),
  i32_lt_u: plain('i32.lt_u', [I32, I32], [I32], 'simple'),
  i32_gt_s: plain('i32.gt_s', [I32, I32], [I32], 'simple'),
  i32_gt_u: plain('i32.gt_u', [I32, I32], [I32], 'simple'),
  i32_le_s: plain('i32.le_s', [I32, I32], [I32], 'simple'),
  i32_le_u: plain('i32.le_u', [I32, I32], [I32], 'simple'),
  i32_ge_s: plain('i32.ge_s', [I32, I32], [I32], 'simple'),
  i32_ge_u: plain('i32.ge_u', [I32, I32], [I32], 'simple'),
  i64_eqz: plain('i64.eqz', [I64], [I32], 'simple'),
  i64_eq: plain('i64.eq', [I64, I64], [I32], 'simple'),
  i64_ne: plain('i64.ne', [I64, I64], [I32], 'simple'),
  i64_lt_s: plain('i64.lt_s', [I64, I64], [I32], 'simple'),
  i64_lt_u: plain('i64.lt_u', [I64, I64], [I32], 'simple'),
  i64_gt_s: plain('i64.gt_s', [I64, I64], [I32], 'simple'),
  i64_gt_u: plain('i64.gt_u', [I64, I64], [I32], 'simple'),
  i64_le_s: plain('i64.le_s', [I64, I64], [I32], 'simple'),
  i64_le_u: plain('i64.le_u', [I64, I64], [I32], 'simple'),
  i64_ge_s: plain('i64.ge_s', [I64, I64], [I32], 'simple'),
  i64_ge_u: plain('i64.ge_u', [I64, I64], [I32], 'simple'),
  f32_eq: plain('f32.eq', [F32, F32], [I32], 'float'),
  f32_ne: plain('f32.ne', [F32, F32], [I32], 'float'),
  f32_lt: plain('f32.lt', [F32, F32], [I32], 'float'),
  f32_gt: plain('f32.gt', [F32, F32], [I32], 'float'),
  f32_le: plain('f32.le', [F32, F32], [I32], 'float'),
  f32_ge: plain('f32.ge', [F32, F32], [I32], 'float'),
  f64_eq: plain('f64.eq', [F64, F64], [I32], 'float'),
  f64_ne: plain('f64.ne', [F64, F64], [I32], 'float'),
  f64_lt: plain('f64.lt', [F64, F64], [I32], 'float'),
  f64_gt: plain('f64.gt', [F64, F64], [I32], 'float'),
  f64_le: plain('f64.le', [F64, F64], [I32], 'float'),
  f64_ge: plain('f64.ge', [F64, F64], [I32], 'float'),
  i32_clz: plain('i32.clz', [I32], [I32], 'simple'),
  i32_ctz: plain('i32.ctz', [I32], [I32], 'simple'),
  i32_popcnt: plain('i32.popcnt', [I32], [I32], 'simple'),
  i32_add: plain('i32.add', [I32, I32], [I32], 'simple'),
  i32_sub: plain('i32.sub', [I32, I32], [I32], 'simple'),
  i32_mul: plain('i32.mul', [I32, I32], [I32], 'multiply'),
  i32_div_s: plain('i32.div_s', [I32, I32], [I32], 'divide'),
  i32_div_u: plain('i32.div_u', [I32, I32], [I32], 'divide'),
  i32_rem_s: plain('i32.rem_s', [I32, I32], [I32], 'divide'),
  i32_rem_u: plain('i32.rem_u', [I32, I32], [I32], 'divide'),
  i32_and: plain('i32.and', [I32, I32], [I32], 'simple'),
  i32_or: plain('i32.or', [I32, I32], [I32], 'simple'),
  i32_xor: plain('i32.xor', [I32, I32], [I32], 'simple'),
  i32_shl: plain('i32.shl', [I32, I32], [I32], 'simple'),
  i32_shr_s: plain('i32.shr_s', [I32, I32], [I32], 'simple'),
  i32_shr_u: plain('i32.shr_u', [I32, I32], [I32], 'simple'),
  i32_rotl: plain('i32.rotl', [I32, I32], [I32], 'simple'),
  i32_rotr: plain('i32.rotr', [I32, I32], [I32], 'simple'),
  i64_clz: plain('i64.clz', [I64], [I64], 'simple'),
  i64_ctz: plain('i64.ctz', [I64], [I64], 'simple'),
  i64_popcnt: plain('i64.popcnt', [I64], [I64], 'simple'),
  i64_add: plain('i64.add', [I64, I64], [I64], 'simple'),
  i64_sub: plain('i64.sub', [I64, I64], [I64], 'simple'),
  i64_mul: plain('i64.mul', [I64, I64], [I64], 'multiply'),
  i64_div_s: plain('i64.div_s', [I64, I64], [I64], 'divide'),
  i64_div_u: plain('i64.div_u', [I64, I64], [I64], 'divide'),
  i64_rem_s: plain('i64.rem_s', [I64, I64], [I64], 'divide'),
  i64_rem_u: plain('i64.rem_u', [I64, I64], [I64], 'divide'),
  i64_and: plain('i64.and', [I64, I64], [I64], 'simple'),
  i64_or: plain('i64.or', [I64, I64], [I64], 'simple'),
  i64_xor: plain('i64.xor', [I64, I64], [I64], 'simple'),
  i64_shl: plain('i64.shl', [I64, I64], [I64], 'simple'),
  i64_shr_s: plain('i64.shr_s', [I64, I64], [I64], 'simple'),
  i64_shr_u: plain('i64.shr_u', [I64, I64], [I64], 'simple'),
  i64_rotl: plain('i64.rotl', [I64, I64], [I64], 'simple'),
  i64_rotr: plain('i64.rotr', [I64, I64], [I64], 'simple'),
  f32_abs: plain('f32.abs', [F32], [F32], 'simple'),
  f32_neg: plain('f32.neg', [F32], [F32], 'simple'),
  f32_ceil: plain('f32.ceil', [F32], [F32], 'float'),
  f32_floor: plain('f32.floor', [F32], [F32], 'float'),
  f32_trunc: plain('f32.trunc', [F32], [F32], 'float'),
  f32_nearest: plain('f32.nearest', [F32], [F32], 'float'),
  f32_sqrt: plain('f32.sqrt', [F32], [F32], 'float_divide'),
  f32_add: plain('f32.add', [F32, F32], [F32], 'float'),
  f32_sub: plain('f32.sub', [F32, F32], [F32], 'float'),
  f32_mul: plain('f32.mul', [F32, F32], [F32], 'float'),
  f32_div: plain('f32.div', [F32, F32], [F32], 'float_divide'),
  f32_min: plain('f32.min', [F32, F32], [F32], 'float'),
  f32_max: plain('f32.max', [F32, F32], [F32], 'float'),
  f32_copysign: plain('f32.copysign', [F32, F32], [F32], 'simple'),
  f64_abs: plain('f64.abs', [F64], [F64], 'simple'),
  f64_neg: plain('f64.neg', [F64], [F64], 'simple'),
  f64_ceil: plain('f64.ceil', [F64], [F64], 'float'),
  f64_floor: plain('f64.floor', [F64], [F64], 'float'),
  f64_trunc: plain('f64.trunc', [F64], [F64], 'float'),
  f64_nearest: plain('f64.nearest', [F64], [F64], 'float'),
  f64_sqrt: plain('f64.sqrt', [F64], [F64], 'float_divide'),
  f64_add: plain('f64.add', [F64, F64], [F64], 'float'),
  f64_sub: plain('f64.sub', [F64, F64], [F64], 'float'),
  f64_mul: plain('f64.mul', [F64, F64], [F64], 'float'),
  f64_div: plain('f64.div', [F64, F64], [F64], 'float_divide'),
  f64_min: plain('f64.min', [F64, F64], [F64], 'float'),
  f64_max: plain('f64.max', [F64, F64], [F64], 'float'),
  f64_copysign: plain('f64.copysign', [F64, F64], [F64], 'simple'),
  i32_wrap_i64: plain('i32.wrap_i64', [I64], [I32], 'simple'),
  i32_trunc_f32_s: plain('i32.trunc_f32_s', [F32], [I32], 'convert'),
  i32_trunc_f32_u: plain('i32.trunc_f32_u', [F32], [I32], 'convert'),
  i32_trunc_f64_s: plain('i32.trunc_f64_s', [F64], [I32], 'convert'),
  i32_trunc_f64_u: plain('i32.trunc_f64_u', [F64], [I32], 'convert'),
  i64_extend_i32_s: plain('i64.extend_i32_s', [I32], [I64], 'simple'),
  i64_extend_i32_u: plain('i64.extend_i32_u', [I32], [I64], 'simple'),
  i64_trunc_f32_s: plain('i64.trunc_f32_s', [F32], [I64], 'convert'),
  i64_trunc_f32_u: plain('i64.trunc_f32_u', [F32], [I64], 'convert'),
  i64_trunc_f64_s: plain('i64.trunc_f64_s', [F64], [I64], 'convert'),
  i64_trunc_f64_u: plain('i64.trunc_f64_u', [F64], [I64], 'convert'),
  f32_convert_i32_s: plain('f32.convert_i32_s', [I32], [F32], 'convert'),
  f32_convert_i32_u: plain('f32.convert_i32_u', [I32], [F32], 'convert'),
  f32_convert_i64_s: plain('f32.convert_i64_s', [I64], [F32], 'convert'),
  f32_convert_i64_u: plain('f32.convert_i64_u', [I64], [F32], 'convert'),
  f32_demote_f64: plain('f32.demote_f64', [F64], [F32], 'convert'),
  f64_convert_i32_s: plain('f64.convert_i32_s', [I32], [F64], 'convert'),
  f64_convert_i32_u: plain('f64.convert_i32_u', [I32], [F64], 'convert'),
  f64_convert_i64_s: plain('f64.convert_i64_s', [I64], [F64], 'convert'),
  f64_convert_i64_u: plain('f64.convert_i64_u', [I64], [F64], 'convert'),
  f64_promote_f32: plain('f64.promote_f32', [F32], [F64], 'convert'),
  i32_reinterpret_f32: plain('i32.reinterpret_f32', [F32], [I32], 'simple'),
  i64_reinterpret_f64: plain('i64.reinterpret_f64', [F64], [I64], 'simple'),
  f32_reinterpret_i32: plain('f32.reinterpret_i32', [I32], [F32], 'simple'),
  f64_reinterpret_i64: plain('f64.reinterpret_i64', [I64], [F64], 'simple'),
  i32_extend8_s: plain('i32.extend8_s', [I32], [I32], 'simple'),
  i32_extend16_s: plain('i32.extend16_s', [I32], [I32], 'simple'),
  i64_extend8_s: plain('i64.extend8_s', [I64], [I64], 'simple'),
  i64_extend16_s: plain('i64.extend16_s', [I64], [I64], 'simple'),
  i64_extend32_s: plain('i64.extend32_s', [I64], [I64], 'simple'),
  ref_null: structure('ref.null', 'ref_type', 'free'),
  ref_is_null: structure('ref.is_null', 'none', 'simple'),
  ref_func: plain('ref.func', [], [FUNCREF], 'free', 'function_ref'),
  i32_trunc_sat_f32_s: plain('i32.trunc_sat_f32_s', [F32], [I32], 'convert'),
  i32_trunc_sat_f32_u: plain('i32.trunc_sat_f32_u', [F32], [I32], 'convert'),
  i32_trunc_sat_f64_s: plain('i32.trunc_sat_f64_s', [F64], [I32], 'convert'),
  i32_trunc_sat_f64_u: plain('i32.trunc_sat_f64_u', [F64], [I32], 'convert'),
  i64_trunc_sat_f32_s: plain('i64.trunc_sat_f32_s', [F32], [I64], 'convert'),
  i64_trunc_sat_f32_u: plain('i64.trunc_sat_f32_u', [F32], [I64], 'convert'),
  i64_trunc_sat_f64_s: plain('i64.trunc_sat_f64_s', [F64], [I64], 'convert'),
  i64_trunc_sat_f64_u: plain('i64.trunc_sat_f64_u', [F64], [I64], 'convert'),
  memory_init: plain('memory.init', [I32, I32, I32], [], 'bulk', 'memory_init'),
  data_drop: plain('data.drop', [], [], 'bulk', 'data'),
  memory_copy: plain('memory.copy', [I32, I32, I32], [], 'bulk', 'memory_copy'),
  memory_fill: plain('memory.fill', [I32, I32, I32], [], 'bulk', 'memory'),
  table_init: plain('table.init', [I32, I32, I32], [], 'bulk', 'table_init'),
  elem_drop: plain('elem.drop', [], [], 'bulk', 'element'),
  table_copy: plain('table.copy', [I32, I32, I32], [], 'bulk', 'table_copy'),
  table_grow: structure('table.grow', 'table', 'bulk'),
  table_size: plain('table.size', [], [I32], 'simple', 'table'),
  table_fill: structure('table.fill', 'table', 'bulk'),
  memory_atomic_notify: synchronize('memory.atomic.notify', 'notify', I32, [I32, I32]),
  memory_atomic_wait32: synchronize('memory.atomic.wait32', 'wait', I32, [I32, I32, I64]),
  memory_atomic_wait64: synchronize('memory.atomic.wait64', 'wait', I64, [I32, I64, I64]),
  atomic_fence: plain('atomic.fence', [], [], 'atomic', 'fence'),
  i32_atomic_load: atomicLoad('i32.atomic.load', I32, 4),
  i64_atomic_load: atomicLoad('i64.atomic.load', I64, 8),
  i32_atomic_load8_u: atomicLoad('i32.atomic.load8_u', I32, 1),
  i32_atomic_load16_u: atomicLoad('i32.atomic.load16_u', I32, 2),
  i64_atomic_load8_u: atomicLoad('i64.atomic.load8_u', I64, 1),
  i64_atomic_load16_u: atomicLoad('i64.atomic.load16_u', I64, 2),
  i64_atomic_load32_u: atomicLoad('i64.atomic.load32_u', I64, 4),
  i32_atomic_store: atomicStore('i32.atomic.store', I32, 4),
  i64_atomic_store: atomicStore('i64.atomic.store', I64, 8),
  i32_atomic_store8: atomicStore('i32.atomic.store8', I32, 1),
  i32_atomic_store16: atomicStore('i32.atomic.store16', I32, 2),
  i64_atomic_store8: atomicStore('i64.atomic.store8', I64, 1),
  i64_atomic_store16: atomicStore('i64.atomic.store16', I64, 2),
  i64_atomic_store32: atomicStore('i64.atomic.store32', I64, 4),
  i32_atomic_rmw_add: atomicUpdate('i32.atomic.rmw.add', I32, 4, 'add'),
  i64_atomic_rmw_add: atomicUpdate('i64.atomic.rmw.add', I64, 8, 'add'),
  i32_atomic_rmw8_add_u: atomicUpdate('i32.atomic.rmw8.add_u', I32, 1, 'add'),
  i32_atomic_rmw16_add_u: atomicUpdate('i32.atomic.rmw16.add_u', I32, 2, 'add'),
  i64_atomic_rmw8_add_u: atomicUpdate('i64.atomic.rmw8.add_u', I64, 1, 'add'),
  i64_atomic_rmw16_add_u: atomicUpdate('i64.atomic.rmw16.add_u', I64, 2, 'add'),
  i64_atomic_rmw32_add_u: atomicUpdate('i64.atomic.rmw32.add_u', I64, 4, 'add'),
  i32_atomic_rmw_sub: atomicUpdate('i32.atomic.rmw.sub', I32, 4, 'sub'),
  i64_atomic_rmw_sub: atomicUpdate('i64.atomic.rmw.sub', I64, 8, 'sub'),
  i32_atomic_rmw8_sub_u: atomicUpdate('i32.atomic.rmw8.sub_u', I32, 1, 'sub'),
  i32_atomic_rmw16_sub_u: atomicUpdate('i32.atomic.rmw16.sub_u', I32, 2, 'sub'),
  i64_atomic_rmw8_sub_u: atomicUpdate('i64.atomic.rmw8.sub_u', I64, 1, 'sub'),
  i64_atomic_rmw16_sub_u: atomicUpdate('i64.atomic.rmw16.sub_u', I64, 2, 'sub'),
  i64_atomic_rmw32_sub_u: atomicUpdate('i64.atomic.rmw32.sub_u', I64, 4, 'sub'),
  i32_atomic_rmw_and: atomicUpdate('i32.atomic.rmw.and', I32, 4, 'and'),
  i64_atomic_rmw_and: atomicUpdate('i64.atomic.rmw.and', I64, 8, 'and'),
  i32_atomic_rmw8_and_u: atomicUpdate('i32.atomic.rmw8.and_u', I32, 1, 'and'),
  i32_atomic_rmw16_and_u: atomicUpdate('i32.atomic.rmw16.and_u', I32, 2, 'and'),
  i64_atomic_rmw8_and_u: atomicUpdate('i64.atomic.rmw8.and_u', I64, 1, 'and'),
  i64_atomic_rmw16_and_u: atomicUpdate('i64.atomic.rmw16.and_u', I64, 2, 'and'),
  i64_atomic_rmw32_and_u: atomicUpdate('i64.atomic.rmw32.and_u', I64, 4, 'and'),
  i32_atomic_rmw_or: atomicUpdate('i32.atomic.rmw.or', I32, 4, 'or'),
  i64_atomic_rmw_or: atomicUpdate('i64.atomic.rmw.or', I64, 8, 'or'),
  i32_atomic_rmw8_or_u: atomicUpdate('i32.atomic.rmw8.or_u', I32, 1, 'or'),
  i32_atomic_rmw16_or_u: atomicUpdate('i32.atomic.rmw16.or_u', I32, 2, 'or'),
  i64_atomic_rmw8_or_u: atomicUpdate('i64.atomic.rmw8.or_u', I64, 1, 'or'),
  i64_atomic_rmw16_or_u: atomicUpdate('i64.atomic.rmw16.or_u', I64, 2, 'or'),
  i64_atomic_rmw32_or_u: atomicUpdate('i64.atomic.rmw32.or_u', I64, 4, 'or'),
  i32_atomic_rmw_xor: atomicUpdate('i32.atomic.rmw.xor', I32, 4, 'xor'),
  i64_atomic_rmw_xor: atomicUpdate('i64.atomic.rmw.xor', I64, 8, 'xor'),
  i32_atomic_rmw8_xor_u: atomicUpdate('i32.atomic.rmw8.xor_u', I32, 1, 'xor'),
  i32_atomic_rmw16_xor_u: atomicUpdate('i32.atomic.rmw16.xor_u', I32, 2, 'xor'),
  i64_atomic_rmw8_xor_u: atomicUpdate('i64.atomic.rmw8.xor_u', I64, 1, 'xor'),
  i64_atomic_rmw16_xor_u: atomicUpdate('i64.atomic.rmw16.xor_u', I64, 2, 'xor'),
  i64_atomic_rmw32_xor_u: atomicUpdate('i64.atomic.rmw32.xor_u', I64, 4, 'xor'),
  i32_atomic_rmw_xchg: atomicUpdate('i32.atomic.rmw.xchg', I32, 4, 'xchg'),
  i64_atomic_rmw_xchg: atomicUpdate('i64.atomic.rmw.xchg', I64, 8, 'xchg'),
  i32_atomic_rmw8_xchg_u: atomicUpdate('i32.atomic.rmw8.xchg_u', I32, 1, 'xchg'),
  i32_atomic_rmw16_xchg_u: atomicUpdate('i32.atomic.rmw16.xchg_u', I32, 2, 'xchg'),
  i64_atomic_rmw8_xchg_u: atomicUpdate('i64.atomic.rmw8.xchg_u', I64, 1, 'xchg'),
  i64_atomic_rmw16_xchg_u: atomicUpdate('i64.atomic.rmw16.xchg_u', I64, 2, 'xchg'),
  i64_atomic_rmw32_xchg_u: atomicUpdate('i64.atomic.rmw32.xchg_u', I64, 4, 'xchg'),
  i32_atomic_rmw_cmpxchg: atomicUpdate('i32.atomic.rmw.cmpxchg', I32, 4, 'cmpxchg'),
  i64_atomic_rmw_cmpxchg: atomicUpdate('i64.atomic.rmw.cmpxchg', I64, 8, 'cmpxchg'),
  i32_atomic_rmw8_cmpxchg_u: atomicUpdate('i32.atomic.rmw8.cmpxchg_u', I32, 1, 'cmpxchg'),
  i32_atomic_rmw16_cmpxchg_u: atomicUpdate('i32.atomic.rmw16.cmpxchg_u', I32, 2, 'cmpxchg'),
  i64_atomic_rmw8_cmpxchg_u: atomicUpdate('i64.atomic.rmw8.cmpxchg_u', I64, 1, 'cmpxchg'),
  i64_atomic_rmw16_cmpxchg_u: atomicUpdate('i64.atomic.rmw16.cmpxchg_u', I64, 2, 'cmpxchg'),
  i64_atomic_rmw32_cmpxchg_u: atomicUpdate('i64.atomic.rmw32.cmpxchg_u', I64, 4, 'cmpxchg'),
};

/** One above the largest opcode number that a byte, or a prefix and a number below 256, can have. */
export const OPCODE_LIMIT = 0x10000;

/** The table, by opcode number; what is not an instruction of this machine is undefined. */
export const OPCODES: readonly (Opcode | undefined)[] = byNumber();

function byNumber(): readonly (Opcode | undefined)[] {
  const table = new Array<Opcode | undefined>(OPCODE_LIMIT).fill(undefined);
  for (const key of Object.keys(OP) as OpcodeName[]) table[OP[key]] = { code: OP[key], ...TABLE[key] };
  return table;
}
