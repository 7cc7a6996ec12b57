// Contexts: ten thousand of them cost their frame stacks and no more, and a copy goes on from where its original stands.
import { expect, it } from 'vitest';
import { Context } from '../../../machine/core/context.ts';
import type { FunctionRef } from '../../../machine/core/external.ts';
import {
  CONTEXT_BYTES,
  CONTEXT_READY,
  REG_FRAMES,
  STACK_KERNEL_ROOM,
  STACK_RED_ZONE,
  STAGGER_BYTES,
} from '../../../machine/state/layout.ts';
import { MachineMemory } from '../../../machine/state/machine-memory.ts';
import { I64 } from '../../../machine/wasm/types.ts';

const COUNT = 10_000;
const STACK = 4096;
const TARGET: FunctionRef = {
  kind: 'function',
  id: 12,
  type: { params: [I64, I64], results: [I64] },
  instance: undefined,
  index: 0,
  name: 'f',
};

const FRAME_BYTES = 48;

/** A memory whose table of frames knows the target's. */
function memoryWithFrames(): MachineMemory {
  const memory = new MachineMemory(1);
  const frames = memory.allocate(4 * (TARGET.id + 2));
  memory.store32(REG_FRAMES, frames);
  memory.store32(frames + 4 * (TARGET.id + 1), FRAME_BYTES);
  return memory;
}

/** Where the next allocation would be. */
function top(memory: MachineMemory): number {
  return memory.allocate(16, 16, false);
}

it('costs its frame stack and a record', () => {
  const memory = new MachineMemory(1);
  const before = top(memory);
  const contexts = Array.from({ length: COUNT }, () => new Context(memory, STACK));
  const used = top(memory) - before;
  // Stacks lie at multiples of a line: 63 bytes are lost at most.
  expect(used).toBeLessThanOrEqual(
    COUNT * (STACK + STACK_KERNEL_ROOM + STACK_RED_ZONE + STAGGER_BYTES + CONTEXT_BYTES + 64) + 64,
  );
  for (const context of contexts) context.destroy();
});

it('gives memory back that the next contexts take', () => {
  const memory = new MachineMemory(1);
  const first = Array.from({ length: 100 }, () => new Context(memory, STACK));
  const before = top(memory);
  for (const context of first) context.destroy();
  const second = Array.from({ length: 100 }, () => new Context(memory, STACK));
  expect(top(memory) - before).toBe(16);
  expect(new Set(second.map(({ record }) => record))).toEqual(new Set(first.map(({ record }) => record)));
});

it('begins with a call, as often as it is entered', () => {
  const memory = new MachineMemory(1);
  const context = new Context(memory, STACK);
  context.enter(TARGET, [5n, 1n << 63n]);
  expect(context.state).toBe(CONTEXT_READY);
  expect(context.top).toBe(context.base);
  expect(context.results(2)).toEqual([5n, 1n << 63n]);
  context.enter(TARGET, [6n, 7n]);
  expect(context.results(2)).toEqual([6n, 7n]);
});

it('is copied with the frames in use, and each copy is on its own', () => {
  const memory = memoryWithFrames();
  const context = new Context(memory, 65536);
  context.enter(TARGET, [1n, 2n]);
  const copies = Array.from({ length: 50 }, () => context.fork());
  context.enter(TARGET, [3n, 4n]);
  for (const copy of copies) {
    expect(copy.results(2)).toEqual([1n, 2n]);
    expect(copy.top - copy.base).toBe(context.top - context.base);
    copy.destroy();
  }
  expect(context.results(2)).toEqual([3n, 4n]);
});
