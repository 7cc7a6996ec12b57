// Scripts for test kernels, as script.assembly.ts reads them, and their results.
import { expect } from 'vitest';
import type { GuestRun } from './kernel-runs.ts';

export interface Step<Operation extends string> {
  readonly core: number;
  readonly operation: Operation;
  readonly a: number;
  readonly b: number;
}

/** `operations`: all that the kernel knows, in the order of its numbers. */
export function scriptText<Operation extends string>(
  operations: readonly Operation[],
  steps: readonly Step<Operation>[],
): string {
  return steps.map(({ core, operation, a, b }) => `${core} ${operations.indexOf(operation)} ${a} ${b}`).join(' ');
}

/** The values of a run that has ended well. */
export function results({ values, message, lines, exitCode }: GuestRun): number[] {
  expect({ message, lines, exitCode }).toEqual({ message: undefined, lines: [], exitCode: 0 });
  return values;
}
