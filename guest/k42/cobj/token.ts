// The token that goes from CPU to CPU in a circle. A CPU hands it on when all activations that were there when it came have ended (generations.ts). So when
// it has been with everybody, all activations that there were before in the machine have ended. Who hands it on says so to the next one, who looks before each
// activation whether it has been told; nobody else looks at it then.
//
// The token is the number of times that it was handed on; who has it follows from that. It rests when nobody waits for a number. A CPU that sleeps does
// not hand it on: others do so in its place, as it has no activations.
import { MOST_CORES, MOST_LINE_BYTES } from '../../lib/limits';
import { coreCount, coreId, fence } from '../../lib/machine';
import { advanceGeneration, announceToken, GENERATIONS_TO_END, isAsleep, noteToken } from './generations';

/** i64: how often it was handed on, and how often it is to be. */
const HOPS: usize = 0;
const WANTED: usize = 8;
const token = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

/** When the token came to a CPU: its number, and that of the CPU's generations. */
@unmanaged
class Stay {
  hops: i64;
  generation: i32;
}

const stays = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

/** The number from which on no activation can have seen what this CPU has changed before. */
export function hopsToQuiescence(): i64 {
  // The changes first: no activation that begins at the token's next stop may miss them.
  fence();
  // Each stop that begins from now on, and the end of the last of them: who has the token may have had it for long.
  return atomic.load<i64>(token, HOPS) + coreCount() + 1;
}

/** Whether the token has been handed on so often. If not, it goes on. */
export function hasHopped(hops: i64): bool {
  if (atomic.load<i64>(token, HOPS) >= hops) return true;
  // When another CPU's lower number comes after this one, the next look at it sets it right.
  const wanted = atomic.load<i64>(token, WANTED);
  if (wanted < hops) {
    atomic.store<i64>(token, hops, WANTED);
    const now = atomic.load<i64>(token, HOPS);
    // It may have rested.
    if (wanted <= now) announceToken(<i32>(now % coreCount()));
  }
  return false;
}

/** Hands the token on, if it may be. To be called again and again, outside of activations. */
export function moveToken(): void {
  const stay = changetype<Stay>(stays + coreId() * MOST_LINE_BYTES);
  let hasMoved = false;
  for (;;) {
    const hops = atomic.load<i64>(token, HOPS);
    const holder = <i32>(hops % coreCount());
    const rests = atomic.load<i64>(token, WANTED) <= hops;
    noteToken(!rests && holder == coreId());
    if (rests) return;
    if (holder != coreId()) {
      if (!isAsleep(holder)) {
        if (hasMoved) announceToken(holder);
        return;
      }
    } else {
      if (stay.hops != hops) {
        stay.hops = hops;
        stay.generation = advanceGeneration();
      }
      if (!hasEnded(stay.generation)) return;
    }
    hasMoved = atomic.cmpxchg<i64>(token, hops, hops + 1, HOPS) == hops;
  }
}

/** Whether the activations that this CPU had with a number of generations have ended. Where it has none the number goes up as far as need be. */
function hasEnded(generation: i32): bool {
  let now = 0;
  for (let i = 0; i < GENERATIONS_TO_END; i++) now = advanceGeneration();
  return now - generation >= GENERATIONS_TO_END;
}
