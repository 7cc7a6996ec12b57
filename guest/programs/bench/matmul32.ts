// Products of 32 x 32 matrices of f64 by the definition. The three matrices take 24 KiB, so they fit in a first-level cache of usual size.
// One unit of work is one product. Character: two loads and a multiply-add per step of the innermost of three counted loops.

import { fillRandom, fingerprint, multiply, normalizeRows } from '../../lib/matrix';
import { seedRandom } from '../../lib/random';

const SIZE: i32 = 32;
const MATRIX_BYTES: i32 = SIZE * SIZE * sizeof<f64>();

const first: usize = memory.data(MATRIX_BYTES);
const second: usize = memory.data(MATRIX_BYTES);
const factor: usize = memory.data(MATRIX_BYTES);

/** Fills the factor. */
export function setup(): void {
  seedRandom(SIZE);
  fillRandom(factor, SIZE);
  normalizeRows(factor, SIZE);
}

/** Multiplies a random matrix by the factor `n` times; returns a fingerprint of the product's bits. */
export function run(n: i32): i64 {
  seedRandom(SIZE + 1);
  fillRandom(first, SIZE);
  let left = first;
  let result = second;
  for (let i = 0; i < n; i++) {
    multiply(result, left, factor, SIZE);
    const product = result;
    result = left;
    left = product;
  }
  return fingerprint(left, SIZE);
}
