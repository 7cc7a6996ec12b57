// Deterministic pseudo-random numbers for programs that need arbitrary data: the linear congruential generator of Knuth's MMIX
// (The Art of Computer Programming, volume 2, section 3.3.4). The low bits have short periods, so only the high half of the
// state is handed out. Not for cryptography or statistics.

let state: u64 = 1;

/** Starts the sequence that belongs to `seed`. */
export function seedRandom(seed: u64): void {
  state = seed;
}

/** The next number of the sequence, in 0 .. 2^32-1. */
export function nextRandom(): u32 {
  state = state * 6364136223846793005 + 1442695040888963407;
  return <u32>(state >> 32);
}
