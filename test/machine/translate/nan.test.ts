// NaN bits: arithmetic's are canonical wherever they can be seen, others pass through unchanged, in both modes.
import { describe, expect, it } from 'vitest';
import { Machine } from '../../../machine/index.ts';
import { assemble } from '../../host/assemble.ts';

const CANONICAL_64 = 0x7ff8_0000_0000_0000n;
const CANONICAL_32 = 0x7fc0_0000n;

const TEXT = `(module (memory 1)
  (global $g (mut f64) (f64.const 0))
  (func (export "returned") (param f64) (result f64) (f64.sqrt (local.get 0)))
  (func (export "reinterpreted") (param f64) (result i64) (i64.reinterpret_f64 (f64.neg (f64.sqrt (local.get 0)))))
  (func (export "stored") (param f32) (result i32)
    (f32.store (i32.const 8) (f32.sub (local.get 0) (local.get 0))) (i32.load (i32.const 8)))
  (func (export "accumulated") (param f64) (result i64) (local $sum f64) (local $i i32)
    (loop $l
      (local.set $sum (f64.add (local.get $sum) (f64.mul (local.get 0) (f64.const 0))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
    (f64.store (i32.const 16) (local.get $sum)) (i64.load (i32.const 16)))
  (func (export "global") (param f64) (result i64)
    (global.set $g (f64.div (local.get 0) (local.get 0))) (i64.reinterpret_f64 (global.get $g)))
  (func (export "sign") (param f64) (result f64) (f64.copysign (f64.const 1) (f64.sqrt (local.get 0))))
  (func (export "block") (param f64 i32) (result i64)
    (i64.reinterpret_f64 (block (result f64) (br_if 0 (f64.sqrt (local.get 0)) (local.get 1)) (drop) (f64.const 2))))
  (func (export "passed") (param f64) (result i64) (local f64)
    (local.set 1 (local.get 0)) (i64.reinterpret_f64 (local.get 1)))
  (func (export "loaded") (param i64) (result i64) (local f64)
    (i64.store (i32.const 24) (local.get 0))
    (local.set 1 (f64.sqrt (f64.const 4)))
    (local.set 1 (f64.load (i32.const 24)))
    (f64.store (i32.const 32) (local.get 1)) (i64.load (i32.const 32)))
  (func (export "negated") (param i64) (result i64) (i64.reinterpret_f64 (f64.neg (f64.reinterpret_i64 (local.get 0))))))`;

const MINUS_ONE = 0xbff0_0000_0000_0000n;
const INFINITY_64 = 0x7ff0_0000_0000_0000n;
const SIGNALLING = 0xfff4_0000_0000_1234n;

describe.each(['fast', 'checked'] as const)('%s', (mode) => {
  it.each([
    ['returned', [MINUS_ONE], CANONICAL_64],
    ['reinterpreted', [MINUS_ONE], CANONICAL_64],
    ['stored', [0x7f80_0000n], CANONICAL_32],
    ['accumulated', [INFINITY_64], CANONICAL_64],
    ['global', [0n], CANONICAL_64],
    ['sign', [MINUS_ONE], 0x3ff0_0000_0000_0000n],
    ['block', [MINUS_ONE, 1n], CANONICAL_64],
    ['passed', [SIGNALLING], SIGNALLING],
    ['loaded', [SIGNALLING], SIGNALLING],
    ['negated', [SIGNALLING], SIGNALLING ^ (1n << 63n)],
  ] as const)('%s', async (name, args, expected) => {
    const machine = new Machine({ mode });
    const instance = machine.instantiate(machine.load(await assemble(TEXT)));
    expect(machine.invoke(instance, name, args)[0]).toBe(expected);
  });
});
