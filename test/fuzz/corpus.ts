// The valid modules that mutations start from: one that has every instruction, and some that have every kind of section,
// segment, block and import.
import wabt from 'wabt';
import { ByteWriter, PREAMBLE } from '../../machine/wasm/encode.ts';
import { type Immediate, OP, OPCODES, type Opcode } from '../../machine/wasm/opcodes.ts';
import { FUNCREF, I32, SECTION, type ValueType } from '../../machine/wasm/types.ts';

/** A module of the corpus, by a name for messages. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export async function corpus(): Promise<Seed[]> {
  const { parseWat } = await wabt();
  const fromText = Object.entries(TEXTS).map(([name, text]) => {
    const module = parseWat(`${name}.wat`, text, { threads: true });
    const { buffer } = module.toBinary({ write_debug_names: true });
    module.destroy();
    return { name, bytes: buffer };
  });
  return [{ name: 'all instructions', bytes: allInstructions(monomorphic()) }, ...fromText];
}

/** Instructions whose operand types are in the table. */
export function monomorphic(): Opcode[] {
  return OPCODES.filter((opcode): opcode is Opcode => opcode?.pops !== undefined);
}

/** A module with one function for each instruction, which calls it with the function's own parameters. */
export function allInstructions(opcodes: readonly Opcode[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.bytes(PREAMBLE);
  const types = (list: readonly ValueType[]) => writer.vector(list, (type) => writer.u8(type));
  writer.section(SECTION.type, () => {
    writer.vector(opcodes, ({ pops, pushes }) => {
      writer.u8(0x60);
      types(pops ?? []);
      types(pushes ?? []);
    });
  });
  writer.section(SECTION.function, () => writer.vector(opcodes, (_opcode, i) => writer.u32(i)));
  writer.section(SECTION.table, () => writer.bytes([1, FUNCREF, 0, 1]));
  writer.section(SECTION.memory, () => writer.bytes([1, 3, 1, 2]));
  writer.section(SECTION.element, () => writer.bytes([1, 1, 0, 1, 0]));
  writer.section(SECTION.dataCount, () => writer.u32(1));
  writer.section(SECTION.code, () =>
    writer.vector(opcodes, (opcode) => writer.sized(() => callInstruction(writer, opcode))),
  );
  writer.section(SECTION.data, () => writer.bytes([1, 1, 1, 0x2a]));
  return writer.finish();
}

function callInstruction(writer: ByteWriter, opcode: Opcode): void {
  writer.u32(0);
  opcode.pops?.forEach((_type, i) => {
    writer.opcode(OP.local_get);
    writer.u32(i);
  });
  writer.opcode(opcode.code);
  if (opcode.access) writer.bytes([Math.log2(opcode.access.sizeBytes), 0]);
  else writer.bytes(ZEROS[opcode.immediate] ?? []);
  writer.opcode(OP.end);
}

/** Immediates that are valid in that module. */
const ZEROS: Partial<Record<Immediate, number[]>> = {
  memory: [0],
  i32: [0],
  i64: [0],
  f32: [0, 0, 0, 0],
  f64: [0, 0, 0, 0, 0, 0, 0, 0],
  table: [0],
  function_ref: [0],
  memory_init: [0, 0],
  data: [0],
  memory_copy: [0, 0],
  table_init: [0, 0],
  element: [0],
  table_copy: [0, 0],
  fence: [0],
};

/** Operand types, for instructions that are made at random. */
export const ANY_TYPES: readonly number[] = [I32, 0x7e, 0x7d, 0x7c, FUNCREF, 0x6f];

const TEXTS: Record<string, string> = {
  'control flow': `(module
    (type $pair (func (param i32 i64) (result i64 i32)))
    (func $swap (type $pair) local.get 1 local.get 0)
    (func (export "loop") (param i32) (result i32) (local i32 i64 f32 f64)
      (block $out (loop $again
        (br_if $out (i32.eqz (local.get 0)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (local.set 1 (i32.add (local.get 1) (local.get 0)))
        (br $again)))
      (local.get 1))
    (func (export "table") (param i32) (result i32)
      (block $c (block $b (block $a (br_table $a $b $c $a (local.get 0))) (return (i32.const 1))) (return (i32.const 2)))
      (i32.const 3))
    (func (export "values") (param i32) (result i32)
      (i32.const 7) (i64.const 9)
      (block (type $pair) (call $swap))
      (if (param i64 i32) (result i32) (local.get 0)
        (then (drop) (i32.wrap_i64)) (else (i32.wrap_i64 (i64.extend_i32_u)) (drop) (i32.wrap_i64)))
      (loop (param i32) (result i32) (br_if 0 (local.get 0))))
    (func (result i32) (block (result i32) (br_if 0 (i32.const 1) (i32.const 2)) (drop) (i32.const -5)))
    (func (param f64) (result f64) (if (f64.lt (local.get 0) (f64.const 1.5)) (then (return (f64.const nan)))) (local.get 0)))`,
  'unreachable code': `(module
    (func (result i32) unreachable select)
    (func (result i64) unreachable (i64.add) (drop) (br 0) (drop))
    (func (param i32) (result i32) (block (result i32) (br 0 (i32.const 1)) (br_if 0) (local.tee 0) (call 2)))
    (func (result f32) (loop (result f32) (br 0) (f32.neg)))
    (func (result externref) unreachable (br_table 0 0) (select (result externref)))
    (func (return) (nop) (block (br_table 0 1 (i32.const 0)) (i32.eqz) (drop)))
    (func (result funcref) unreachable ref.is_null drop unreachable table.get 0)
    (table 1 funcref))`,
  segments: `(module
    (import "a" "global" (global $base i32))
    (import "a" "table" (table $imported 2 10 funcref))
    (table $own 4 8 funcref) (table $others 3 externref) (memory 1 3)
    (global $mutable (mut i64) (i64.const -123456789012))
    (global $f32 f32 (f32.const 1.25)) (global $f64 f64 (f64.const -0.0))
    (global $function funcref (ref.func $first)) (global $nothing externref (ref.null extern))
    (func $first (param i32) (result i32) (local.get 0))
    (func $second)
    (elem (table $imported) (global.get $base) func $first $second)
    (elem (i32.const 0) $second)
    (elem $passive func $first $first)
    (elem (table $own) (i32.const 1) funcref (ref.func $first) (ref.null func))
    (elem $expressions externref (ref.null extern))
    (elem declare func $second)
    (data (global.get $base) "active") (data $bytes "passive\\00\\ff") (data (i32.const 65530) "end")
    (func $start (table.init $own $passive (i32.const 0) (i32.const 0) (i32.const 1))
      (elem.drop $expressions) (memory.init $bytes (i32.const 0) (i32.const 1) (i32.const 2)) (data.drop $bytes)
      (table.copy $own $imported (i32.const 0) (i32.const 0) (i32.const 1))
      (table.fill $others (i32.const 0) (ref.null extern) (i32.const 2))
      (drop (table.grow $own (ref.func $second) (table.size $others)))
      (table.set $others (i32.const 0) (table.get $others (i32.const 1)))
      (global.set $mutable (i64.add (global.get $mutable) (i64.const 1)))
      (drop (call_indirect $own (param i32) (result i32) (i32.const 2) (i32.const 0))))
    (start $start)
    (export "first" (func $first)) (export "own" (table $own)) (export "memory" (memory 0)) (export "f32" (global $f32)))`,
  small: `(module
    (type (func)) (type (func (result i32))) (type (func (param i32) (result i32)))
    (import "a" "a" (global i32)) (global i32 (i32.const 1)) (global (mut i32) (i32.const 2))
    (table 1 2 funcref) (table 1 externref) (memory 1 2)
    (func (type 0)) (func (type 1) (i32.const 0)) (func (type 2) (local i32 f64) (local.get 1))
    (start 0) (export "a" (func 0)) (export "b" (func 1)) (export "c" (memory 0))
    (elem (i32.const 0) 0) (elem externref (ref.null extern)) (data (i32.const 0) "a") (data "b"))`,
  imports: `(module
    (type $type (func (param i32 f64) (result f32)))
    (import "env" "f" (func $f (type $type)))
    (import "env" "memory" (memory 1 4 shared))
    (import "env" "counter" (global $counter (mut i32)))
    (import "" "\\e2\\82\\ac" (func))
    (func (export "run") (param i32) (result f32)
      (drop (i32.atomic.rmw.add offset=16 (local.get 0) (i32.const 1)))
      (drop (i64.atomic.rmw32.cmpxchg_u (i32.const 8) (i64.const 1) (i64.const 2)))
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
      (atomic.fence)
      (i32.store8 offset=65535 (local.get 0) (i32.load16_s align=1 (i32.const 3)))
      (global.set $counter (select (i32.const 1) (i32.const 2) (memory.grow (memory.size))))
      (memory.copy (i32.const 0) (i32.const 1) (i32.const 2)) (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
      (call $f (local.get 0) (f64.convert_i32_s (i32.trunc_sat_f64_s (f64.const 1e300))))))`,
};
