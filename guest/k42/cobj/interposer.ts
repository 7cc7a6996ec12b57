// Interposers: what is put in front of an object while it is called, whatever its type. The object moves to another COID, by which the interposer reaches
// it (`behind`), and the interposer's Root comes in its place. So the object may have any Root, and be interposed any number of times. Clients see
// nothing of it. Calls that were under way when it came reach the object without it.
//
// There are two kinds. A generic one is a subclass of Interposer: it sees each call come and go, without knowing which, and can refuse it, send it to another
// object, or change its answer. A typed one is any Root whose Reps are of the object's interface: they call `dref<Counter>(this.root.behind)` with
// what operands they like. The Root is constructed with the object's COID.
import { EBUSY, EINVAL } from '../../lib/machine-constants';
import { giveCoid, takeCoid } from './coid';
import { reclaimLater } from './destruction';
import { rootOf } from './global-table';
import { Mediator } from './mediator';
import { Rep } from './rep';
import { isAt, putRoot, removeReps, Root } from './root';
import { DEAD } from './trampoline';
import { Attendant, attendedVisit, refuse } from './visit';

export abstract class Interposer extends Root implements Attendant {
  /** A call arrives. 0: it goes on, and `depart` is called with its answer; all else is its answer. */
  abstract arrive(): i32;

  /** A call returns with this answer; returns what the caller gets. Also when the interposer has been removed meanwhile. */
  abstract depart(answer: i32): i32;

  /** The object to which calls go on: an object of the same interface. */
  target(): usize {
    return this.behind;
  }

  /** No call is without it, so no Rep is installed. */
  override handleMiss(): i64 {
    const answer = this.arrive();
    return answer != 0 ? refuse(answer) : attendedVisit(this.repFor(0), this);
  }

  override repFor(cpu: i32): Rep {
    return load<Rep>(this.target());
  }

  override reclaimReps(): void {}
}

/** Puts a new Root in front of an object: 0, or DEAD when there is none, and the Root is still the caller's. */
export function interpose(coid: usize, front: Root): i32 {
  const behind = takeCoid();
  front.behind = behind;
  let root = rootOf(coid);
  while (root !== null && !moveBehind(root, coid, front)) root = rootOf(coid);
  if (root !== null) return 0;
  giveCoid(behind);
  return DEAD;
}

/** Puts a Root, which has its COID for what is behind, in front of one that is at a place. False when that is not there any more. */
export function moveBehind(root: Root, coid: usize, front: Root): bool {
  root.lock();
  const isThere = isAt(coid, root);
  if (isThere) {
    putRoot(front.behind, root);
    putRoot(coid, front);
    removeReps(root, coid);
  }
  root.unlock();
  return isThere;
}

/**
 * Takes away what was last put in front of an object, and reclaims it when no call is in it any more. 0; DEAD when there is no object, -EINVAL when nothing is in
 * front of it, -EBUSY when it is being swapped.
 */
export function removeInterposer(coid: usize): i32 {
  const front = rootOf(coid);
  if (front === null) return DEAD;
  if (front.behind == 0) return -EINVAL;
  if (front instanceof Mediator) return -EBUSY;
  const root = rootOf(front.behind);
  if (root === null) return DEAD;
  // Something else may have come in front meanwhile.
  if (!moveBack(root, coid, front)) return removeInterposer(coid);
  reclaimLater(front);
  return 0;
}

/** The two change places: calls that are on their way to what is behind still find the object there, until the interposer is reclaimed. */
function moveBack(root: Root, coid: usize, front: Root): bool {
  const behind = front.behind;
  front.lock();
  root.lock();
  const areThere = isAt(coid, front) && isAt(behind, root);
  if (areThere) {
    putRoot(coid, root);
    front.place = behind;
    removeReps(front, coid);
    removeReps(root, behind);
  }
  root.unlock();
  front.unlock();
  return areThere;
}
