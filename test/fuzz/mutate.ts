// The campaign of random mutations: valid modules are damaged, and this machine must accept or refuse the result as V8 does,
// soon, and without any error but its own. A case is given by the seed and its number, so that one can be run again alone.
import { corpus, type Seed } from './corpus.ts';
import { mutate } from './mutations.ts';
import { Random } from './random.ts';
import { shrinkModule } from './shrink.ts';
import { isDefect, judge, type VerdictKind } from './verdict.ts';

export interface MutationOptions {
  readonly seed: number;
  /** Number of cases. */
  readonly count: number;
  /** Number of the first case; 0 without it. */
  readonly first?: number;
  /** Modules to start from, instead of the corpus. */
  readonly modules?: readonly Seed[];
}

export interface MutationFailure {
  readonly seed: number;
  readonly number: number;
  /** The module that was mutated. */
  readonly origin: string;
  readonly message: string;
  /** The shrunk module. */
  readonly bytes: Uint8Array;
}

export interface MutationReport {
  readonly seed: number;
  readonly counts: Readonly<Record<VerdictKind, number>>;
  /** The time of the slowest case here and in V8, in milliseconds. */
  readonly slowestMs: number;
  readonly failures: readonly MutationFailure[];
}

const MAX_FAILURES = 10;

/** Runs cases until `count` is reached or ten of them have failed. */
export async function runMutations(options: MutationOptions): Promise<MutationReport> {
  const { seed, count, first = 0 } = options;
  const modules = options.modules ?? (await corpus());
  const counts: Record<VerdictKind, number> = {
    valid: 0,
    refused: 0,
    unsupported: 0,
    stricter: 0,
    disagree: 0,
    crash: 0,
  };
  const failures: MutationFailure[] = [];
  let slowestMs = 0;
  for (let number = first; number < first + count && failures.length < MAX_FAILURES; number++) {
    const random = new Random(seed, number);
    const origin = random.pick(modules);
    const bytes = mutate(origin.bytes, random);
    const start = performance.now();
    const verdict = judge(bytes);
    slowestMs = Math.max(slowestMs, performance.now() - start);
    counts[verdict.kind]++;
    if (!isDefect(verdict)) continue;
    const shrunk = shrinkModule(bytes, (candidate) => judge(candidate).kind === verdict.kind);
    failures.push({ seed, number, origin: origin.name, message: judge(shrunk).message, bytes: shrunk });
  }
  return { seed, counts, slowestMs, failures };
}

/** One failure for a person: how to run it again, what is wrong, and the module's bytes. */
export function describeFailure({ seed, number, origin, message, bytes }: MutationFailure): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `seed ${seed}, case ${number}, from "${origin}": ${message}\n  ${hex}`;
}
