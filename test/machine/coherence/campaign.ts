// The random tester as a campaign: cases from a seed until a number of accesses is reached, and every failure with its seed, shrunk.
import { type Case, describeCase, failureOf, randomCase, runCase, shrinkCase } from './random-case.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** Accesses to make, at least. */
  readonly accesses: number;
  readonly stepsPerCase?: number;
  readonly firstCase?: number;
  readonly mostCores?: number;
  readonly progress?: (accesses: number, cases: number) => void;
}

export interface CampaignResult {
  readonly accesses: number;
  readonly cases: number;
  readonly checks: number;
  /** Executed rows of the protocols' tables, `state event`: how often. */
  readonly rows: ReadonlyMap<string, number>;
  /** What failed first, for people; undefined when nothing did. */
  readonly failure: string | undefined;
}

const STEPS_PER_CASE = 2000;

export function runCampaign(options: CampaignOptions): CampaignResult {
  const steps = options.stepsPerCase ?? STEPS_PER_CASE;
  const rows = new Map<string, number>();
  let accesses = 0;
  let checks = 0;
  let number = options.firstCase ?? 0;
  const first = number;
  for (; accesses < options.accesses; number++) {
    const which = randomCase(options.seed, number, steps, options.mostCores);
    try {
      const model = runCase(which);
      accesses += model.accesses;
      checks += model.controller.audit?.checks ?? 0;
      for (const [row, count] of Object.entries(model.controller.counters.events()))
        rows.set(row, (rows.get(row) ?? 0) + count);
    } catch {
      return { accesses, cases: number - first, checks, rows, failure: report(options.seed, number, which) };
    }
    options.progress?.(accesses, number - first);
  }
  return { accesses, cases: number - first, checks, rows, failure: undefined };
}

function report(seed: number, number: number, which: Case): string {
  const small = shrinkCase(which);
  return `seed ${seed}, case ${number}: ${failureOf(small)?.message}\n${describeCase(small)}`;
}
