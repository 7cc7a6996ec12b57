// Square matrices of f64, row by row in linear memory.

import { nextRandom } from './random';

/** Address of an element. */
@inline
export function at(matrix: usize, size: i32, row: i32, column: i32): usize {
  return matrix + ((<usize>(row * size + column)) << 3);
}

/** result = left * right, by the definition: one scalar product per element. */
export function multiply(result: usize, left: usize, right: usize, size: i32): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum: f64 = 0;
      for (let k = 0; k < size; k++) {
        sum += load<f64>(at(left, size, row, k)) * load<f64>(at(right, size, k, column));
      }
      store<f64>(at(result, size, row, column), sum);
    }
  }
}

/** Fills a matrix with pseudo-random numbers in 0 .. 1. */
export function fillRandom(matrix: usize, size: i32): void {
  for (let i = 0; i < size * size; i++) {
    store<f64>(matrix + ((<usize>i) << 3), <f64>nextRandom() / 4294967296.0);
  }
}

/** Scales every row to the sum 1, so that multiplying by the matrix again and again neither grows nor vanishes. */
export function normalizeRows(matrix: usize, size: i32): void {
  for (let row = 0; row < size; row++) {
    let sum: f64 = 0;
    for (let column = 0; column < size; column++) sum += load<f64>(at(matrix, size, row, column));
    for (let column = 0; column < size; column++) {
      const element = at(matrix, size, row, column);
      store<f64>(element, load<f64>(element) / sum);
    }
  }
}

/** A number that depends on every bit of a matrix. */
export function fingerprint(matrix: usize, size: i32): u64 {
  let hash: u64 = 0;
  for (let i = 0; i < size * size; i++) {
    hash = rotl<u64>(hash, 5) ^ load<u64>(matrix + ((<usize>i) << 3));
  }
  return hash;
}
