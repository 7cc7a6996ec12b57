// Functions of large modules, whose direct bodies end early, and functions with many resume points, which come back in two steps: they do and take what
// the same code does and takes where neither is so.
import { expect, it } from 'vitest';
import { Machine, type MachineOptions } from '../../../machine/index.ts';
import { assemble } from '../../host/assemble.ts';

const list = (count: number, item: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => item(i)).join('\n');

/** More code than a module may have that is not large. Nobody calls it. */
const PADDING = `(func ${'nop '.repeat(300_000)})`;

/** Straight code of many accesses and calls of all kinds, between them the ends of blocks; the argument decides which are left out. */
const PROGRAM = `
  (memory 1 1)
  (table funcref (elem $half))
  (type $t (func (param i32) (result i32)))
  (func $half (type $t) (i32.shr_u (i32.add (local.get 0) (i32.load offset=8 (i32.const 64))) (i32.const 1)))
  (func $note (param i32) (i32.store offset=16 (i32.const 64) (local.get 0)))
  (func (export "run") (param $n i32) (result i32) (local $s i32) (local $x f64) (local $l i64)
    ${list(
      24,
      (i) => `
      (block $skip
        (br_if $skip (i32.and (i32.shr_u (local.get $n) (i32.const ${i % 7})) (i32.const 1)))
        (i32.store offset=${64 * i} (local.get $n) (i32.add (local.get $s) (i32.const ${i})))
        (local.set $l (i64.add (local.get $l) (i64.load32_u offset=${64 * i + 4} (local.get $n))))
        (f64.store offset=${4096 + 72 * i} (i32.and (local.get $n) (i32.const 0xff8)) (f64.add (local.get $x) (f64.const ${i}.5)))
        (local.set $s (i32.add (local.get $s) (call $half (i32.load8_s offset=${128 * i} (local.get $n)))))
        (if (i32.eqz (i32.and (local.get $s) (i32.const 3)))
          (then (call $note (local.get $s)))
          (else (local.set $s (call_indirect (type $t) (local.get $s) (i32.const 0)))))
        (i64.store offset=${2048 + 64 * i} (i32.const 8) (local.get $l)))
      (local.set $x (f64.add (local.get $x) (f64.load offset=${4096 + 72 * i} (i32.const 8))))`,
    )}
    (i32.add (local.get $s) (i32.add (i32.wrap_i64 (local.get $l)) (i32.trunc_sat_f64_s (local.get $x)))))`;

const ARGUMENTS = [0, 8, 104, 4088];
const WINDOWS = [1, 7, 40, 1000];
const WAYS: MachineOptions[] = [
  { mode: 'checked' },
  { mode: 'fast' },
  { mode: 'checked', leaveSeed: 5 },
  { mode: 'fast', leaveSeed: 6 },
];

/** What a run on two cores says; times and counts of memory are those of the machine, whatever the code looks like that the host runs. */
function run(bytes: Uint8Array, options: MachineOptions) {
  const machine = new Machine({ ...options, cores: 2 });
  const image = machine.load(bytes);
  const instances = [machine.instantiate(image), machine.instantiate(image)];
  return ARGUMENTS.map((argument) => {
    for (const [core, instance] of instances.entries()) machine.start(core, instance, 'run', [BigInt(argument)]);
    const { reason } = machine.run();
    return { reason, cores: instances.map((_, core) => ({ ...machine.core(core) })), time: machine.time };
  });
}

function hostBytes(bytes: Uint8Array): number {
  return new Machine().load(bytes).statistics.hostBytes;
}

it('take the same time, with the same results, as in a small one', async () => {
  const small = await assemble(`(module ${PROGRAM})`);
  const large = await assemble(`(module ${PROGRAM} ${PADDING})`);
  const { instance } = await WebAssembly.instantiate(new Uint8Array(large));
  const answers = ARGUMENTS.map((argument) => (instance.exports.run as (n: number) => number)(argument));
  for (const windowCycles of WINDOWS) {
    const expected = run(small, { ...WAYS[0], windowCycles });
    const found = expected.map(({ cores }) => Number(BigInt.asIntN(32, cores[0]?.results?.[0] ?? -1n)));
    expect(found).toEqual(answers);
    for (const way of WAYS) {
      const options = { ...way, windowCycles };
      expect(run(small, options), `small, ${JSON.stringify(options)}`).toEqual(expected);
      expect(run(large, options), `large, ${JSON.stringify(options)}`).toEqual(expected);
    }
  }
});

it('are smaller on the host', async () => {
  const [small, large, padding] = await Promise.all(
    [PROGRAM, PROGRAM + PADDING, PADDING].map(async (text) => hostBytes(await assemble(`(module ${text})`))),
  );
  expect((large as number) - (padding as number)).toBeLessThan(0.9 * (small as number));
});
