// A loop that does nearly nothing: one multiplication and one addition an iteration, no call and no access.
// One unit of work is one iteration. Character: in short windows, all that a core does is to be entered and left.

/** Takes `n` steps of a polynomial in 31; returns its value. */
export function run(n: i32): i32 {
  let value = 1;
  for (let i = 0; i < n; i++) value = value * 31 + i;
  return value;
}
