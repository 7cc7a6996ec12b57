// Two modules that are linked to each other and to the host: calls between address spaces, through tables too, a memory and a table that
// grow, passive segments, a start function, globals, a host function.
import type { HostFunction, Imports, Machine } from '../../../machine/index.ts';
import { I32 } from '../../../machine/index.ts';
import { assemble } from '../../host/assemble.ts';

const library = `(module
  (memory (export "memory") 1 40)
  (global $calls (export "calls") (mut i32) (i32.const 0))
  (table (export "table") 2 100 funcref)
  (elem (i32.const 0) $twice $store)
  (elem $more func $thrice $twice)
  (data $text "0123456789abcdef")
  (start $begin)
  (func $begin (i32.store (i32.const 1024) (i32.const 7)))
  (func $twice (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
  (func $thrice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
  (func $store (export "store") (param $value i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (memory.init $text (i32.and (local.get $value) (i32.const 0xff0)) (i32.const 3) (i32.const 9))
    (i32.store offset=4096 (i32.and (local.get $value) (i32.const 0xffc)) (local.get $value))
    (i32.add (i32.load (i32.and (local.get $value) (i32.const 0xffc))) (global.get $calls)))
  (func (export "grow") (param $value i32) (result i32)
    (i32.add (i32.mul (memory.grow (i32.const 1)) (i32.const 1000))
      (table.grow (ref.func $thrice) (i32.const 1))))
  (func (export "forget") (data.drop $text))
  (func (export "spread") (param $at i32) (table.init $more (local.get $at) (i32.const 0) (i32.const 2)))
)`;

const program = `(module
  (import "library" "store" (func $store (param i32) (result i32)))
  (import "library" "grow" (func $grow (param i32) (result i32)))
  (import "library" "spread" (func $spread (param i32)))
  (import "library" "table" (table $shared 2 100 funcref))
  (import "host" "scramble" (func $scramble (param i32 i32) (result i32)))
  (import "machine" "mark" (func $mark (param i32 i32 i64)))
  (type $part (func (param i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "step")
  (func $own (param i32) (result i32)
    (i32.store (i32.const 256) (i32.add (i32.load (i32.const 256)) (local.get 0)))
    (i32.load (i32.const 256)))
  (elem declare func $own)
  (func (export "work") (param $rounds i32) (result i32) (local $sum i32)
    (loop $l
      (local.set $sum (call $scramble (local.get $sum) (local.get $rounds)))
      (local.set $sum (i32.add (local.get $sum) (call $store (local.get $sum))))
      (if (i32.eqz (i32.and (local.get $rounds) (i32.const 7)))
        (then
          (local.set $sum (i32.add (local.get $sum) (call $grow (local.get $rounds))))
          (if (i32.eq (table.size $shared) (i32.const 8)) (then (call $spread (i32.const 4))))
          (table.set $shared (i32.const 1) (ref.func $own))))
      (if (i32.ge_u (table.size $shared) (i32.const 6))
        (then (local.set $sum (i32.xor (local.get $sum)
          (call_indirect $shared (type $part) (local.get $sum) (i32.rem_u (local.get $rounds) (i32.const 6)))))))
      (call $mark (i32.const 0) (i32.const 4) (i64.extend_i32_s (local.get $sum)))
      (br_if $l (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $sum))
)`;

const [libraryBytes, programBytes] = await Promise.all([assemble(library), assemble(program)]);

const scramble: HostFunction = {
  type: { params: [I32, I32], results: [I32] },
  call: ([a, b]) => [BigInt(Math.imul(Number(a) ^ 0x5bd1_e995, Number(b) * 2 + 1) >>> 0)],
};

/** What the host gives the program, also when it is restored. */
export const LINKED_IMPORTS: Imports = { host: { scramble } };

/** Starts the program, with a library of its own, on each core. */
export function beginLinked(machine: Machine): void {
  const libraryImage = machine.load(libraryBytes);
  const programImage = machine.load(programBytes);
  const instances = Array.from({ length: machine.coreCount }, () => {
    const { exports } = machine.instantiate(libraryImage);
    return machine.instantiate(programImage, { library: exports, ...LINKED_IMPORTS });
  });
  for (const [core, instance] of instances.entries()) machine.start(core, instance, 'work', [BigInt(70 + core)]);
}
