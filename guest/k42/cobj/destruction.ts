// The end of clustered objects, without locks that keep them in existence. From `destroy` on all calls get DEAD, as if the object had never been; calls that have
// begun go on undisturbed. The Root and the Reps are reclaimed when no activation can have a reference to them, and the COID is used again.
//
// Reps that no other CPU has been given need not wait for the other CPUs: only the Root and the COID do.
import { tally } from '../../lib/machine';
import { TALLY_DESTROYED } from '../../lib/machine-constants';
import { deferEverywhere, deferHere } from './clean-up';
import { rootOf } from './global-table';
import { replaceRoot, Root } from './root';
import { DEAD } from './trampoline';

/** Ends an object, with what has been put in front of it. DEAD when there is none, or another destroys it. */
export function destroy(coid: usize): i32 {
  let root = rootOf(coid);
  while (root !== null && !replaceRoot(coid, root, null)) root = rootOf(coid);
  if (root === null) return DEAD;
  tally(coid, TALLY_DESTROYED);
  if (root.behind != 0) destroy(root.behind);
  reclaimLater(root);
  return 0;
}

/** Reclaims a Root at whose place calls do not miss any more, and its Reps. */
export function reclaimLater(root: Root): void {
  if (root.isOfOneCpu) deferHere(root);
  else deferEverywhere(root);
}
