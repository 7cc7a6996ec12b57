// Booting: what a kernel finds when its `boot` is called.
import { expect, it } from 'vitest';
import { kernelText, runInAllModes } from './kernel.ts';

it('calls boot with the address of the boot information', async () => {
  const run = await runInAllModes(
    kernelText('(func (export "boot") (param $info i32) (call $note32 (i32.load (local.get $info))))'),
  );
  expect(run.reason).toBe('finished');
  expect(run.notes).toEqual([`0: ${0x4d434f52}`]);
});
