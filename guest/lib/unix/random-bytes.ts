// random(): bytes of a generator that starts the same in every run: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014
// (SplitMix64). Its state is a counter, so cores share it without a lock. Not for cryptography.
import { MOST_LINE_BYTES } from '../limits';
import { EINVAL } from '../../posix/abi';
import { SCRATCH_WORD, scratchAt } from './scratch';
import { copyOut } from './user-memory';

const state = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

function next(): u64 {
  let z = atomic.add<u64>(state, GAMMA) + GAMMA;
  z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
  z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
  return z ^ (z >> 31);
}

export function fillRandom(buffer: usize, bytes: i32): i32 {
  if (bytes < 0) return -EINVAL;
  const word = scratchAt(SCRATCH_WORD);
  for (let done = 0; done < bytes; done += 8) {
    store<u64>(word, next());
    const error = copyOut(buffer + done, word, min(8, bytes - done));
    if (error != 0) return error;
  }
  return bytes;
}
