// What a generator decides, as a list of numbers that can be replayed, shortened and lowered: shrinking works on the list, so that
// whatever it gives is a valid program again.
import { Random } from './random.ts';

export class Choices {
  /** What was chosen so far. */
  readonly taken: number[] = [];
  readonly #random: Random | undefined;
  readonly #replayed: readonly number[];

  /** Chooses at random, or repeats a list; behind its end everything is 0. */
  constructor(source: Random | readonly number[]) {
    this.#random = source instanceof Random ? source : undefined;
    this.#replayed = source instanceof Random ? [] : source;
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    const replayed = this.#replayed[this.taken.length] ?? 0;
    const choice = this.#random ? this.#random.below(limit) : Math.min(replayed, limit - 1);
    this.taken.push(choice);
    return choice;
  }

  /** True once in `n` times; never when the choices are all 0. */
  oneIn(n: number): boolean {
    return this.below(n) === n - 1;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  bits64(): bigint {
    const high = BigInt(this.below(0x1_0000_0000));
    return (high << 32n) | BigInt(this.below(0x1_0000_0000));
  }
}

/** The shortest and lowest list found for which `fails` is true, in at most `attempts` trials. */
export function shrinkChoices(
  choices: readonly number[],
  fails: (candidate: readonly number[]) => boolean,
  attempts = 3000,
): number[] {
  let best = [...choices];
  let left = attempts;
  const attempt = (candidate: number[]): boolean => {
    if (left <= 0) return false;
    left--;
    if (!fails(candidate)) return false;
    best = candidate;
    return true;
  };
  for (let improved = true; improved && left > 0; ) {
    improved = false;
    for (let size = Math.ceil(best.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let start = 0; start < best.length; ) {
        const without = [...best.slice(0, start), ...best.slice(start + size)];
        const zeroed = best.map((choice, i) => (i >= start && i < start + size ? 0 : choice));
        if (attempt(without)) improved = true;
        else {
          if (zeroed.some((choice, i) => choice !== best[i]) && attempt(zeroed)) improved = true;
          start += size;
        }
        if (left <= 0) return best;
      }
    }
  }
  return best;
}
