// A guest trap: what happened, where, and through which calls.
import {
  CAUSE_ABORT,
  CAUSE_DIVIDE_BY_ZERO,
  CAUSE_EXPECTED_SHARED,
  CAUSE_HOST,
  CAUSE_INTEGER_OVERFLOW,
  CAUSE_INVALID_CONVERSION,
  CAUSE_MEMORY_BOUNDS,
  CAUSE_MEMORY_GROW,
  CAUSE_MISUSE,
  CAUSE_NESTED_FAULT,
  CAUSE_NOT_RESUMABLE,
  CAUSE_PAGE_FAULT,
  CAUSE_PROTECTION,
  CAUSE_SIGNATURE,
  CAUSE_STACK_EXHAUSTED,
  CAUSE_SYSCALL,
  CAUSE_TABLE_BOUNDS,
  CAUSE_UNALIGNED_ATOMIC,
  CAUSE_UNDEFINED_ELEMENT,
  CAUSE_UNINITIALIZED_ELEMENT,
  CAUSE_UNREACHABLE,
} from '../state/layout.ts';
import type { Image } from './image.ts';

/** Causes in the words of the specification's tests. */
const CAUSES: ReadonlyMap<number, string> = new Map<number, string>([
  [CAUSE_UNREACHABLE, 'unreachable'],
  [CAUSE_DIVIDE_BY_ZERO, 'integer divide by zero'],
  [CAUSE_INTEGER_OVERFLOW, 'integer overflow'],
  [CAUSE_INVALID_CONVERSION, 'invalid conversion to integer'],
  [CAUSE_MEMORY_BOUNDS, 'out of bounds memory access'],
  [CAUSE_TABLE_BOUNDS, 'out of bounds table access'],
  [CAUSE_UNDEFINED_ELEMENT, 'undefined element'],
  [CAUSE_UNINITIALIZED_ELEMENT, 'uninitialized element'],
  [CAUSE_SIGNATURE, 'indirect call type mismatch'],
  [CAUSE_UNALIGNED_ATOMIC, 'unaligned atomic'],
  [CAUSE_STACK_EXHAUSTED, 'call stack exhausted'],
  [CAUSE_ABORT, 'abort'],
  [CAUSE_HOST, 'error in a host function'],
  [CAUSE_EXPECTED_SHARED, 'expected shared memory'],
  [CAUSE_PAGE_FAULT, 'page fault'],
  [CAUSE_PROTECTION, 'privileged intrinsic in user mode'],
  [CAUSE_SYSCALL, 'system call without a kernel that takes it'],
  [CAUSE_MEMORY_GROW, 'memory.grow without a kernel that takes it'],
  [CAUSE_NESTED_FAULT, 'page fault in the page-fault handler'],
  [CAUSE_NOT_RESUMABLE, 'the trap function has returned from a trap that cannot be resumed'],
  [CAUSE_MISUSE, 'misuse of an intrinsic'],
]);

export function causeName(cause: number): string {
  return CAUSES.get(cause) ?? `cause ${cause}`;
}

/** A call in progress when the trap happened. */
export interface TrapFrame {
  readonly image: Image;
  /** Index of the function in its module. */
  readonly function: number;
  /** Name from the name section, or what it is exported as, or `function N`. */
  readonly name: string;
  /** Byte offset of the instruction in the module; of the function's first one when it was about to be entered. */
  readonly offset: number;
}

/** Thrown by what runs guest code to its end; a machine's outcome holds it where several cores run. */
export class GuestTrap extends Error {
  /** CAUSE_* of the layout. */
  readonly code: number;
  /** The cause in words. */
  override readonly cause: string;
  readonly core: number;
  readonly cycle: number;
  /** Guest address of a memory fault. */
  readonly address: bigint | undefined;
  /** Innermost call first. */
  readonly frames: readonly TrapFrame[];
  /** What there is to say beyond the cause. */
  readonly detail: string | undefined;

  constructor(
    code: number,
    core: number,
    cycle: number,
    frames: readonly TrapFrame[],
    address?: bigint,
    detail?: string,
  ) {
    const cause = causeName(code);
    const what = detail === undefined ? cause : `${cause}: ${detail}`;
    const at = address === undefined ? '' : ` at address 0x${address.toString(16)}`;
    const where = frames.length > 0 ? ` in ${frames[0].name}` : '';
    super(`${what}${at} on core ${core}, cycle ${cycle}${where}`);
    this.name = 'GuestTrap';
    this.code = code;
    this.cause = cause;
    this.core = core;
    this.cycle = cycle;
    this.address = address;
    this.frames = frames;
    this.detail = detail;
  }
}

/** Thrown by a host function to trap its guest caller. */
export class TrapRequest extends Error {
  readonly code: number;

  constructor(code: number, detail?: string) {
    super(detail ?? causeName(code));
    this.code = code;
  }
}

/** A module's imports or segments do not fit what it is given. */
export class LinkError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LinkError';
  }
}
