// Many cores on one test-and-test-and-set lock: each acquires it, adds one to a counter beside it, and releases it.
import {
  barrier,
  check,
  contend,
  core,
  MOST_LINE_BYTES,
  operationsDone,
  reportCell,
  reportMean,
  start,
  total,
} from '../lib/bare';
import { parameter, parameterAt } from '../lib/parameters';
import { acquire, release } from '../lib/spin-lock';

export { stopOnTrap as trap } from '../lib/bare';

const ACQUISITIONS: i32 = 100;

const lock = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
const counter = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

export function boot(info: usize): void {
  start(info, measure);
}

function measure(): void {
  const acquisitions = parameter('operations', ACQUISITIONS);
  for (let i = 0; ; i++) {
    const count = parameterAt('counts', i, 0);
    if (count == 0) break;
    const cycles = contend(count, acquisitions, () => {
      acquire(lock);
      store<i64>(counter, load<i64>(counter) + 1);
      release(lock);
    });
    reportMean(count, 'acquisition', cycles, count);
    const perKilocycle = total(cycles == 0 ? 0 : 1000 / cycles);
    const acquired = total(operationsDone);
    if (core == 0) {
      reportCell(count, 'throughput', perKilocycle);
      check(<f64>load<i64>(counter) == acquired, 'only one core holds the lock');
      store<i64>(counter, 0);
    }
    barrier();
  }
}
