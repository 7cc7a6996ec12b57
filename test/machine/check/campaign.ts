// The random tester of the memory system as a campaign: cases by seed and number, and the first failure made smaller.
import { checkCase, describeCase, failureOf, type MemoryCase, randomCase, shrinkCase } from './memory-case.ts';

export interface CampaignOptions {
  readonly seed: number;
  readonly first?: number;
  readonly count: number;
  readonly mostCores?: number;
  readonly progress?: (cases: number, accesses: number) => void;
}

export interface CampaignResult {
  readonly cases: number;
  readonly accesses: number;
  /** Lines checked by the audits of the cases' first runs. */
  readonly checks: number;
  /** What failed first, for people; undefined when nothing did. */
  readonly failure: string | undefined;
}

export function runCampaign({ seed, first = 0, count, mostCores, progress }: CampaignOptions): CampaignResult {
  let accesses = 0;
  let checks = 0;
  for (let number = first; number < first + count; number++) {
    const which = randomCase(seed, number, mostCores);
    try {
      const { machine } = checkCase(which);
      checks += machine.audit?.checks ?? 0;
      for (let core = 0; core < machine.coreCount; core++) accesses += machine.core(core).accesses;
    } catch {
      return { cases: number - first, accesses, checks, failure: report(seed, number, which) };
    }
    progress?.(number - first + 1, accesses);
  }
  return { cases: count, accesses, checks, failure: undefined };
}

function report(seed: number, number: number, which: MemoryCase): string {
  const smallest = shrinkCase(which);
  return `seed ${seed}, case ${number}: ${failureOf(smallest)?.message}\n${describeCase(smallest)}`;
}
