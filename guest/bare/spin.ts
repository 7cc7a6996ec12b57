// Many cores on one test-and-test-and-set lock: each acquires it, adds one to a counter beside it, releases it, and is busy elsewhere for a
// random time, as often as it can in a given time (Anderson, "The performance of spin lock alternatives", 1990). The lock is not fair: how the
// acquisitions are spread over the cores is shown too.
import { barrier, check, core, MOST_LINE_BYTES, reportCell, start, total, work } from '../lib/bare';
import { cycles } from '../lib/machine';
import { parameter, parameterAt } from '../lib/parameters';
import { nextRandom, seedRandom } from '../lib/random';
import { acquire, release } from '../lib/spin-lock';

export { answers, arrived, begun, episode, finished, stopOnTrap as trap } from '../lib/bare';

const DURATION: i32 = 1_000_000;
/** Mean cycles between a release and the next acquisition of a core. */
const DELAY: i32 = 500;
const WARM_UP: i64 = 50_000;
const MOST_CORES: i32 = 128;

export const lock: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const counter: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const acquisitions: usize = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

export function boot(info: usize): void {
  start(info, measure);
}

function measure(): void {
  const duration = parameter('duration', DURATION);
  const delay = parameter('delay', DELAY);
  seedRandom(core + MOST_CORES * parameter('seed', 0));
  for (let i = 0; ; i++) {
    const count = parameterAt('counts', i, 0);
    if (count == 0) break;
    barrier();
    const all = core < count ? contend(duration, delay) : 0;
    const acquired = total(<f64>all);
    if (core == 0) {
      check(<f64>load<i64>(counter) == acquired, 'only one core holds the lock');
      store<i64>(counter, 0);
      tell(count, duration);
    }
  }
}

/** Acquires the lock until the time is over; returns how often. Those after the warm-up and before the end are counted. */
function contend(duration: i32, delay: i32): i32 {
  const begin = cycles() + WARM_UP;
  const end = begin + duration;
  let all = 0;
  let counted = 0;
  for (let now = cycles(); now < end; now = cycles()) {
    acquire(lock);
    store<i64>(counter, load<i64>(counter) + 1);
    release(lock);
    all++;
    const done = cycles();
    if (done >= begin && done < end) counted++;
    work(nextRandom() % (2 * delay + 1));
  }
  store<i32>(acquisitions + core * MOST_LINE_BYTES, counted);
  return all;
}

function tell(count: i32, duration: i32): void {
  let sum = 0;
  let fewest = i32.MAX_VALUE;
  let most = 0;
  for (let other = 0; other < count; other++) {
    const own = load<i32>(acquisitions + other * MOST_LINE_BYTES);
    sum += own;
    fewest = min(fewest, own);
    most = max(most, own);
  }
  reportCell(count, 'handover', <f64>duration / <f64>sum);
  reportCell(count, 'throughput', (1000.0 * sum) / <f64>duration);
  reportCell(count, 'fewest', fewest);
  reportCell(count, 'most', most);
}
