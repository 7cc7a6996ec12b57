// The store buffer: a store that misses does not hold the core up while there is room for it. Stores are done in their order; atomic operations and
// fences wait for all of them. Loads see the stores of their own core at once.
import {
  CORE_STORES,
  CORE_STORES_DONE,
  CORE_STORES_PENDING,
  CORE_STORE_TIMES,
  REG_CORE,
  REG_FENCE_CLOCK,
} from '../state/layout';
import { STORE_BUFFER } from './constants';
import { stall, ticksBetween, ticksAt } from './caches';
import { referenceTicks } from './clock';

/** A store's transaction takes `wait` ticks of the core's own from the packed clock `at` on: what of it the core waits for. */
export function bufferStore(core: u32, at: i64, wait: i64): i64 {
  const depth = STORE_BUFFER;
  if (depth == 0) return wait;
  const now = ticksAt(at);
  const done = max(now + <f64>referenceTicks(wait), load<f64>(core + CORE_STORES_DONE));
  const times = load<u32>(core + CORE_STORE_TIMES);
  let count = load<u32>(core + CORE_STORES);
  let retired: u32 = 0;
  while (retired < count && load<f64>(times + (retired << 3)) <= now) retired++;
  let pause: i64 = 0;
  if (count - retired == depth) {
    pause = ticksBetween(now, load<f64>(times + (retired << 3)));
    retired++;
  }
  count -= retired;
  if (retired) {
    for (let time = times; time < times + (count << 3); time += 8) store<f64>(time, load<f64>(time + (retired << 3)));
  }
  store<f64>(times + (count << 3), done);
  store<u32>(core + CORE_STORES, count + 1);
  store<f64>(core + CORE_STORES_DONE, done);
  store<u32>(core + CORE_STORES_PENDING, 1);
  return pause;
}

/** Waits for all stores; the packed clock afterwards. `remainder` is what it has been charged beyond the present. */
export function drainStores(core: u32, clock: i64, remainder: i64): i64 {
  store<u32>(core + CORE_STORES_PENDING, 0);
  store<u32>(core + CORE_STORES, 0);
  const now = ticksAt(clock + remainder);
  const done = load<f64>(core + CORE_STORES_DONE);
  return done > now ? stall(core, ticksBetween(now, done), clock) : clock;
}

/** The `fence` of a guest. */
export function fence(clock: i64, frame: u32): i64 {
  const core = load<u32>(REG_CORE);
  clock -= load<i64>(REG_FENCE_CLOCK);
  return load<u32>(core + CORE_STORES_PENDING) ? drainStores(core, clock, 0) : clock;
}
