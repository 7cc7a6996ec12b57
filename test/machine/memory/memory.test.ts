// Accesses and bulk operations against an oracle of our own: plain arrays. Across lines and pages, overlapping, stopping anywhere.
import { expect, it } from 'vitest';
import { type Instance, Machine, type MachineOptions } from '../../../machine/index.ts';
import { Random } from '../../fuzz/random.ts';
import { assemble } from '../../host/assemble.ts';

const PAGE = 65536;
const BYTES = 3 * PAGE;
const WIDTHS = [1, 2, 4, 8] as const;

const text = `(module (memory (export "memory") 3)
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "store1") (param i32 i64) (i64.store8 (local.get 0) (local.get 1)))
  (func (export "store2") (param i32 i64) (i64.store16 (local.get 0) (local.get 1)))
  (func (export "store4") (param i32 i64) (i64.store32 (local.get 0) (local.get 1)))
  (func (export "store8") (param i32 i64) (i64.store (local.get 0) (local.get 1)))
  (func (export "load1") (param i32) (result i64) (i64.load8_u (local.get 0)))
  (func (export "load2") (param i32) (result i64) (i64.load16_u (local.get 0)))
  (func (export "load4") (param i32) (result i64) (i64.load32_u (local.get 0)))
  (func (export "load8") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "far") (param i32) (result i32) (i32.load offset=0xffffffff (local.get 0)))
  (func (export "touch") (param i32 i32) (local i32)
    (loop $l
      (i32.store8 (local.get 2) (i32.const 1))
      (br_if $l (i32.lt_u (local.tee 2 (i32.add (local.get 2) (local.get 1))) (local.get 0)))))
)`;

const OPTIONS: (MachineOptions & { slice?: number })[] = [
  {},
  { mode: 'checked' },
  { leaveSeed: 11 },
  { slice: 3 },
  { mode: 'checked', leaveSeed: 12, slice: 1 },
];

async function start(options: MachineOptions): Promise<{ machine: Machine; instance: Instance }> {
  const machine = new Machine(options);
  return { machine, instance: machine.instantiate(machine.load(await assemble(text))) };
}

/** Calls a function, stopping after every few cycles. */
function call(machine: Machine, instance: Instance, name: string, args: bigint[], slice?: number): readonly bigint[] {
  machine.start(0, instance, name, args);
  for (;;) {
    const { reason, trap } = machine.run({ maxCycles: slice });
    if (trap) throw trap;
    if (reason === 'finished') return machine.core(0).results ?? [];
  }
}

/** An address near the end of a line or page, or anywhere. */
function address(random: Random): number {
  if (random.oneIn(3)) return random.below(BYTES);
  const edge = random.oneIn(2) ? PAGE * (1 + random.below(3)) : 64 * (1 + random.below(BYTES / 64));
  return Math.min(edge - 8 + random.below(16), BYTES - 1);
}

function contents(instance: Instance): Uint8Array {
  return (instance.space as NonNullable<Instance['space']>).read(0, BYTES);
}

it.each(OPTIONS)('does what arrays do, with %j', async ({ slice, ...options }) => {
  const { machine, instance } = await start(options);
  const oracle = new Uint8Array(BYTES);
  const random = new Random(3, slice ?? 0);
  for (let i = 0; i < 1500; i++) {
    const to = address(random);
    const from = random.oneIn(2) ? address(random) : Math.min(BYTES - 1, Math.max(0, to - 100 + random.below(200)));
    const count = random.below(Math.min(random.oneIn(10) ? 3000 : 200, BYTES - Math.max(to, from)) + 1);
    const what = random.below(3);
    if (what === 0) {
      call(machine, instance, 'copy', [to, from, count].map(BigInt), slice);
      oracle.copyWithin(to, from, from + count);
    } else if (what === 1) {
      const byte = random.below(256);
      call(machine, instance, 'fill', [to, byte + 256 * random.below(3), count].map(BigInt), slice);
      oracle.fill(byte, to, to + count);
    } else {
      const width = random.pick(WIDTHS);
      const at = Math.min(to, BYTES - width);
      const value = BigInt.asUintN(8 * width, BigInt(random.below(2 ** 32)) * 0x1234_5678_9abcn);
      call(machine, instance, `store${width}`, [BigInt(at), value], slice);
      for (let k = 0; k < width; k++) oracle[at + k] = Number((value >> BigInt(8 * k)) & 255n);
      expect(call(machine, instance, `load${width}`, [BigInt(at)], slice)).toEqual([value]);
    }
  }
  expect(Buffer.compare(contents(instance), oracle)).toBe(0);
});

it('traps out of bounds before a byte of a bulk operation moves', async () => {
  for (const mode of ['fast', 'checked'] as const) {
    const { machine, instance } = await start({ mode });
    for (const [name, ...args] of [
      ['fill', BYTES - 100, 7, 101],
      ['copy', BYTES - 100, 0, 101],
      ['copy', 0, BYTES - 100, 101],
      ['fill', BYTES + 1, 7, 0],
      ['copy', 0xffff_ffff, 0, 0xffff_ffff],
    ] as const) {
      expect(() => machine.invoke(instance, name, args.map(BigInt)), name).toThrow('out of bounds memory access');
    }
    expect(contents(instance).every((byte) => byte === 0)).toBe(true);
    machine.invoke(instance, 'fill', [BigInt(BYTES), 7n, 0n]);
  }
});

it('traps at addresses behind the end, beyond 32 bits as well, and names them', async () => {
  for (const mode of ['fast', 'checked'] as const) {
    const { machine, instance } = await start({ mode });
    for (const width of WIDTHS) {
      const last = BigInt(BYTES - width);
      expect(machine.invoke(instance, `load${width}`, [last])).toEqual([0n]);
      for (const beyond of [last + 1n, BigInt(BYTES), 0xffff_ffffn]) {
        expect(() => machine.invoke(instance, `load${width}`, [beyond])).toThrow('out of bounds memory access');
        expect(() => machine.invoke(instance, `store${width}`, [beyond, 1n])).toThrow('out of bounds memory access');
      }
    }
    expect(() => machine.invoke(instance, 'far', [8n])).toThrow('address 0x100000007');
  }
});

it('leaves a store that crosses the end undone', async () => {
  for (const mode of ['fast', 'checked'] as const) {
    const { machine, instance } = await start({ mode });
    expect(() => machine.invoke(instance, 'store8', [BigInt(BYTES - 4), 0xffff_ffff_ffff_ffffn])).toThrow('bounds');
    expect(contents(instance).every((byte) => byte === 0)).toBe(true);
  }
});

it('counts the same misses whatever the access filters know', async () => {
  // 32 KiB of 8 ways: at strides of 4 KiB all lines are in one set of eight, beside that of the page table.
  for (const [bytes, stride] of [
    [BYTES, 64],
    [BYTES, 4096],
    [32768 - 8192, 4096],
    [32768 + 4096, 4096],
  ] as const) {
    const runs = await Promise.all(
      (['fast', 'checked'] as const).map(async (mode) => {
        const { machine, instance } = await start({ mode });
        for (let pass = 0; pass < 3; pass++) machine.invoke(instance, 'touch', [BigInt(bytes), BigInt(stride)]);
        return machine.core(0);
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
    const lines = Math.ceil(bytes / stride);
    // Replacement is first in, first out: what fits stays, what does not fit misses each time.
    expect(runs[0]?.writeMisses, `${bytes} by ${stride}`).toBe(bytes <= 32768 ? lines : 3 * lines);
    expect(runs[0]?.accesses).toBe(3 * lines);
  }
});
