// Recursive quicksort (Hoare's partition, middle element as pivot) of 4096 pseudo-random i32 in 16 KiB.
// One unit of work is filling and sorting the array once. Character: recursion, compares, loads and stores that do not predict.

import { nextRandom, seedRandom } from '../../lib/random';

const LENGTH: i32 = 4096;

const array: usize = memory.data(LENGTH * sizeof<i32>());

/** Address of an element. */
@inline
function at(index: i32): usize {
  return array + ((<usize>index) << 2);
}

/** Sorts the elements low .. high, both included. */
function sort(low: i32, high: i32): void {
  const pivot = load<i32>(at((low + high) >> 1));
  let left = low;
  let right = high;
  while (left <= right) {
    while (load<i32>(at(left)) < pivot) left++;
    while (load<i32>(at(right)) > pivot) right--;
    if (left <= right) {
      const moved = load<i32>(at(left));
      store<i32>(at(left), load<i32>(at(right)));
      store<i32>(at(right), moved);
      left++;
      right--;
    }
  }
  if (low < right) sort(low, right);
  if (left < high) sort(left, high);
}

/** Sorts `n` arrays; returns a checksum over the order of all their elements. */
export function run(n: i32): i32 {
  seedRandom(1962);
  let checksum: u32 = 0;
  for (let round = 0; round < n; round++) {
    for (let i = 0; i < LENGTH; i++) store<i32>(at(i), <i32>nextRandom());
    sort(0, LENGTH - 1);
    for (let i = 0; i < LENGTH; i++) checksum = checksum * 31 + load<u32>(at(i));
  }
  return checksum;
}
