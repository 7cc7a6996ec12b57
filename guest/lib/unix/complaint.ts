// What the kernel says on the console when it ends a process: which, and for what; and to the people outside, what the thread was doing.
import { Line } from '../line';
import { consoleWrite, contextSelf, traceCalls } from '../machine';
import {
  CONSOLE_ERRORS,
  WASM_ABORT,
  WASM_DIVIDE_BY_ZERO,
  WASM_INTEGER_OVERFLOW,
  WASM_INVALID_CONVERSION,
  WASM_MEMORY_BOUNDS,
  WASM_SIGNATURE,
  WASM_STACK_EXHAUSTED,
  WASM_TABLE_BOUNDS,
  WASM_UNALIGNED_ATOMIC,
  WASM_UNDEFINED_ELEMENT,
  WASM_UNINITIALIZED_ELEMENT,
  WASM_UNREACHABLE,
} from '../machine-constants';
import { SIGABRT, SIGFPE, SIGILL, SIGKILL, SIGSEGV } from '../../posix/abi';
import { SCRATCH_RECORD, scratchAt } from './scratch';
import { Process } from './process';

function begin(process: Process): Line {
  const line = changetype<Line>(scratchAt(SCRATCH_RECORD)).begin();
  let bytes = 0;
  while (load<u8>(process.name + bytes) != 0) bytes++;
  return line.bytes(process.name, bytes).text(': process ').number(process.id).text(': ');
}

function end(line: Line): void {
  line.text('\n');
  consoleWrite(CONSOLE_ERRORS, line.textAddress, line.textBytes);
  line.close();
  traceCalls(contextSelf());
}

/** An access that ends a process: it may not be made, or there is no memory for it. */
export function complainOfAccess(process: Process, signal: i32, address: usize, write: bool): void {
  const line = begin(process);
  if (signal == SIGKILL) line.text('killed: out of memory at ').hex(<u32>address);
  else
    line
      .text('segmentation fault: ')
      .text(write ? 'store to ' : 'load from ')
      .hex(<u32>address);
  end(line);
}

/** A WebAssembly trap; the signal that it stands for. */
export function complainOfTrap(process: Process, cause: i32): i32 {
  end(begin(process).text(nameOf(cause)));
  if (cause == WASM_UNREACHABLE || cause == WASM_ABORT) return SIGABRT;
  if (cause >= WASM_DIVIDE_BY_ZERO && cause <= WASM_INVALID_CONVERSION) return SIGFPE;
  if (cause == WASM_MEMORY_BOUNDS || cause == WASM_UNALIGNED_ATOMIC || cause == WASM_STACK_EXHAUSTED) return SIGSEGV;
  return SIGILL;
}

/** A privileged intrinsic. */
export function complainOfPrivilege(process: Process): void {
  end(begin(process).text('illegal instruction: a privileged intrinsic'));
}

function nameOf(cause: i32): string {
  switch (cause) {
    case WASM_UNREACHABLE:
      return 'unreachable executed';
    case WASM_DIVIDE_BY_ZERO:
      return 'integer divide by zero';
    case WASM_INTEGER_OVERFLOW:
      return 'integer overflow';
    case WASM_INVALID_CONVERSION:
      return 'invalid conversion to integer';
    case WASM_MEMORY_BOUNDS:
      return 'out of bounds memory access';
    case WASM_TABLE_BOUNDS:
      return 'out of bounds table access';
    case WASM_UNDEFINED_ELEMENT:
      return 'undefined table element';
    case WASM_UNINITIALIZED_ELEMENT:
      return 'uninitialized table element';
    case WASM_SIGNATURE:
      return 'indirect call type mismatch';
    case WASM_UNALIGNED_ATOMIC:
      return 'unaligned atomic';
    case WASM_STACK_EXHAUSTED:
      return 'call stack exhausted';
    case WASM_ABORT:
      return 'aborted';
    default:
      return 'trap';
  }
}
