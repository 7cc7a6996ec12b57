// How one run of a litmus program is laid out in time and space, chosen at random from a seed.
import type { Random } from '../fuzz/random.ts';
import { MEMORY_BYTES } from './compile.ts';
import { type LitmusTest, locationsOf } from './program.ts';

export interface Schedule {
  /** The core of each thread. */
  readonly cores: readonly number[];
  /** The address of each location. */
  readonly addresses: readonly number[];
  /** Rounds of the delay loop before each operation of each thread. */
  readonly delays: readonly (readonly number[])[];
  /** Before the threads start: which core writes (the value that is there) or reads all locations, in this order. */
  readonly visits: readonly { readonly core: number; readonly write: boolean }[];
}

/** What is known of the machine: schedules should reach across its lines and its times. */
export interface Terrain {
  readonly cores: number;
  readonly lineBytes: number;
  /** What one round of the delay loop takes, in cycles, about. */
  readonly delayCycles: number;
  /** Whether locations may lie at any address within a line. */
  readonly unaligned: boolean;
}

/** From nothing to more than any transaction takes, in cycles. */
const STEPS = [0, 5, 20, 60, 200, 800];
/** Two addresses at this distance meet in one set of any private cache. */
const SAME_SET_BYTES = 4096;
const WORD = 4;

export function chooseSchedule(test: LitmusTest, random: Random, terrain: Terrain): Schedule {
  const cores = shuffled(
    Array.from({ length: terrain.cores }, (_, core) => core),
    random,
  );
  return {
    cores: cores.slice(0, test.threads.length),
    addresses: chooseAddresses(locationsOf(test).length, random, terrain),
    delays: random.oneIn(3) ? freeDelays(test, random, terrain) : orderedDelays(test, random, terrain),
    visits: Array.from({ length: random.below(4) }, () => ({
      core: random.oneIn(2) ? random.pick(cores) : random.pick(cores.slice(0, test.threads.length)),
      write: random.oneIn(3),
    })),
  };
}

/** All in one line, each in its own, or as many lines of one set of a cache. */
function chooseAddresses(count: number, random: Random, { lineBytes, unaligned }: Terrain): number[] {
  const layout = random.below(3);
  const stride = layout === 0 ? 2 * WORD : layout === 1 ? lineBytes * (1 + random.below(3)) : SAME_SET_BYTES;
  const first = lineBytes * random.below((MEMORY_BYTES - (count + 1) * SAME_SET_BYTES) / lineBytes);
  const last = Math.min(stride, lineBytes) - (layout === 0 ? WORD : 2 * WORD);
  const offset = () => (unaligned && random.oneIn(3) ? random.below(last + 1) : WORD * random.below(last / WORD + 1));
  const addresses = Array.from({ length: count }, (_, i) => first + i * stride + offset());
  return shuffled(addresses, random);
}

/** Each delay by itself. */
function freeDelays(test: LitmusTest, random: Random, terrain: Terrain): number[][] {
  const longest = Math.ceil(random.pick(STEPS) / terrain.delayCycles);
  return test.threads.map((thread) => thread.map(() => random.below(longest + 1)));
}

/** Delays that make one interleaving of all operations likely: each has a time of its own, a step behind the one before. */
function orderedDelays(test: LitmusTest, random: Random, terrain: Terrain): number[][] {
  const step = random.pick(STEPS) / terrain.delayCycles;
  const left = test.threads.map((thread) => thread.length);
  const ranks: number[][] = left.map(() => []);
  for (let rank = 0; left.some((count) => count > 0); rank++) {
    const thread = pickThread(left, random);
    ranks[thread]?.push(rank);
    left[thread] = (left[thread] as number) - 1;
  }
  return ranks.map((own) => own.map((rank, i) => Math.round((rank - (own[i - 1] ?? -1) - 1) * step)));
}

/** A thread that has operations left. Half of the time all are as likely, else those with more to do are: long runs and fair mixtures. */
function pickThread(left: readonly number[], random: Random): number {
  const ready = left.flatMap((count, thread) => (count > 0 ? [thread] : []));
  if (random.oneIn(2)) return random.pick(ready);
  return random.pick(left.flatMap((count, thread) => Array<number>(count).fill(thread)));
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
