// A random cycle through the lines of a region, for pointer chases: every line holds the address of the next, and each load needs the one
// before it.
import { nextRandom, seedRandom } from './random';

/** Lays one cycle through `count` lines from `region` on: Sattolo's algorithm, a shuffle whose result is always one cycle. */
export function layCycle(region: usize, count: usize, lineBytes: usize): void {
  for (let i: usize = 0; i < count; i++) store<usize>(region + i * lineBytes, region + i * lineBytes);
  seedRandom(1986);
  for (let i = count - 1; i > 0; i--) {
    const line = region + i * lineBytes;
    const other = region + (<usize>nextRandom() % i) * lineBytes;
    const moved = load<usize>(line);
    store<usize>(line, load<usize>(other));
    store<usize>(other, moved);
  }
}

/** Follows the cycle for `steps` steps; returns where it arrives. */
export function followCycle(from: usize, steps: i32): usize {
  let at = from;
  for (let i = 0; i < steps; i++) at = load<usize>(at);
  return at;
}
