// Each cause of a trap, in both modes and wherever execution may have left before: its name, core, cycle, function and place.
import { expect, it } from 'vitest';
import { GuestTrap, type Instance, Machine, type MachineOptions } from '../../machine/index.ts';
import { OP } from '../../machine/wasm/opcodes.ts';
import { assemble } from '../host/assemble.ts';

/** Body of a function (i32) -> i32, the cause with argument 0, and the opcode at which it happens. */
const CAUSES: readonly (readonly [body: string, cause: string, opcode: number])[] = [
  ['(unreachable)', 'unreachable', OP.unreachable],
  ['(i32.div_s (i32.const 1) (local.get 0))', 'integer divide by zero', OP.i32_div_s],
  ['(i32.div_u (i32.const 1) (local.get 0))', 'integer divide by zero', OP.i32_div_u],
  ['(i32.rem_s (i32.const 1) (local.get 0))', 'integer divide by zero', OP.i32_rem_s],
  ['(i32.rem_u (i32.const 1) (local.get 0))', 'integer divide by zero', OP.i32_rem_u],
  ['(i32.wrap_i64 (i64.div_s (i64.const 1) (i64.extend_i32_s (local.get 0))))', 'integer divide by zero', OP.i64_div_s],
  ['(i32.wrap_i64 (i64.rem_u (i64.const 1) (i64.extend_i32_s (local.get 0))))', 'integer divide by zero', OP.i64_rem_u],
  ['(i32.div_s (i32.const 0x80000000) (i32.sub (local.get 0) (i32.const 1)))', 'integer overflow', OP.i32_div_s],
  [
    '(i32.wrap_i64 (i64.div_s (i64.const 0x8000000000000000) (i64.extend_i32_s (i32.sub (local.get 0) (i32.const 1)))))',
    'integer overflow',
    OP.i64_div_s,
  ],
  ['(i32.trunc_f32_s (f32.const 3e9))', 'integer overflow', OP.i32_trunc_f32_s],
  ['(i32.trunc_f64_u (f64.const -1))', 'integer overflow', OP.i32_trunc_f64_u],
  ['(i32.trunc_f64_s (f64.const nan))', 'invalid conversion to integer', OP.i32_trunc_f64_s],
  ['(i32.wrap_i64 (i64.trunc_f32_u (f32.const nan)))', 'invalid conversion to integer', OP.i64_trunc_f32_u],
  ['(i32.load offset=65533 (local.get 0))', 'out of bounds memory access', OP.i32_load],
  ['(i32.store8 offset=65536 (local.get 0) (i32.const 1)) (i32.const 0)', 'out of bounds memory access', OP.i32_store8],
  [
    '(memory.fill (i32.const 1) (local.get 0) (i32.const 65536)) (i32.const 0)',
    'out of bounds memory access',
    OP.memory_fill,
  ],
  ['(i32.atomic.rmw.add offset=2 (local.get 0) (i32.const 1))', 'unaligned atomic', OP.i32_atomic_rmw_add],
  ['(call_indirect (result i32) (i32.const 9))', 'undefined element', OP.call_indirect],
  ['(call_indirect (result i32) (i32.const 1))', 'uninitialized element', OP.call_indirect],
  ['(call_indirect (result i64) (local.get 0)) (drop) (i32.const 0)', 'indirect call type mismatch', OP.call_indirect],
  ['(ref.is_null (table.get (i32.const 9)))', 'out of bounds table access', OP.table_get],
];

const text = `(module (memory 1) (table 3 funcref) (elem (i32.const 0) $nothing)
  (func $nothing)
  ${CAUSES.map(
    ([body], i) => `
  (func $cause${i} (param i32) (result i32) ${body})
  (func $f${i} (export "f${i}") (param i32) (result i32) (local i32)
    (local.set 1 (i32.const 20))
    (loop $l (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
    (i32.add (i32.const 3) (call $cause${i} (local.get 0))))`,
  ).join('')})`;

const bytes = await assemble(text);

function opcodeAt(offset: number): number {
  const first = bytes[offset] as number;
  return first >= 0xfc ? (first << 8) | (bytes[offset + 1] as number) : first;
}

function start(options: MachineOptions): { machine: Machine; instance: Instance } {
  const machine = new Machine(options);
  return { machine, instance: machine.instantiate(machine.load(bytes)) };
}

it.each(CAUSES.map(([body, cause, opcode], i) => [body, cause, opcode, i] as const))(
  '%s: %s',
  (_, cause, opcode, i) => {
    const seen = new Set<string>();
    for (const mode of ['fast', 'checked'] as const) {
      for (const leaveSeed of [0, 6]) {
        const { machine, instance } = start({ cores: 3, mode, leaveSeed, windowCycles: 5 });
        machine.start(1, instance, `f${i}`, [0n]);
        const { reason, trap } = machine.run();
        expect(reason).toBe('trapped');
        if (!(trap instanceof GuestTrap)) throw new Error('no trap');
        expect(trap.cause).toBe(cause);
        expect(trap.core).toBe(1);
        expect(trap.frames.map(({ name }) => name)).toEqual([`cause${i}`, `f${i}`]);
        expect(opcodeAt(trap.frames[0]?.offset as number)).toBe(opcode);
        expect(opcodeAt(trap.frames[1]?.offset as number)).toBe(OP.call);
        expect(trap.message).toContain(`${cause}`);
        expect(trap.message).toContain(`on core 1, cycle ${trap.cycle} in cause${i}`);
        expect(trap.cycle).toBeGreaterThan(30);
        expect(trap.cycle).toBe(machine.core(1).cycles);
        expect(machine.core(1).state).toBe('trapped');
        seen.add(`${trap.cycle} ${trap.address} ${machine.digest()}`);
      }
    }
    expect([...seen]).toHaveLength(1);
  },
);

it('lets the other cores go on after a trap', async () => {
  const { machine, instance } = start({ cores: 2, windowCycles: 1 });
  machine.start(0, instance, 'f0', [0n]);
  machine.start(1, instance, 'f5', [1n]);
  expect(machine.run().trap?.core).toBe(0);
  expect(machine.run().reason).toBe('finished');
  expect(machine.core(1).results).toEqual([4n]);
  expect(machine.core(0).trap?.cause).toBe('unreachable');
  // A core that has trapped can begin anew.
  expect(machine.invoke(instance, 'f1', [1n])).toEqual([4n]);
});

it('stops an endless loop at the cycle limit, where a window ends, and goes on with it', async () => {
  const endless = await assemble(`(module (func (export "spin") (loop $l (br $l)))
    (func $f (export "recurse forever") (result i32) (loop $l (drop (call $g)) (br $l)) (i32.const 0))
    (func $g (result i32) (i32.const 1)))`);
  for (const mode of ['fast', 'checked'] as const) {
    for (const cores of [1, 2]) {
      const machine = new Machine({ mode, cores });
      const instance = machine.instantiate(machine.load(endless));
      machine.start(0, instance, 'spin');
      if (cores > 1) machine.start(1, instance, 'recurse forever');
      for (const limit of [1, 10, 100_000, 123_456]) {
        const before = machine.time;
        expect(machine.run({ maxCycles: limit }).reason).toBe('cycle-limit');
        // One core's window ends at the limit; those of several have their length.
        const late = machine.time - before - limit;
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(cores === 1 ? 1 : machine.windowCycles);
        expect(machine.core(0).state).toBe('running');
        // A core stops at the first block that begins behind the limit.
        expect(machine.core(0).cycles - machine.time).toBeLessThan(50);
      }
    }
  }
});

it('names a function without a name by its export', async () => {
  const text = '(module (func (export "stop") (call 1)) (func unreachable))';
  const machine = new Machine();
  const bytes = await assemble(text);
  // The text format gives no names here; wabt writes a name section only for named functions.
  const instance = machine.instantiate(machine.load(bytes));
  expect(() => machine.invoke(instance, 'stop')).toThrow('in function 1');
  try {
    machine.invoke(instance, 'stop');
  } catch (error) {
    expect((error as GuestTrap).frames.map((frame) => frame.name)).toEqual(['function 1', 'stop']);
  }
});
