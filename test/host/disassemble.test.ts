// The listing: one text line an instruction, with its offset, cost and resume point.
import { expect, test } from 'vitest';
import { functionsOfText } from '../../host/cli/disassemble.ts';
import { guestFile } from '../../host/guest-programs.ts';
import { runCli, temporaryModule } from './run-cli.ts';

const MODULE = `(module
  (import "machine" "pause" (func $pause))
  (memory 1)
  (func $count (export "count") (param i32) (result i32) (local $n i32)
    (loop $again
      (call $pause)
      (i32.store (i32.const 0) (local.get $n))
      (br_if $again (i32.lt_s (local.tee $n (i32.add (local.get $n) (i32.const 1))) (local.get 0))))
    (local.get $n))
  (func $empty))`;

test('one text line is one instruction', () => {
  const text = [
    '(module',
    '  (func $f (type 0)',
    '    (local i32)',
    '    block  ;; label = @1',
    '      nop',
    '    end)',
    '  (func (;1;) (type 0))',
    '  (memory (;0;) 1))',
    '',
  ];
  expect(functionsOfText(text.join('\n'), 3)).toEqual([
    { index: 3, header: ['(func $f (type 0)', '(local i32)'], instructions: ['block  ;; label = @1', '  nop', 'end'] },
    { index: 4, header: ['(func (;1;) (type 0))'], instructions: [] },
  ]);
});

test('lists every function with offsets', async () => {
  const { exitCode, stdout } = await runCli('disassemble', await temporaryModule(MODULE));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^[0-9a-f]{6} +loop +loop/m);
  expect(stdout).toMatch(/^[0-9a-f]{6} .* call \$pause$/m);
  expect(stdout).toMatch(/^[0-9a-f]{6} +1 {2}access +i32\.store$/m);
  expect(stdout).toContain('$empty');
});

test('lists one function, by name or index', async () => {
  const file = await temporaryModule(MODULE);
  expect((await runCli('disassemble', file, '--function', 'count')).stdout).not.toContain('$empty');
  expect((await runCli('disassemble', file, '--function', '2')).stdout).toContain('$empty');
  for (const name of ['nobody', '99']) {
    const { exitCode, stdout, stderr } = await runCli('disassemble', file, '--function', name);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`has no function "${name}"`);
  }
});

test('listings name the source lines', async () => {
  const { stdout } = await runCli('disassemble', guestFile('faults'), '--function', 'divide_by_zero');
  expect(stdout).toContain(';; guest/programs/bare/faults.ts:6\n');
  expect(stdout).toMatch(/ 12 {2}trap +i32\.div_s$/m);
});
