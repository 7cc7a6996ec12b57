// The runner notices every kind of wrong outcome: a suite that cannot fail proves nothing.
import { expect, test } from 'vitest';
import { MachineEngine } from '../../host/wast/machine-engine.ts';
import { runScript } from '../../host/wast/run-script.ts';
import { type Command, fulfils, parseScript } from '../../host/wast/script.ts';
import { assemble } from '../host/assemble.ts';
import { V8Engine } from './v8-engine.ts';

const MODULE = `(module
  (import "spectest" "print_i32" (func $print (param i32)))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "fail") unreachable)
  (func (export "endless") (call 3))
  (global (export "g") i32 (i32.const 7)))`;

const i32 = (value: string) => ({ type: 'i32' as const, value });
const add = (a: string, b: string) => ({ type: 'invoke' as const, field: 'add', args: [i32(a), i32(b)] });
const call = (field: string) => ({ type: 'invoke' as const, field, args: [] });

async function outcomeOf(commands: Omit<Command, 'line'>[]) {
  const modules: Record<string, Uint8Array> = {
    'a.wasm': await assemble(MODULE),
    'broken.wasm': new Uint8Array([1, 2, 3]),
    'unlinkable.wasm': await assemble('(module (import "nowhere" "f" (func)))'),
    'trapping.wasm': await assemble('(module (func $f unreachable) (start $f))'),
  };
  const numbered = [{ type: 'module' as const, filename: 'a.wasm' }, ...commands].map((c, line) => ({ line, ...c }));
  const script = { source_filename: 'a.wast', commands: numbered };
  return runScript(script, (name) => modules[name] as Uint8Array, new V8Engine());
}

const GOOD: Omit<Command, 'line'>[] = [
  { type: 'assert_return', action: add('2', '3'), expected: [i32('5')] },
  { type: 'assert_return', action: { type: 'get', field: 'g' }, expected: [i32('7')] },
  { type: 'action', action: add('2', '3'), expected: [{ type: 'i32' }] },
  { type: 'assert_trap', action: call('fail'), text: 'unreachable', expected: [] },
  { type: 'assert_exhaustion', action: call('endless'), text: 'call stack exhausted', expected: [] },
  { type: 'assert_malformed', filename: 'broken.wasm', module_type: 'binary', text: 'magic header not detected' },
  { type: 'assert_unlinkable', filename: 'unlinkable.wasm', text: 'unknown import' },
  { type: 'assert_uninstantiable', filename: 'trapping.wasm', text: 'unreachable' },
];

test('passes what is as the script says', async () => {
  expect(await outcomeOf(GOOD)).toEqual({ passed: GOOD.length, failed: 0, skipped: 0, failures: [] });
});

const BAD: [string, Omit<Command, 'line'>][] = [
  ['a wrong result', { type: 'assert_return', action: add('2', '3'), expected: [i32('6')] }],
  ['too few results', { type: 'assert_return', action: call('fail'), expected: [i32('6')] }],
  [
    'a trap where there is none',
    { type: 'assert_trap', action: add('2', '3'), text: 'unreachable', expected: [i32('0')] },
  ],
  ['another trap', { type: 'assert_trap', action: call('fail'), text: 'integer overflow', expected: [] }],
  ['no trap where there is one', { type: 'assert_return', action: call('fail'), expected: [] }],
  ['an unknown export', { type: 'assert_trap', action: call('nobody'), text: '', expected: [] }],
  ['a valid module called invalid', { type: 'assert_invalid', filename: 'a.wasm', text: '' }],
  ['a linkable module called unlinkable', { type: 'assert_unlinkable', filename: 'a.wasm', text: 'unknown import' }],
  ['a module that cannot be decoded', { type: 'module', filename: 'broken.wasm' }],
  ['registering what is not there', { type: 'register', name: '$nobody', as: 'x' }],
  ['a command that is not known', { type: 'assert_magic' as Command['type'] }],
];

test.each(BAD)('fails %s', async (_what, command) => {
  expect(await outcomeOf([command])).toMatchObject({ passed: 0, failed: 1 });
});

test('counts text modules apart', async () => {
  const command = { type: 'assert_malformed' as const, filename: 'a.wat', module_type: 'text' as const, text: '' };
  expect(await outcomeOf([command])).toMatchObject({ passed: 0, failed: 0, skipped: 1 });
});

test('counts what reference types made valid apart', async () => {
  const command = { type: 'assert_invalid' as const, filename: 'a.wasm', text: 'multiple tables' };
  expect(await outcomeOf([command])).toMatchObject({ passed: 0, failed: 0, skipped: 1 });
});

test('NaN patterns', () => {
  const f32 = (value: string) => ({ type: 'f32' as const, value });
  expect(fulfils(0x7fc0_0000n, f32('nan:canonical'))).toBe(true);
  expect(fulfils(0xffc0_0000n, f32('nan:canonical'))).toBe(true);
  expect(fulfils(0x7fc0_0001n, f32('nan:canonical'))).toBe(false);
  expect(fulfils(0x7fc0_0001n, f32('nan:arithmetic'))).toBe(true);
  expect(fulfils(0x7fa0_0000n, f32('nan:arithmetic'))).toBe(false);
  expect(fulfils(0x7fa0_0000n, f32('2141192192'))).toBe(true);
  expect(fulfils(0x7ff8_0000_0000_0000n, { type: 'f64', value: 'nan:canonical' })).toBe(true);
  expect(fulfils(5n, { type: 'either', values: [i32('4'), i32('5')] })).toBe(true);
  expect(fulfils(6n, { type: 'either', values: [i32('4'), i32('5')] })).toBe(false);
});

test('references', () => {
  expect(fulfils(0n, { type: 'externref', value: 'null' })).toBe(true);
  expect(fulfils(1n, { type: 'externref', value: '0' })).toBe(true);
  expect(fulfils(0n, { type: 'externref', value: '0' })).toBe(false);
  expect(fulfils(9n, { type: 'funcref' })).toBe(true);
  expect(fulfils(0n, { type: 'funcref' })).toBe(false);
});

test('refuses what is no script', () => {
  expect(() => parseScript('{}', 'x.json')).toThrow('x.json is not a wast2json file');
});

test('notices a core that comes to something else than the others', async () => {
  const bytes = await assemble(`(module
    (import "machine" "core_id" (func $core (result i32)))
    (func (export "same") (result i32) (i32.const 7))
    (func (export "other") (result i32) (i32.mul (i32.const 7) (i32.eqz (i32.eq (call $core) (i32.const 2)))))
    (func (export "trap") (result i32) (if (i32.eq (call $core) (i32.const 2)) (then unreachable)) (i32.const 7))
    (func (export "traps") (result i32) unreachable))`);
  const command = (field: string) => ({ type: 'assert_return' as const, action: call(field), expected: [i32('7')] });
  const traps = { type: 'assert_trap' as const, action: call('traps'), text: 'unreachable', expected: [i32('7')] };
  const commands = [command('same'), command('other'), command('trap'), traps, command('same')];
  const numbered = [{ type: 'module' as const, filename: 'a' }, ...commands].map((c, line) => ({ line, ...c }));
  const outcome = (cores: number) =>
    runScript({ source_filename: 'a', commands: numbered }, () => bytes, new MachineEngine('fast', cores));
  expect(outcome(2)).toMatchObject({ passed: 5, failed: 0 });
  const { passed, failures } = outcome(4);
  expect(passed).toBe(3);
  expect(failures.map(({ line }) => line)).toEqual([2, 3]);
  expect(failures[0]?.message).toContain('core 2 comes to 0, core 0 to 7');
  expect(failures[1]?.message).toContain('unreachable');
});
