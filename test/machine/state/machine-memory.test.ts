// The allocator of machine memory.
import { expect, it } from 'vitest';
import { MachineMemory } from '../../../machine/state/machine-memory.ts';

it('gives freed blocks out again, the last freed first, and zero', () => {
  const memory = new MachineMemory(1);
  const [first, second] = [memory.allocate(64), memory.allocate(64)];
  memory.u8.fill(1, first, first + 64);
  memory.release(second, 64);
  memory.release(first, 64);
  expect(memory.allocate(64)).toBe(first);
  expect(memory.u8.subarray(first, first + 64).every((byte) => byte === 0)).toBe(true);
  expect(memory.allocate(64)).toBe(second);
  expect([first, second]).not.toContain(memory.allocate(64));
});

it('keeps a freed block that one request cannot use for those that can', () => {
  const memory = new MachineMemory(1);
  const [first, second] = [memory.allocate(48), memory.allocate(48)];
  const [even, odd] = first % 64 === 0 ? [first, second] : [second, first];
  expect(odd % 64).not.toBe(0);
  memory.release(odd, 48);
  const aligned = memory.allocate(48, 64);
  expect(aligned % 64).toBe(0);
  expect([even, odd]).not.toContain(aligned);
  expect(memory.allocate(48)).toBe(odd);
});
