// Calls that make no Rep. Where memory is short a call that is to free some must not take any first; and what an object is asked by its end, or by who looks
// for memory, any of its Reps can answer.
import { coreId, tally } from '../../lib/machine';
import { TALLY_ACCESS } from '../../lib/machine-constants';
import { rootOf } from './global-table';
import { dref, Rep } from './rep';
import { defaultObject, homeOf } from './translation';

/** Whether a call on this CPU may have to make a Rep. */
@inline
export function needsRep(coid: usize): bool {
  return load<usize>(coid) == defaultObject(coid) && presentOn(coid, coreId()) === null;
}

/** A Rep that is there, this CPU's, or another one's; null where none is, or something is in front of the object. For one call, as with `dref`. */
export function presentRep<T>(coid: usize): T | null {
  let rep = presentOn(coid, coreId());
  if (rep === null) rep = presentOn(coid, homeOf(coid));
  if (rep === null) {
    const root = rootOf(coid);
    const cpu = root ? root.missSet.next(0) : -1;
    if (cpu >= 0) rep = presentOn(coid, cpu);
  }
  if (rep !== null) tally(coid, TALLY_ACCESS);
  return changetype<T | null>(rep);
}

/** As `dref`, for methods that may be called on any CPU's Rep: makes one only where there is none at all. */
export function drefAny<T>(coid: usize): T {
  if (load<usize>(coid) != defaultObject(coid)) return dref<T>(coid);
  const rep = presentRep<T>(coid);
  return rep === null ? dref<T>(coid) : changetype<T>(rep);
}

function presentOn(coid: usize, cpu: i32): Rep | null {
  const root = rootOf(coid);
  return root ? root.presentRep(cpu) : null;
}
