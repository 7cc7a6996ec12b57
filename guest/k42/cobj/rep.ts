// A Representative: what a clustered object is to the CPUs that it serves. An interface is a subclass with methods that are trampolines (trampoline.ts), an
// implementation overrides them all. Reps are reached by `dref` only, and nobody keeps a pointer to one.
import { tally } from '../../lib/machine';
import { TALLY_ACCESS } from '../../lib/machine-constants';
import { Root } from './root';

export abstract class Rep {
  /** The object's shared part. */
  root: Root = changetype<Root>(0);

  /** Its end, when nobody can have it any more: before its memory is released. What it owns it gives back here. */
  reclaim(): void {}
}

/**
 * The Rep that serves this CPU, for one call: `dref<Region>(coid).handleFault(...)`. One load, whether there is a Rep yet or not; and an access
 * for reports of objects, which takes no time.
 */
@inline
export function dref<T>(coid: usize): T {
  tally(coid, TALLY_ACCESS);
  return load<T>(coid);
}
