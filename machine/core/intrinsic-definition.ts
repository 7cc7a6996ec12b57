// How intrinsics are described, and how those in TypeScript read their parameters and answer.
import { FRAME_VALUES, TICKS_PER_CYCLE } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { I32, type ValueType } from '../wasm/types.ts';
import type { Builtin } from './function-table.ts';
import type { NativeBody } from './native-exports.ts';

/** How an intrinsic is made: a function of the native helper, or one here. */
export type Body = NativeBody | Builtin;

export interface IntrinsicDefinition {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly kernel: Body;
  /** INTRINSIC_* of machine/platform.ts, where user images may not have it. */
  readonly number?: number;
  /** What user images find; nothing: a protection fault. */
  readonly user?: Body;
}

/** One word of a frame's parameters. */
export function parameter(memory: MachineMemory, frame: number, i: number): number {
  return memory.load32(frame + FRAME_VALUES + 8 * i);
}

export function answer(memory: MachineMemory, frame: number, value: number): false {
  memory.store32(frame + FRAME_VALUES, value);
  return false;
}

/** A kernel's intrinsic that takes `count` words and answers one. */
export function onWords(
  memory: MachineMemory,
  name: string,
  number: number,
  count: number,
  act: (...words: number[]) => number,
): IntrinsicDefinition {
  return {
    name,
    number,
    params: new Array<ValueType>(count).fill(I32),
    results: [I32],
    kernel: (frame: number) => {
      const words = Array.from({ length: count }, (_, i) => parameter(memory, frame, i));
      return answer(memory, frame, act(...words));
    },
  };
}

/** A parameter that is a time in cycles, as ticks; undefined where it is not positive. */
export function deadline(memory: MachineMemory, frame: number, i: number): number | undefined {
  const at = (frame + FRAME_VALUES + 8 * i) >>> 2;
  const high = memory.i32[at + 1];
  const cycles = high * 2 ** 32 + memory.u32[at];
  // Later than 2^48 cycles is never.
  return cycles <= 0 || high >= 65536 ? undefined : cycles * TICKS_PER_CYCLE;
}
