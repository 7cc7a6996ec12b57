// Fibonacci numbers by their recursive definition. One unit of work is fibonacci(20), which makes 21,891 calls.
// Character: nothing but calls and returns; no memory access.

const ARGUMENT: i32 = 20;

function fibonacci(n: i32): i32 {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/** Computes the number `n` times; returns a checksum over all results. */
export function run(n: i32): i32 {
  let checksum = 0;
  for (let i = 0; i < n; i++) checksum = checksum * 31 + fibonacci(ARGUMENT);
  return checksum;
}
