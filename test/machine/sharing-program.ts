// A program whose cores do a bit of everything to one memory: random walks, a common counter beside words of their own in one line, a spin
// lock, sleep with deadlines and notifications, calls through a table, globals, marks. What it computes depends on the order in which its
// cores meet, so a run that comes out the same has kept to it.
import { assemble } from '../host/assemble.ts';

const text = `(module
  (import "env" "memory" (memory 4 4 shared))
  (import "machine" "core_id" (func $core (result i32)))
  (import "machine" "mark" (func $mark (param i32 i32 i64)))
  (type $part (func (param i32) (result i32)))
  (table 6 funcref)
  (elem (i32.const 0) $walk $count $lock $sleep $notify $own)
  (data (i32.const 0) "round")
  (global $seed (mut i32) (i32.const 0))
  (func $next (result i32) (local i32)
    (local.set 0 (global.get $seed))
    (local.set 0 (i32.xor (local.get 0) (i32.shl (local.get 0) (i32.const 13))))
    (local.set 0 (i32.xor (local.get 0) (i32.shr_u (local.get 0) (i32.const 17))))
    (local.set 0 (i32.xor (local.get 0) (i32.shl (local.get 0) (i32.const 5))))
    (global.set $seed (local.get 0))
    (local.get 0))
  (func $walk (type $part) (local i32 i32)
    (local.set 1 (i32.const 24))
    (loop $l
      (local.set 2 (i32.or (i32.const 0x10000) (i32.and (call $next) (i32.const 0x2fffc))))
      (if (i32.and (call $next) (i32.const 3))
        (then (local.set 0 (i32.add (local.get 0) (i32.load (local.get 2)))))
        (else (i32.store (local.get 2) (i32.add (local.get 0) (i32.const 1)))))
      (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
    (local.get 0))
  (func $count (type $part)
    (i32.store (i32.add (i32.const 128) (i32.shl (call $core) (i32.const 2))) (local.get 0))
    (i32.atomic.rmw.add (i32.const 192) (i32.const 1)))
  (func $lock (type $part)
    (loop $spin (br_if $spin (i32.atomic.rmw.cmpxchg (i32.const 256) (i32.const 0) (i32.const 1))))
    (i32.store (i32.const 320) (i32.add (i32.mul (i32.load (i32.const 320)) (i32.const 31)) (local.get 0)))
    (i32.atomic.store (i32.const 256) (i32.const 0))
    (i32.load (i32.const 320)))
  (func $sleep (type $part)
    (memory.atomic.wait32 (i32.const 384) (i32.atomic.load (i32.const 384))
      (i64.extend_i32_u (i32.and (local.get 0) (i32.const 4095)))))
  (func $notify (type $part)
    (drop (i32.atomic.rmw.add (i32.const 384) (i32.const 1)))
    (memory.atomic.notify (i32.const 384) (i32.and (local.get 0) (i32.const 3))))
  (func $own (type $part) (local i32)
    (local.set 1 (i32.and (local.get 0) (i32.const 255)))
    (loop $l
      (local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 1103515245)) (i32.const 12345)))
      (br_if $l (i32.ne (i32.const 0) (local.tee 1 (i32.shr_u (local.get 1) (i32.const 1))))))
    (local.get 0))
  (func (export "work") (param $seed i32) (param $rounds i32) (result i32) (local $sum i32)
    (global.set $seed (local.get $seed))
    (loop $l
      (local.set $sum (i32.add (i32.rotl (local.get $sum) (i32.const 3))
        (call_indirect (type $part) (call $next) (i32.rem_u (call $next) (i32.const 6)))))
      (if (i32.eqz (i32.and (local.get $rounds) (i32.const 31)))
        (then (call $mark (i32.const 0) (i32.const 5) (i64.extend_i32_u (local.get $sum)))))
      (br_if $l (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $sum))
)`;

/** Exports `work(seed, rounds)`; imports its shared memory as `env.memory`, of 4 pages. `seed` is not 0. */
export function sharingProgram(): Promise<Uint8Array> {
  return assemble(text);
}
