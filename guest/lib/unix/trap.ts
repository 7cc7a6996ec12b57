// System calls as the images in user mode make them.
import { syscall } from '../machine';

@inline
export function call(n: i32, a: i32 = 0, b: i32 = 0, c: i32 = 0, d: i32 = 0, e: i32 = 0, f: i32 = 0): i32 {
  return <i32>syscall(n, a, b, c, d, e, f);
}

@inline
export function high(value: i64): i32 {
  return <i32>(value >> 32);
}
