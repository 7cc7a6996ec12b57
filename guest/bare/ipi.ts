// Interrupts from one core to another: what sending costs, how soon the handler runs on a core that computes and on one that is halted, and
// how soon the interrupted code goes on.
import { barrier, core, MOST_LINE_BYTES, reportCell, start, stopOnTrap, work } from '../lib/bare';
import { cycles, halt, interrupts, ipiSend, pause } from '../lib/machine';
import { TRAP_INTERRUPT } from '../lib/machine-constants';
import { parameterAt } from '../lib/parameters';

export { answers, arrived, episode } from '../lib/bare';

const VECTOR: i32 = 1;
const REPETITIONS: i32 = 32;

/** The cycle at which the handler ran, and the one at which the interrupted code went on. */
export const handled: usize = memory.data(8, MOST_LINE_BYTES);
export const resumed: usize = memory.data(8, MOST_LINE_BYTES);
export const ready: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

/** When this core's handler last ran. */
let handledAt: i64 = 0;

export function boot(info: usize): void {
  start(info, measure);
}

export function trap(cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  if (cause != TRAP_INTERRUPT) return stopOnTrap(cause, a, b, c, d, e, f);
  handledAt = cycles();
  return 0;
}

function measure(): void {
  for (let row = 0; parameterAt('senders', row, -1) >= 0; row++) {
    const sender = parameterAt('senders', row, 0);
    const receiver = parameterAt('receivers', row, 0);
    for (let halted = 0; halted < 2; halted++) {
      barrier();
      if (core == sender) send(row, receiver, halted != 0);
      if (core == receiver) receive(halted != 0);
      barrier();
    }
  }
}

function send(row: i32, receiver: i32, halted: bool): void {
  let sending: i64 = 0;
  let handling: i64 = 0;
  let resuming: i64 = 0;
  for (let i = 0; i < REPETITIONS; i++) {
    while (load<i32>(ready) <= i) pause();
    store<i64>(resumed, 0);
    // Long enough for the other core to be asleep, or amid its loop.
    work(2000);
    const before = cycles();
    ipiSend(receiver, VECTOR);
    const after = cycles();
    while (load<i64>(resumed) == 0) pause();
    sending += after - before;
    handling += load<i64>(handled) - before;
    resuming += load<i64>(resumed) - before;
  }
  store<i32>(ready, 0);
  if (!halted) reportCell(row, 'send', <f64>sending / REPETITIONS);
  reportCell(row, halted ? 'handler, halted' : 'handler, running', <f64>handling / REPETITIONS);
  reportCell(row, halted ? 'resumed, halted' : 'resumed, running', <f64>resuming / REPETITIONS);
}

function receive(halted: bool): void {
  for (let i = 0; i < REPETITIONS; i++) {
    handledAt = 0;
    interrupts(true);
    store<i32>(ready, i + 1);
    if (halted) halt();
    while (handledAt == 0) work(1);
    const now = cycles();
    interrupts(false);
    store<i64>(handled, handledAt);
    store<i64>(resumed, now);
  }
}
