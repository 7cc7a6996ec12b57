// One counter that all cores increment, in four ways: under a lock, by an atomic addition, and as an array with a word for each core,
// side by side or each in its own line (Appavoo et al., "Experience distributing objects in an SMMP OS", 2007, figure 3).
//
// A round trip is that of a protected procedure call: `work` cycles on the core itself, then the increment.
import {
  barrier,
  check,
  contend,
  core,
  MOST_LINE_BYTES,
  operationsDone,
  reportMean,
  start,
  total,
  work,
} from '../lib/bare';
import { parameter, parameterAt } from '../lib/parameters';
import { acquireQueued, releaseQueued } from '../lib/queue-lock';

export { answers, arrived, begun, episode, finished, stopOnTrap as trap } from '../lib/bare';

const ROUND_TRIPS: i32 = 192;
const MOST_CORES: i32 = 128;

export const lock: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const nodes: usize = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);
export const guarded: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const shared: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const unpadded: usize = memory.data(MOST_CORES * 8, MOST_LINE_BYTES);
export const padded: usize = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

export function boot(info: usize): void {
  start(info, measure);
}

/** Cycles on the core itself in each round trip. */
let local: i64 = 0;

function measure(): void {
  local = parameter('work', 0);
  for (let i = 0; ; i++) {
    const count = parameterAt('counts', i, 0);
    if (count == 0) break;
    const locked = roundTrips(count, 'lock', () => {
      work(local);
      acquireQueued(lock, nodes + core * MOST_LINE_BYTES);
      increment(guarded);
      releaseQueued(lock, nodes + core * MOST_LINE_BYTES);
    });
    const added = roundTrips(count, 'atomic', () => {
      work(local);
      atomic.add<i64>(shared, 1);
    });
    roundTrips(count, 'unpadded', () => {
      work(local);
      increment(unpadded + core * 8);
    });
    roundTrips(count, 'padded', () => {
      work(local);
      increment(padded + core * MOST_LINE_BYTES);
    });
    if (core == 0) {
      check(take(guarded) == locked, 'the lock keeps every increment');
      check(take(shared) == added, 'atomic additions keep every increment');
    }
    barrier();
  }
}

function increment(word: usize): void {
  store<i64>(word, load<i64>(word) + 1);
}

/** Reports the mean cycles of a round trip of the first `count` cores; returns how many there were, on core 0. */
function roundTrips(count: i32, column: string, roundTrip: () => void): f64 {
  reportMean(count, column, contend(0, count, parameter('operations', ROUND_TRIPS), roundTrip), count);
  return total(<f64>operationsDone);
}

/** The word, which begins again at 0. */
function take(word: usize): f64 {
  const value = load<i64>(word);
  store<i64>(word, 0);
  return <f64>value;
}
