// Waiting for a store of another core: by polling its line, and asleep in MWAIT. From the store to the waiting core's next instruction, whose
// first act is to look at the clock.
import { barrier, core, MOST_LINE_BYTES, reportCell, start, work } from '../lib/bare';
import { cycles, monitor, mwait, pause } from '../lib/machine';
import { parameterAt } from '../lib/parameters';

export { answers, arrived, begun, episode, finished, stopOnTrap as trap } from '../lib/bare';

const REPETITIONS: i32 = 32;
/** Cycles before a store: long enough for the other core to be asleep. */
const HEAD_START: i64 = 3000;
const NEVER: i64 = i64.MAX_VALUE;

export const flag: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const woken: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

export function boot(info: usize): void {
  start(info, measure);
}

function measure(): void {
  for (let row = 0; parameterAt('senders', row, -1) >= 0; row++) {
    const sender = parameterAt('senders', row, 0);
    const receiver = parameterAt('receivers', row, 0);
    for (let asleep = 0; asleep < 2; asleep++) {
      barrier();
      if (core == sender) wake(row, asleep != 0 ? 'mwait' : 'poll');
      if (core == receiver) wait(asleep != 0);
      barrier();
    }
  }
}

function wake(row: i32, column: string): void {
  let total: i64 = 0;
  for (let i = 1; i <= REPETITIONS; i++) {
    work(HEAD_START);
    store<i64>(woken, 0);
    const before = cycles();
    store<i32>(flag, i);
    while (load<i64>(woken) == 0) pause();
    total += load<i64>(woken) - before;
  }
  store<i32>(flag, 0);
  reportCell(row, column, <f64>total / REPETITIONS);
}

function wait(asleep: bool): void {
  for (let i = 1; i <= REPETITIONS; i++) {
    if (asleep) {
      monitor(flag);
      // What was written before the monitor was armed wakes nobody.
      while (load<i32>(flag) != i) {
        mwait(NEVER);
        monitor(flag);
      }
    } else {
      while (load<i32>(flag) != i) pause();
    }
    store<i64>(woken, cycles());
  }
}
