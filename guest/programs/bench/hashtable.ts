// A hash table with open addressing and linear probing: 2048 slots of a key and a count in 16 KiB, about 40 % full.
// One unit of work empties it, counts 1024 pseudo-random words and looks up 2048 words, more than half of which are absent.
// Character: short unpredictable loops over randomly chosen lines.

import { nextRandom, seedRandom } from '../../lib/random';

const SLOTS_LOG2: i32 = 11;
const SLOTS: i32 = 1 << SLOTS_LOG2;
const SLOT_BYTES: i32 = 8;
const INSERTIONS: i32 = 1024;
/** Keys are 1 .. KEYS: key 0 marks a free slot. */
const KEYS: u32 = 2048;

const table: usize = memory.data(SLOTS * SLOT_BYTES);

/** The slot that holds `key`, or the free slot where it belongs. */
function find(key: u32): usize {
  // Multiplicative hashing by 2^32 divided by the golden ratio (Knuth, volume 3, section 6.4).
  let index = (key * 2654435769) >> (32 - SLOTS_LOG2);
  while (true) {
    const slot = table + ((<usize>index) << 3);
    const found = load<u32>(slot);
    if (found == key || found == 0) return slot;
    index = (index + 1) & (SLOTS - 1);
  }
}

/** Adds one to the count of `key`. */
function count(key: u32): void {
  const slot = find(key);
  store<u32>(slot, key);
  store<u32>(slot, load<u32>(slot, 4) + 1, 4);
}

/** How often `key` was counted. */
function lookup(key: u32): u32 {
  return load<u32>(find(key), 4);
}

/** Fills and asks the table `n` times; returns a checksum over all answers. */
export function run(n: i32): i32 {
  seedRandom(1953);
  let checksum: u32 = 0;
  for (let round = 0; round < n; round++) {
    memory.fill(table, 0, SLOTS * SLOT_BYTES);
    for (let i = 0; i < INSERTIONS; i++) count((nextRandom() & (KEYS - 1)) + 1);
    for (let key: u32 = 1; key <= KEYS; key++) checksum = checksum * 31 + lookup(key);
  }
  return checksum;
}
