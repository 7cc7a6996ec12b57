// The experiments there are.
import { nearest } from '../../machine/index.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { CommandFailure } from '../cli/failure.ts';
import type { Experiment } from './experiment.ts';
import { HOT_SWAP } from './questions/hot-swap.ts';
import { GREP, MAP_AND_UNMAP, ONE_FCM, ONE_REGION, PAGE_FAULTS, PROCESS_AND_GLOBAL_PM } from './questions/memory.ts';
import { PARALLEL_BUILD, POSTMARK, SDET } from './questions/multiprogramming.ts';
import { LOCALITY, OBJECT_ACCESSES } from './questions/objects.ts';
import { SERVER_COUNTER } from './questions/server-counter.ts';
import { UNMAP } from './questions/unmap.ts';

export const EXPERIMENTS: readonly Experiment[] = [
  SERVER_COUNTER,
  OBJECT_ACCESSES,
  LOCALITY,
  PAGE_FAULTS,
  HOT_SWAP,
  MAP_AND_UNMAP,
  PROCESS_AND_GLOBAL_PM,
  ONE_REGION,
  GREP,
  ONE_FCM,
  SDET,
  POSTMARK,
  PARALLEL_BUILD,
  UNMAP,
];

/** By name or number, in letters of any size. Throws a CommandFailure where there is none. */
export function experimentNamed(text: string): Experiment {
  const wanted = text.toLowerCase();
  const found = EXPERIMENTS.find(({ name, number }) => name === wanted || number?.toLowerCase() === wanted);
  if (found) return found;
  const meant = nearest(
    wanted,
    EXPERIMENTS.flatMap(({ name, number }) => (number === undefined ? [name] : [name, number])),
  );
  throw new CommandFailure(EXIT.usage, `there is no experiment "${text}"`, {
    where: EXPERIMENTS.map(({ name, question }) => `${name}: ${question}`),
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}
