// The AssemblyScript runtime of user programs: objects are blocks of the heap (heap.ts), and there is no garbage collector. An object lives until
// the program ends, or until `release(object)` gives it back (memory.ts): programs are short, and bulk data is in buffers that are freed by hand.
//
// Failed checks (an index out of range, a null reference, memory exhausted) end in `abort`, which tells what and where on stderr and traps, so that
// the kernel ends the process as after any other trap.

import { free, malloc, realloc, zeroed } from './heap';
import { reportAbort } from './abort';

/** In front of an object: number of its class at -8, its bytes at -4. */
const OBJECT_CLASS: usize = 8;
const OBJECT_BYTES: usize = 4;

function outOfMemory(): void {
  abort('out of memory');
}

@global
@unsafe
function __alloc(size: usize): usize {
  const block = malloc(size);
  if (block == 0) outOfMemory();
  return block;
}

@global
@unsafe
function __free(block: usize): void {
  free(block);
}

@global
@unsafe
function __new(size: usize, id: u32): usize {
  // Arrays count on zeroes.
  const object = zeroed(size);
  if (object == 0) outOfMemory();
  store<u32>(object - OBJECT_CLASS, id);
  store<u32>(object - OBJECT_BYTES, <u32>size);
  return object;
}

@global
@unsafe
function __renew(old: usize, size: usize): usize {
  const id = load<u32>(old - OBJECT_CLASS);
  const before = load<u32>(old - OBJECT_BYTES);
  const object = realloc(old, size);
  if (object == 0) outOfMemory();
  if (size > before) memory.fill(object + before, 0, size - before);
  store<u32>(object - OBJECT_CLASS, id);
  store<u32>(object - OBJECT_BYTES, <u32>size);
  return object;
}

@global
@unsafe
function __link(parent: usize, child: usize, expectMultiple: bool): void {}

@global
@unsafe
function __abort(message: string | null = null, file: string | null = null, line: u32 = 0, column: u32 = 0): void {
  reportAbort(message, file, line, column);
  unreachable();
}
