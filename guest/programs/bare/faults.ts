// Programs that go wrong, one per export, each in its own way: what the machine says about them is tested, and they show what its messages
// look like. `n` only keeps the compiler from knowing the outcome: 0 is the wrong value, where nothing else is said.

/** Traps with "integer divide by zero" for n = 0. */
export function divide_by_zero(n: i32): i32 {
  return 1000 / n;
}

/** Traps with "integer overflow": the smallest i32 divided by n - 1. */
export function divide_overflow(n: i32): i32 {
  return i32.MIN_VALUE / (n - 1);
}

/** Executes `unreachable`, two calls deep. */
export function reach_unreachable(n: i32): i32 {
  return inner(n) + 1;
}

function inner(n: i32): i32 {
  if (n == 0) unreachable();
  return n;
}

/** Loads from behind the end of the memory. */
export function load_out_of_bounds(n: i32): i32 {
  return load<i32>(0xfffffff0 + n);
}

/** Stores behind the end of the memory. */
export function store_out_of_bounds(n: i32): void {
  store<i32>(0xfffffff0 + n, n);
}

function takesOne(a: i32): i32 {
  return a + 1;
}

function takesTwo(a: i32, b: i32): i32 {
  return a + b;
}

/** Calls a function of one parameter as if it had two: each of the two stands in the table. */
export function wrong_signature(n: i32): i32 {
  const callee = n == 1 ? changetype<usize>(takesTwo) : changetype<usize>(takesOne);
  return call_indirect<i32>(load<u32>(callee), n, n);
}

/** Calls a table element that does not exist. */
export function undefined_element(n: i32): i32 {
  return call_indirect<i32>(1000 + n, n);
}

/** Calls the table's first element, which is null. */
export function null_element(n: i32): i32 {
  return call_indirect<i32>(n, n);
}

/** Recurses until no stack can hold it: a sum that is needed after each call, so it is no loop. */
export function recurse(n: i32): i32 {
  return recurse(n + 1) * 3 + n;
}

/** Never ends for n = 0. */
export function loop_forever(n: i32): i32 {
  let i = n;
  while ((i & 1) == n) i += 2;
  return i;
}
