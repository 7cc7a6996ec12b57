// A whole number within bounds, from an embedder.

/** Returns `value`. Throws a RangeError that names it where it is not a whole number from `low` to `high`. */
export function inRange(name: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} is ${value}, a whole number from ${low} to ${high} is expected`);
  }
  return value;
}
