// Recursion without end overflows the guest's frame stack, whatever its functions look like and however the machine runs them; the
// host's stack is never what gives out.
import { describe, expect, it } from 'vitest';
import { GuestTrap, Machine, type MachineOptions } from '../../machine/index.ts';
import { assemble } from '../host/assemble.ts';

const list = (count: number, item: (i: number) => string) => Array.from({ length: count }, (_, i) => item(i)).join(' ');
const MANY = 300;

/** Functions `recurse` (i32) -> i32 that do not end, by what is particular about them. */
const RECURSIONS: Record<string, string> = {
  'a small function': `(func $f (export "recurse") (param i32) (result i32)
    (i32.add (call $f (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))`,
  'many locals that live across the call': `(func $f (export "recurse") (param i32) (result i32) (local ${list(MANY, () => 'i32')})
    ${list(MANY, (i) => `(local.set ${i + 1} (i32.add (local.get 0) (i32.const ${i})))`)}
    (drop (call $f (local.get 0)))
    ${list(MANY, (i) => `(local.get ${i + 1})`)} ${list(MANY - 1, () => 'i32.add')})`,
  'many locals that do not live across the call': `(func $f (export "recurse") (param i32) (result i32) (local ${list(MANY, () => 'f64')})
    ${list(MANY, (i) => `(local.set ${i + 1} (f64.convert_i32_s (local.get 0)))`)}
    (local.set 0 (i32.trunc_sat_f64_s (local.get ${MANY})))
    ${list(MANY, (i) => `(drop (f64.add (local.get ${i + 1}) (local.get ${MANY - i})))`)}
    (call $f (local.get 0)))`,
  'many parameters': `(func $f (param ${list(100, () => 'i64')}) (result i32)
      (call $f ${list(100, (i) => `(local.get ${99 - i})`)}))
    (func (export "recurse") (param i32) (result i32) (call $f ${list(100, () => '(i64.const 1)')}))`,
  'many results': `(type $t (func (param i32) (result ${list(50, () => 'i64')})))
    (func $f (type $t) (call $f (local.get 0)))
    (func (export "recurse") (param i32) (result i32) (call $f (local.get 0)) ${list(50, () => 'drop')} (i32.const 0))`,
  'a deep operand stack': `(func $f (export "recurse") (param i32) (result i32)
    ${list(200, (i) => `(i32.mul (local.get 0) (i32.const ${i}))`)} (call $f (local.get 0)) ${list(200, () => 'i32.add')})`,
  'a call inside a loop': `(func $f (export "recurse") (param i32) (result i32)
    (loop $l (result i32) (br_if $l (i32.eqz (call $f (local.get 0)))) (i32.const 1)))`,
  'two functions that call each other through a table': `(type $t (func (param i32) (result i32)))
    (table funcref (elem $f $g))
    (func $f (export "recurse") (type $t) (i32.add (i32.const 1) (call_indirect (type $t) (local.get 0) (i32.const 1))))
    (func $g (type $t) (i32.sub (call_indirect (type $t) (local.get 0) (i32.const 0)) (i32.const 1)))`,
};

const SETTINGS: MachineOptions[] = (['fast', 'checked'] as const).flatMap((mode) => [
  { mode },
  { mode, cores: 2, windowCycles: 1 },
  { mode, leaveSeed: 3 },
  { mode, frameStackBytes: 8 << 20 },
]);

describe.each(Object.entries(RECURSIONS))('%s', (_name, text) => {
  it('traps with an exhausted call stack at the same place in both modes', async () => {
    const bytes = await assemble(`(module ${text})`);
    const ends = new Map<string, Set<string>>();
    for (const options of SETTINGS) {
      const machine = new Machine(options);
      const instance = machine.instantiate(machine.load(bytes));
      // With two cores the window is as long as it says.
      if (options.cores) machine.start(1, instance, 'recurse', [7n]);
      machine.start(0, instance, 'recurse', [7n]);
      let { trap } = machine.run();
      if (trap?.core === 1) trap = machine.run().trap;
      expect(trap, JSON.stringify(options)).toBeInstanceOf(GuestTrap);
      expect(trap?.cause).toBe('call stack exhausted');
      const { mode: _, leaveSeed: __, ...machineItself } = options;
      const key = JSON.stringify(machineItself);
      const { cycles, instructions, accesses } = machine.core(0);
      const end = `${trap?.frames.length} ${trap?.frames[0]?.offset} ${cycles} ${instructions} ${accesses}`;
      ends.set(key, (ends.get(key) ?? new Set()).add(end));
    }
    for (const [key, found] of ends) expect([...found], key).toHaveLength(1);
  });
});

it('goes on after an exhausted stack', async () => {
  const bytes = await assemble(
    `(module ${RECURSIONS['a small function']} (func (export "one") (result i32) (i32.const 1)))`,
  );
  const machine = new Machine();
  const instance = machine.instantiate(machine.load(bytes));
  expect(() => machine.invoke(instance, 'recurse', [0n])).toThrow('call stack exhausted');
  expect(machine.invoke(instance, 'one')).toEqual([1n]);
});

it('recurses as deep as the frame stack is long', async () => {
  const bytes = await assemble(`(module (func $f (export "sum") (param i32) (result i64)
    (if (result i64) (local.get 0)
      (then (i64.add (i64.extend_i32_u (local.get 0)) (call $f (i32.sub (local.get 0) (i32.const 1)))))
      (else (i64.const 0)))))`);
  for (const mode of ['fast', 'checked'] as const) {
    const machine = new Machine({ mode, frameStackBytes: 64 << 20 });
    const instance = machine.instantiate(machine.load(bytes));
    expect(machine.invoke(instance, 'sum', [300_000n])).toEqual([45_000_150_000n]);
  }
});
