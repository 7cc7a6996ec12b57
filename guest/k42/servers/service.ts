// What the kernel's servers have that others have not: system calls about the caller whose call a worker serves (service-numbers.ts), and words that it calls with.
import { syscall } from '../../lib/machine';
import { PpcCall } from '../ppc-api';
import { SYS_FETCH_AT, SYS_MEMORY_IS_SHORT, SYS_STORE_AT } from '../service-numbers';

/** A call: an operation, and four operands. */
@inline
export function operation(call: PpcCall): i32 {
  return call.a;
}

/** The fourth and the fifth word are those of the buffer. */
@inline
export function fourth(call: PpcCall): i32 {
  return <i32>call.buffer;
}

@inline
export function fifth(call: PpcCall): i32 {
  return call.bytes;
}

/** A system call of this server's. */
@inline
export function kernel(n: i32, a: i32 = 0, b: i32 = 0, c: i32 = 0, d: i32 = 0): i32 {
  return <i32>syscall(n, a, b, c, d, 0, 0);
}

/** Copies from the caller's memory: 0 or -EFAULT. */
export function fetchAt(address: usize, to: usize, bytes: i32): i32 {
  return kernel(SYS_FETCH_AT, <i32>address, <i32>to, bytes);
}

/** Copies to the caller's memory: 0 or -EFAULT. */
export function storeAt(address: usize, from: usize, bytes: i32): i32 {
  return kernel(SYS_STORE_AT, <i32>address, <i32>from, bytes);
}

/** Whether there is too little memory to make what lasts on a caller's account. */
export function memoryIsShort(): bool {
  return kernel(SYS_MEMORY_IS_SHORT) != 0;
}
