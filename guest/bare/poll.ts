// One core at work while all others poll a word that it writes at the end. What the polling cores do must cost the working one nothing: their
// copies of the line stay with them.
import { arena, barrier, check, core, cores, MOST_LINE_BYTES, reportCell, start } from '../lib/bare';
import { cycles, pause } from '../lib/machine';
import { parameter } from '../lib/parameters';

export { answers, arrived, begun, episode, finished, stopOnTrap as trap } from '../lib/bare';

const ROUNDS: i32 = 20;
const NUMBERS: i32 = 32_768;
const PRIMES: i32 = 3_512;

export const done: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

export function boot(info: usize): void {
  start(info, measure);
}

function measure(): void {
  if (core == 0) {
    const rounds = parameter('rounds', ROUNDS);
    let before: i64 = 0;
    for (let round = -1; round < rounds; round++) {
      if (round == 0) before = cycles();
      check(sieve(arena(core)) == PRIMES, 'the sieve finds the primes');
    }
    reportCell(cores - 1, 'work', <f64>(cycles() - before) / <f64>rounds);
    store<i32>(done, 1);
  } else {
    while (load<i32>(done) == 0) pause();
  }
}

/** Eratosthenes' sieve, a byte a number: how many primes there are below NUMBERS. */
function sieve(flags: usize): i32 {
  memory.fill(flags, 1, NUMBERS);
  let primes = 0;
  for (let number = 2; number < NUMBERS; number++) {
    if (!load<u8>(flags + number)) continue;
    primes++;
    for (let multiple = 2 * number; multiple < NUMBERS; multiple += number) store<u8>(flags + multiple, 0);
  }
  return primes;
}
