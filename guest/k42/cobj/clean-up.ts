// Deferred work of each CPU, and what drives it (K42's cleanup daemon). The kernel calls `cleanUp` on every CPU outside of activations: at each tick of its timer,
// and in the idle loop:
//
//   if (cleanUp()) wakeMeSoon();
//   fallAsleep(); halt(); wakeUp();
//
// What no other CPU can have seen waits for this CPU's activations only; all else waits for the token.
import { MOST_CORES, MOST_LINE_BYTES } from '../../lib/limits';
import { coreId, cycles } from '../../lib/machine';
import { memoryIsShort } from '../../lib/page-frames';
import { localTable } from './local-table';
import { Deferred, DeferredQueue } from './deferred';
import { advanceGeneration, GENERATIONS_TO_END } from './generations';
import { hasHopped, hopsToQuiescence, moveToken } from './token';

/** How long a page of the local table is not to have been used, at least, when it is given back because memory is short. */
const RECLAIM_CYCLES: i64 = 1_000_000;

class CleanUp {
  /** What waits for generations. */
  readonly here: DeferredQueue = new DeferredQueue();
  /** What waits for the token. */
  readonly everywhere: DeferredQueue = new DeferredQueue();
  /** What waits for nothing but its turn. */
  readonly soon: DeferredQueue = new DeferredQueue();
  /** When pages of the local table may be given back, in cycles. */
  nextReclaim: i64 = 0;
}

/** Addresses of the CPUs' objects. */
const table = memory.data(MOST_CORES * 4, MOST_LINE_BYTES);

/** On each CPU, once. */
export function layOutCleanUp(): void {
  store<CleanUp>(table + 4 * coreId(), new CleanUp());
}

@inline
function mine(): CleanUp {
  return load<CleanUp>(table + 4 * coreId());
}

/** Runs it when all activations that this CPU has now have ended. */
export function deferHere(item: Deferred): void {
  mine().here.add(item, advanceGeneration() + GENERATIONS_TO_END);
}

/** Runs it when all activations that there are now in the machine have ended. */
export function deferEverywhere(item: Deferred): void {
  mine().everywhere.add(item, hopsToQuiescence());
}

/** Runs it when this CPU cleans up the next time. */
export function runSoon(item: Deferred): void {
  mine().soon.add(item, 0);
}

/** Does what is due, gives back pages of the local table where memory is short, and helps the others to that. True: something still waits. */
export function cleanUp(): bool {
  const queues = mine();
  moveToken();
  const generation = advanceGeneration();
  for (let item = queues.here.first; item !== null && item.due <= generation; item = queues.here.first)
    queues.here.removeFirst().run();
  for (let item = queues.everywhere.first; item !== null && hasHopped(item.due); item = queues.everywhere.first)
    queues.everywhere.removeFirst().run();
  // What puts itself off again is not run again now.
  const last = queues.soon.last;
  let isLast = last === null;
  while (!isLast) {
    const item = queues.soon.removeFirst();
    isLast = item === last;
    item.run();
  }
  if (memoryIsShort() && cycles() >= queues.nextReclaim) {
    localTable().reclaimPages();
    queues.nextReclaim = cycles() + RECLAIM_CYCLES;
  }
  return queues.soon.first !== null || queues.here.first !== null || queues.everywhere.first !== null;
}
