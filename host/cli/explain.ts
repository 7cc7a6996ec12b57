// What the machine throws, as the one message that a user sees: what, where, what to do, and the exit status.
import { type GuestTrap, LinkError, WasmError } from '../../machine/index.ts';
import type { GuestCode } from '../guest-code.ts';
import { EXIT } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';

const TRAP_HINTS: [RegExp, string][] = [
  [/^integer divide by zero/, 'check the divisor before dividing'],
  [
    /^integer overflow|^invalid conversion/,
    'the float is outside the integer type; the saturating conversions (trunc_sat) do not trap',
  ],
  [/^out of bounds memory access/, 'the address is beyond the memory; memory.grow, or a larger initial memory'],
  [/^indirect call type mismatch/, 'the table entry has another signature than the call expects'],
  [/^(undefined|uninitialized) element/, 'no function stands at this index of the table'],
  [/^unaligned atomic/, 'atomic accesses must be naturally aligned'],
  [/^call stack exhausted/, 'the recursion is deeper than the frame stack'],
  [/^unreachable/, 'the program stopped itself: a failed assertion or an impossible case'],
];

/** At most this many frames of a call chain are shown: the innermost ones and the outermost. */
const SHOWN_FRAMES = 12;

/** A WasmError or LinkError as a failure; anything else is passed on as it is. */
export function explainLoading(error: unknown, file: string): unknown {
  if (error instanceof LinkError) {
    return new CommandFailure(EXIT.link, `${file} cannot be linked: ${error.message}`, {
      hint: 'a bare module may import "machine" (cycles, core_id, core_count, pause, fence, report, log, mark, exit), "env"."abort" and memories',
    });
  }
  if (!(error instanceof WasmError)) return error;
  const where = [`at byte ${error.offset} (0x${error.offset.toString(16)})`];
  if (error.kind === 'unsupported') {
    return new CommandFailure(EXIT.unsupported, `${file} cannot run on this machine: ${error.message}`, {
      where,
      hint: 'compile for WebAssembly 1.0 with sign extension, saturating conversions, bulk memory, multi-value, reference types and threads at most',
    });
  }
  if (error.kind === 'invalid') {
    return new CommandFailure(EXIT.invalid, `${file} is not a valid module: ${error.message}`, {
      where,
      hint: 'the compiler that wrote it broke a rule of WebAssembly; wasm-validate names the rule',
    });
  }
  return new CommandFailure(EXIT.malformed, `${file} is not a WebAssembly module: ${error.message}`, {
    where,
    hint: 'is the file complete, and compiled to WebAssembly?',
  });
}

export function explainTrap(
  trap: GuestTrap,
  codeOf: (frame: GuestTrap['frames'][number]) => GuestCode,
): CommandFailure {
  // The message says more than the cause: an address, the words of an abort.
  const what = trap.message.slice(0, trap.message.lastIndexOf(' on core '));
  const hint = TRAP_HINTS.find(([pattern]) => pattern.test(trap.cause))?.[1];
  return new CommandFailure(EXIT.trap, `${what} on core ${trap.core} at cycle ${trap.cycle.toLocaleString('en-US')}`, {
    where: callChain(trap.frames.map((frame) => codeOf(frame).location(frame.function, frame.offset))),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** `at f (file.ts:1)` lines, innermost first. A long chain keeps its two ends. */
export function callChain(locations: string[]): string[] {
  const lines = locations.map((location) => `at ${location}`);
  if (lines.length <= SHOWN_FRAMES) return lines;
  const hidden = lines.length - SHOWN_FRAMES;
  return [...lines.slice(0, SHOWN_FRAMES - 3), `   ... ${hidden.toLocaleString('en-US')} more`, ...lines.slice(-3)];
}
