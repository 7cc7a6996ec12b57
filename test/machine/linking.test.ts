// Instances that share functions, memories, tables and globals, and what does not fit together.
import { expect, it } from 'vitest';
import { EXTERNREF, FUNCREF, type GlobalRef, I32, I64, type Imports, LinkError, Machine } from '../../machine/index.ts';
import { assemble } from '../host/assemble.ts';

async function instantiate(machine: Machine, text: string, imports?: Imports) {
  return machine.instantiate(machine.load(await assemble(`(module ${text})`)), imports);
}

it('names what is not given, and what does not fit', async () => {
  const machine = new Machine();
  const env: Imports[string] = {
    f: { type: { params: [I32], results: [] }, call: () => [] },
    m: machine.createMemory({ min: 1, max: 2, shared: false }),
    t: machine.createTable({ element: FUNCREF, limits: { min: 2, max: undefined, shared: false } }),
    g: machine.createGlobal({ type: I64, mutable: true }, 5n),
  };
  for (const [text, message] of [
    ['(import "env" "missing" (func))', 'unknown import "env"."missing" (function)'],
    ['(import "other" "f" (func))', 'unknown import "other"."f" (function)'],
    ['(import "env" "toString" (func))', 'unknown import "env"."toString" (function)'],
    ['(import "env" "__proto__" (memory 1))', 'unknown import "env"."__proto__" (memory)'],
    ['(import "env" "f" (func (param i64)))', 'incompatible import type: import "env"."f"'],
    ['(import "env" "f" (memory 1))', 'incompatible import type: import "env"."f" is a function'],
    ['(import "env" "m" (memory 2))', 'incompatible import type: import "env"."m"'],
    ['(import "env" "m" (memory 1 1))', 'incompatible import type: import "env"."m"'],
    ['(import "env" "m" (memory 1 2 shared))', 'incompatible import type: import "env"."m"'],
    ['(import "env" "t" (table 3 funcref))', 'incompatible import type: import "env"."t"'],
    ['(import "env" "t" (table 2 9 funcref))', 'incompatible import type: import "env"."t"'],
    ['(import "env" "t" (table 2 externref))', 'incompatible import type: import "env"."t"'],
    ['(import "env" "g" (global i64))', 'incompatible import type: import "env"."g"'],
    ['(import "env" "g" (global (mut i32)))', 'incompatible import type: import "env"."g"'],
  ] as const) {
    await expect(instantiate(machine, text, { env }), text).rejects.toThrow(message);
    await expect(instantiate(machine, text, { env }), text).rejects.toBeInstanceOf(LinkError);
  }
});

it('refuses a memory that the RAM does not hold', async () => {
  const machine = new Machine({ ramBytes: 1 << 20 });
  await expect(instantiate(machine, '(memory 17)')).rejects.toThrow('do not fit into the machine');
  // One block of 64 KiB is for page tables.
  await instantiate(machine, '(memory 14)');
});

it('runs the start function, and says where it traps', async () => {
  const machine = new Machine();
  const instance = await instantiate(
    machine,
    '(global $g (export "g") (mut i32) (i32.const 0)) (func $s (global.set $g (i32.const 7))) (start $s)',
  );
  expect((instance.exports.g as GlobalRef).get()).toBe(7n);
  await expect(instantiate(machine, '(func $main (unreachable)) (start $main)')).rejects.toThrow(
    'unreachable on core 0',
  );
  await expect(instantiate(machine, '(memory 1) (data (i32.const 65536) "a")')).rejects.toThrow(
    'out of bounds memory access',
  );
  await expect(instantiate(machine, '(table 1 funcref) (func $f) (elem (i32.const 1) $f)')).rejects.toThrow(
    'out of bounds table access',
  );
});

it('refuses to start a core that is not done, and runs nothing of a start function then', async () => {
  const machine = new Machine({ cores: 2 });
  const busy = `(memory (export "m") 1 1 shared)
    (func $nap (export "nap") (result i32)
      (i32.add (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1000)) (i32.const 40)))
    (func (export "spin") (param i32) (result i32)
      (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 41))
    (func (export "leave") (call $exit (i32.const 3)))`;
  const instance = await instantiate(machine, `(import "machine" "exit" (func $exit (param i32))) ${busy}`);
  const count = machine.instances.length;
  for (const [name, args, state] of [
    ['nap', [], 'waiting'],
    ['spin', [1000n], 'running'],
  ] as const) {
    machine.start(0, instance, name, args);
    machine.run({ maxCycles: 500 });
    const refusal = new RegExp(
      `core 0 is not done with ${name} \\(${state}, at cycle \\d+\\S*\\): it cannot run (leave|the module's start function); run the machine first`,
    );
    expect(() => machine.start(0, instance, 'leave')).toThrow(refusal);
    await expect(instantiate(machine, '(func $s) (start $s)')).rejects.toThrow(refusal);
    expect(machine.instances.length).toBe(count);
    // Another core, and a module that starts nothing, are not concerned.
    machine.start(1, instance, 'spin', [1n]);
    expect(machine.run().reason).toBe('finished');
    expect(machine.core(0).results).toEqual([name === 'nap' ? 42n : 41n]);
  }
  // What has left for good is free.
  machine.start(0, instance, 'leave');
  expect(machine.run().reason).toBe('exited');
  expect(machine.core(0).state).toBe('exited');
  machine.start(0, instance, 'spin', [1n]);
  expect(machine.core(0).state).toBe('running');
});

it('shares a global among instances and with the embedder', async () => {
  const machine = new Machine({ cores: 2 });
  const counter = machine.createGlobal({ type: I64, mutable: true }, 1n << 40n);
  const text = `(import "env" "g" (global $g (mut i64)))
    (func (export "add") (param i64) (global.set $g (i64.add (global.get $g) (local.get 0))))`;
  const one = await instantiate(machine, text, { env: { g: counter } });
  const other = await instantiate(machine, text, { env: { g: counter } });
  machine.start(0, one, 'add', [5n]);
  machine.start(1, other, 'add', [7n]);
  expect(machine.run().reason).toBe('finished');
  expect(counter.get()).toBe((1n << 40n) + 12n);
  counter.set((1n << 64n) - 1n);
  machine.invoke(one, 'add', [2n]);
  expect(counter.get()).toBe(1n);
});

it('calls through a table into the memory of the function, and comes back to its own', async () => {
  for (const options of [{}, { mode: 'checked' as const }, { leaveSeed: 8 }]) {
    const machine = new Machine({ cores: 2, windowCycles: 1, ...options });
    const table = machine.createTable({ element: FUNCREF, limits: { min: 4, max: undefined, shared: false } });
    const text = (
      place: number,
      other: number,
    ) => `(import "env" "table" (table 4 funcref)) (memory (export "memory") 1)
      (type $t (func (param i32) (result i32)))
      (elem (i32.const ${place}) $f)
      (func $f (type $t)
        (drop (i32.atomic.rmw.add (i32.const 100) (i32.const ${place + 1})))
        (if (result i32) (local.get 0)
          (then (i32.add (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const ${other}))
                         (i32.load (i32.const 100))))
          (else (i32.load (i32.const 100)))))
      (func (export "run") (param i32) (result i32) (call $f (local.get 0)))
      (func (export "mine") (result i32) (i32.load (i32.const 100)))`;
    const one = await instantiate(machine, text(0, 1), { env: { table } });
    const other = await instantiate(machine, text(1, 0), { env: { table } });
    // f of `one` adds 1 to its word, f of `other` adds 2 to its own; each also adds its word to the result when its callee is done.
    const result = machine.invoke(one, 'run', [9n]);
    expect(machine.invoke(one, 'mine')).toEqual([5n]);
    expect(machine.invoke(other, 'mine')).toEqual([10n]);
    expect(result).toEqual([5n * 5n + 5n * 10n]);
    machine.start(0, one, 'run', [20n]);
    machine.start(1, other, 'run', [20n]);
    expect(machine.run().reason).toBe('finished');
    expect(machine.invoke(one, 'mine')).toEqual([26n]);
    expect(machine.invoke(other, 'mine')).toEqual([52n]);
  }
});

it('passes references on as they are', async () => {
  const machine = new Machine();
  const instance = await instantiate(
    machine,
    `(table $t (export "t") 2 externref)
     (func (export "put") (param i32 externref) (table.set $t (local.get 0) (local.get 1)))
     (func (export "get") (param i32) (result externref) (table.get $t (local.get 0)))
     (func (export "null") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0))))`,
  );
  machine.invoke(instance, 'put', [1n, 43n]);
  expect(machine.invoke(instance, 'get', [1n])).toEqual([43n]);
  expect(machine.invoke(instance, 'null', [0n])).toEqual([1n]);
  expect(machine.invoke(instance, 'null', [1n])).toEqual([0n]);
  const table = instance.exports.t;
  expect(table?.kind === 'table' && table.type.element).toBe(EXTERNREF);
});

it('gives host functions their arguments, core and cycle, and ends the run with their errors', async () => {
  const calls: string[] = [];
  const env: Imports[string] = {
    f: {
      type: { params: [I32, I64], results: [I64] },
      call: ([a, b]: bigint[], { core, cycle }: { core: number; cycle: number }) => {
        calls.push(`${a} ${b} on core ${core}, ${cycle > 0}`);
        if (a === 3n) throw new Error('no threes');
        return [(a as bigint) + (b as bigint)];
      },
    },
  };
  const machine = new Machine({ cores: 2 });
  const text = `(import "env" "f" (func $f (param i32 i64) (result i64)))
    (func (export "run") (param i32) (result i64)
      (drop (i32.mul (i32.const 3) (local.get 0)))
      (call $f (local.get 0) (i64.const -1)))`;
  const instance = await instantiate(machine, text, { env });
  expect(machine.invoke(instance, 'run', [2n], { core: 1 })).toEqual([1n]);
  expect(calls).toEqual([`2 ${(1n << 64n) - 1n} on core 1, true`]);
  expect(() => machine.invoke(instance, 'run', [3n])).toThrow('no threes');
});
