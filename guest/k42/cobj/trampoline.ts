// The trampoline: what calls do where a CPU's entry has the Default Object. It finds the Root in the global table, lets it handle the miss, and makes the
// call again on the Rep that serves this CPU. Interfaces are written so, since their own bodies are the methods of the Default Object:
//
//   export abstract class Counter extends Rep {
//     add(amount: i32): i32 {
//       const visit = arrive(this);
//       return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Counter>(visit).add(amount));
//     }
//   }
//
// Every method answers a word, and DEAD when there is no such object: one that has been destroyed, or never was.
import { panic } from '../../lib/panic';
import { rootOf } from './global-table';
import { Rep } from './rep';
import { coidOfDefault } from './translation';
import { attendantOf, refuse } from './visit';

export { isRefused, refusal, repOf } from './visit';

/** The answer of a call on an object that does not exist: ESTALE. */
export const DEAD: i32 = -116;

/** Where a call goes that has come to a Default Object. For each call that is let through there is a `depart`. */
export function arrive(defaultObject: Rep): i64 {
  const coid = coidOfDefault(changetype<usize>(defaultObject));
  if (coid == 0) panic('a method of a clustered object has no implementation');
  const root = rootOf(coid);
  return root === null ? refuse(DEAD) : root.handleMiss();
}

/** The call returns; `answer` is what its caller gets unless an attendant says otherwise. */
@inline
export function depart<T>(visit: i64, answer: T): T {
  const attendant = attendantOf(visit);
  return attendant === null ? answer : <T>attendant.depart(<i32>answer);
}
