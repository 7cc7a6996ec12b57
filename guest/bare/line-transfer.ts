// How long it takes to get a cache line that another core has written, for every two cores.
//
// The owner writes the line; when its store is done, the reader times one load of it. With `cas=1` it is measured as public tables of
// machines do it: both cores hand the line to and fro by compare-and-swap, and half a round trip is the latency.
import { barrier, check, core, cores, MOST_LINE_BYTES, reportPair, start } from '../lib/bare';
import { cycles, fence, pause } from '../lib/machine';
import { parameter } from '../lib/parameters';

export { answers, arrived, begun, episode, finished, stopOnTrap as trap } from '../lib/bare';

const REPETITIONS: i32 = 8;
const WARM_UP: i32 = 2;

export const line: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
export const turn: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

export function boot(info: usize): void {
  start(info, measure);
}

function measure(): void {
  const cas = parameter('cas', 0) != 0;
  const rounds = parameter('repetitions', REPETITIONS);
  for (let owner = 0; owner < cores; owner++) {
    for (let reader = 0; reader < cores; reader++) {
      if (core == 0) {
        store<i32>(turn, 0);
        store<i32>(line, 0);
      }
      barrier();
      if (core == owner || core == reader) {
        const latency = cas ? swap(owner, reader, rounds) : read(owner, reader, rounds);
        if (core == reader) reportPair(owner, reader, latency);
      }
      barrier();
    }
  }
}

/** Mean cycles of the reader's load. In the first rounds other cores may still be on their way out of the barrier. */
function read(owner: i32, reader: i32, rounds: i32): f64 {
  let total: i64 = 0;
  for (let round = 0; round < WARM_UP + rounds; round++) {
    if (core == owner) {
      waitForTurn(2 * round);
      store<i32>(line, round);
      fence();
      store<i32>(turn, 2 * round + 1);
    }
    if (core == reader) {
      waitForTurn(2 * round + 1);
      const before = cycles();
      const seen = load<i32>(line);
      const after = cycles();
      check(seen == round, 'the reader sees what the owner wrote');
      if (round >= WARM_UP) total += after - before;
      store<i32>(turn, 2 * round + 2);
    }
  }
  return <f64>total / <f64>rounds;
}

function waitForTurn(number: i32): void {
  while (load<i32>(turn) != number) pause();
}

/** Half of the mean cycles of a round trip. The first half of the rounds warms up. */
function swap(first: i32, second: i32, rounds: i32): f64 {
  let before: i64 = 0;
  for (let round = 0; round < 2 * rounds; round++) {
    if (round == rounds) before = cycles();
    if (core == first) exchange(2 * round, 2 * round + 1);
    if (core == second) exchange(2 * round + 1, 2 * round + 2);
  }
  return <f64>(cycles() - before) / <f64>(2 * rounds);
}

function exchange(from: i32, to: i32): void {
  while (atomic.cmpxchg<i32>(line, from, to) != from) {}
}
