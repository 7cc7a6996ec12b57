// What `manycore exec` prints and how it ends, for good programs and bad ones.
import { expect, test } from 'vitest';
import { guestFile } from '../../host/guest-programs.ts';
import { runCli, temporaryModule } from './run-cli.ts';

const IDENTITY = `(module
  (import "machine" "core_id" (func $core_id (result i32)))
  (func (export "run") (result i32) (i32.mul (call $core_id) (i32.const 10))))`;

const HELLO = `(module
  (import "machine" "log" (func $log (param i32 i32)))
  (import "machine" "exit" (func $exit (param i32)))
  (memory 1)
  (data (i32.const 16) "hello\\n")
  (func (export "_start") (call $log (i32.const 16) (i32.const 6)) (call $exit (i32.const 7))))`;

const FAULTS = `(module
  (type $none (func)) (type $one (func (param i32)))
  (table 2 funcref) (elem (i32.const 0) $wrong)
  (memory 1)
  (func $wrong (param i32))
  (func $divide (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
  (func (export "divide") (result i32) (call $divide (i32.const 0)))
  (func (export "stop") unreachable)
  (func (export "signature") (call_indirect (type $none) (i32.const 0)))
  (func (export "null") (call_indirect (type $none) (i32.const 1)))
  (func (export "beyond") (result i32) (i32.load (i32.const 65536)))
  (func $deeper (export "recurse") (param i32) (call $deeper (local.get 0)))
  (func $spin (export "spin") (loop (br 0))))`;

test('every core has its own instance and its result', async () => {
  const file = await temporaryModule(IDENTITY);
  const { exitCode, stdout, stderr } = await runCli('exec', file, '--cores', '4', '--json');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const table = JSON.parse(stdout);
  expect(table.columns.map((column: { name: string }) => column.name).slice(0, 5)).toEqual([
    'core',
    'state',
    'result',
    'cycles',
    'instructions',
  ]);
  expect(table.rows.map((row: unknown[]) => row[2])).toEqual(['0', '10', '20', '30']);
  expect(table.digest).toMatch(/^[0-9a-f]{16}$/);
});

test('text modules are assembled, and the table goes to stderr', async () => {
  const file = await temporaryModule('(module (func (export "main") (result i64) (i64.const 42)))', 'guest.wat');
  const { exitCode, stdout, stderr } = await runCli('exec', file, '--cores', '32');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  expect(stderr).toMatch(/0-31 .* 42 /);
  expect(stderr).toMatch(/digest [0-9a-f]{16}/);
});

test('the log is on stdout and the exit code passes through', async () => {
  const file = await temporaryModule(HELLO);
  expect(await runCli('exec', file, '--quiet')).toEqual({ exitCode: 7, stdout: 'hello\n', stderr: '' });
});

test('the digest depends neither on the mode nor on the run', async () => {
  const file = await temporaryModule(IDENTITY);
  const digestOf = async (...options: string[]) =>
    JSON.parse((await runCli('exec', file, '--json', '--cores', '3', ...options)).stdout).digest;
  const digest = await digestOf();
  expect(await digestOf()).toBe(digest);
  expect(await digestOf('--checked')).toBe(digest);
});

test.each([
  ['divide', /integer divide by zero on core 0 at cycle [\d,]+/, /at divide \(offset 0x[0-9a-f]+\)/],
  ['stop', /unreachable on core 0/, /at stop /],
  ['signature', /indirect call type mismatch on core 0/, /at signature /],
  ['null', /uninitialized element on core 0/, /at null /],
  ['beyond', /out of bounds memory access at address 0x10000 on core 0/, /at beyond /],
])('%s traps with a message', async (name, message, where) => {
  const file = await temporaryModule(FAULTS);
  for (const mode of [[], ['--checked']]) {
    const { exitCode, stdout, stderr } = await runCli('exec', file, '--quiet', '--invoke', name, ...mode);
    expect({ exitCode, stdout }).toEqual({ exitCode: 134, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(where);
  }
});

test('deep recursion ends in a trap with a shortened call chain', async () => {
  const file = await temporaryModule(FAULTS);
  const { exitCode, stderr } = await runCli('exec', file, '--quiet', '--invoke', 'recurse', '0');
  expect(exitCode).toBe(134);
  expect(stderr).toContain('call stack exhausted');
  expect(stderr).toMatch(/\.\.\. [\d,]+ more/);
  expect(stderr.split('\n').length).toBeLessThan(25);
});

test('an endless loop stops at the cycle limit and says where', async () => {
  const file = await temporaryModule(FAULTS);
  const { exitCode, stderr } = await runCli('exec', file, '--quiet', '--invoke', 'spin', '--max-cycles', '100000');
  expect(exitCode).toBe(42);
  expect(stderr).toContain('the cycle limit was reached');
  expect(stderr).toContain('at spin ');
});

const GOOD_BYTES = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

test.each<[string, string | Uint8Array, number, RegExp]>([
  ['text', new TextEncoder().encode('hello, world'), 61, /is not a WebAssembly module/],
  ['an empty file', new Uint8Array(), 61, /is not a WebAssembly module/],
  ['a truncated module', new Uint8Array([...GOOD_BYTES, 1, 50, 1]), 61, /is not a WebAssembly module: .*\n.*at byte/],
  [
    'an invalid module',
    new Uint8Array([...GOOD_BYTES, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 5, 1, 3, 0, 0x6a, 0x0b]),
    62,
    /is not a valid module/,
  ],
  ['vectors', new Uint8Array([...GOOD_BYTES, 1, 5, 1, 0x60, 1, 0x7b, 0]), 63, /unsupported feature: .*SIMD/i],
  ['an unknown import', '(module (import "env" "launch" (func)))', 64, /unknown import .*env.*launch/],
  ['an import of another type', '(module (import "machine" "core_id" (func (param f64))))', 64, /machine.*core_id/],
])('%s is refused', async (_what, contents, status, message) => {
  const { exitCode, stdout, stderr } = await runCli('exec', await temporaryModule(contents));
  expect(stderr).toMatch(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: status, stdout: '' });
});

test('text that wabt refuses', async () => {
  const { exitCode, stderr } = await runCli('exec', await temporaryModule('(module (func i32.frob))', 'guest.wat'));
  expect(exitCode).toBe(61);
  expect(stderr).toContain('i32.frob');
});

test.each([['nowhere.wasm'], ['test']])('a file that cannot be read: %s', async (file) => {
  const { exitCode, stderr } = await runCli('exec', file);
  expect(exitCode).toBe(60);
  expect(stderr).toContain(`cannot read ${file}`);
});

test('cores share an imported memory that is declared shared, and no other', async () => {
  const counting = (memory: string) => `(module
    (import "env" "memory" (memory ${memory}))
    (func (export "run") (result i32) (i32.atomic.rmw.add (i32.const 8) (i32.const 1))))`;
  const results = async (memory: string) => {
    const file = await temporaryModule(counting(memory));
    const { stdout } = await runCli('exec', file, '--json', '--cores', '4');
    return JSON.parse(stdout).rows.map((row: string[]) => row[2]);
  };
  expect((await results('1 1 shared')).sort()).toEqual(['0', '1', '2', '3']);
  expect(await results('1 1')).toEqual(['0', '0', '0', '0']);
});

test.each([
  ['divide_by_zero', 'integer divide by zero', 6],
  ['divide_overflow', 'integer overflow', 11],
  ['reach_unreachable', 'unreachable', 20],
  ['load_out_of_bounds', 'out of bounds memory access', 26],
  ['store_out_of_bounds', 'out of bounds memory access', 31],
  ['wrong_signature', 'indirect call type mismatch', 45],
  ['undefined_element', 'undefined element', 50],
  ['null_element', 'uninitialized element', 55],
  ['recurse', 'call stack exhausted', 60],
])('%s is told by cause and source line', async (name, cause, line) => {
  const { exitCode, stderr } = await runCli('exec', guestFile('faults'), '--quiet', '--invoke', name, '0');
  expect(exitCode).toBe(134);
  expect(stderr).toMatch(new RegExp(`${cause}( at address 0xfffffff0)? on core 0 at cycle `));
  expect(stderr.split('\n')[1]).toContain(`guest/programs/bare/faults.ts:${line})`);
});

test('an endless loop is told by source line', async () => {
  const argv = ['exec', guestFile('faults'), '--quiet', '--invoke', 'loop_forever', '0', '--max-cycles', '1000000'];
  const { exitCode, stderr } = await runCli(...argv);
  expect(exitCode).toBe(42);
  expect(stderr).toMatch(/guest\/programs\/bare\/faults\.ts:6[6-7]\)/);
});

const WAITING = `(module
  (import "machine" "pause" (func $pause))
  (memory 1)
  (func $wait (export "run") (loop $l (call $pause) (br_if $l (i32.eqz (i32.load (i32.const 64)))))))`;

test('cores that poll for ever are a deadlock, which says what they poll; without parking a cycle limit ends it', async () => {
  const file = await temporaryModule(WAITING);
  const { exitCode, stderr } = await runCli('exec', file, '--quiet', '--cores', '2');
  expect(exitCode).toBe(43);
  expect(stderr).toContain('every core polls for ever');
  expect(stderr).toMatch(/core 1 polls physical line \d+ in wait at byte 0x[0-9a-f]+/);
  const limited = await runCli('exec', file, '--quiet', '--parking', 'off', '--max-cycles', '100000');
  expect(limited.exitCode).toBe(42);
});
