// Hot swapping: another implementation takes an object's place while it is called on all CPUs (Soules and others, "System support for online reconfiguration", 2003).
//
//   forward    a mediator comes in front of the object. It counts the calls that come from now on. This lasts until all activations of before have ended:
//              then every call that is in the object has been counted
//   block      new calls wait until none is in it
//   transfer   what the object has goes to the new one, in a format that both know: the Root's part, and on each CPU that of its Rep. The next phase begins
//              when all have done
//   complete   the new Root comes in the mediator's place, calls go on to it, and the old object is reclaimed
//
// All this is done by `cleanUp`, so who starts it goes on at once; from the block phase on also by those who wait at a HelpingGate. Only one swap of an object
// goes on at a time. Two objects that call each other must not be swapped at the same time: a call in each could wait for the other.
//
// Callers may hold locks where three things are true. Nobody in the object wants these locks. The object has no parts of CPUs, whose transfer is sent to
// CPUs that may be waiting for such a lock, and do not look. And the gate is a HelpingGate: with one that only waits, the swap would wait for the `cleanUp`
// of a CPU that waits for a lock of somebody at the gate. So those at the gate need nobody but those in the object; these need no lock of theirs, and get
// answers to their calls. A Process is such an object: `brk` calls it with the address space's lock, and futexes with a bucket's.
import { EBUSY, EINVAL } from '../../lib/machine-constants';
import { coreId } from '../../lib/machine';
import { release } from '../../lib/objects';
import { sendTo } from '../messages';
import { deferEverywhere, runSoon } from './clean-up';
import { giveCoid, takeCoid } from './coid';
import { Deferred } from './deferred';
import { destroy, reclaimLater } from './destruction';
import { Gate, Progress } from './gate';
import { enterActivation, leaveActivation } from './generations';
import { rootOf } from './global-table';
import { moveBehind } from './interposer';
import { Mediator, PHASE_BLOCK, PHASE_FORWARD } from './mediator';
import { isAt, replaceRoot, Root } from './root';
import { DEAD } from './trampoline';
import { commonFormat, ROOT_PART } from './transfer';

/**
 * Lets `next`, constructed with the object's COID, take the place of its Root: 0, when it has begun. Otherwise `next` and the gate are still the caller's: DEAD when
 * there is no object, -EBUSY when it is being swapped, -EINVAL when they have no format in common.
 */
export function hotSwap(coid: usize, next: Root, gate: Gate): i32 {
  const mediator = new Mediator(coid, gate);
  mediator.behind = takeCoid();
  const answer = mediate(coid, next, mediator);
  if (answer == 0) return 0;
  giveCoid(mediator.behind);
  mediator.dismiss();
  release(mediator);
  return answer;
}

/** An object's own Root, behind interposers; a mediator while it is being swapped, and null where there is no object. */
export function objectOf(coid: usize): Root | null {
  return rootOf(placeOf(coid));
}

/** Whether an object is being swapped. */
export function isBeingSwapped(coid: usize): bool {
  return objectOf(coid) instanceof Mediator;
}

/** Where an object itself is, behind interposers, or where its mediator is. */
function placeOf(coid: usize): usize {
  const root = rootOf(coid);
  return root === null || root.behind == 0 || root instanceof Mediator ? coid : placeOf(root.behind);
}

function mediate(coid: usize, next: Root, mediator: Mediator): i32 {
  const place = placeOf(coid);
  const old = rootOf(place);
  if (old === null) return DEAD;
  if (old instanceof Mediator) return -EBUSY;
  const format = commonFormat(old, next);
  if (format == 0 || old.coid != next.coid) return -EINVAL;
  const swap = new HotSwap(mediator, old, next, format);
  mediator.swap = swap;
  // Something else may have come there meanwhile.
  if (!moveBehind(old, place, mediator)) {
    release(swap);
    return mediate(coid, next, mediator);
  }
  deferEverywhere(swap);
  return 0;
}

/** A swap that is under way. It is advanced outside of other activations, at first when those of the beginning have ended, then again and again; and by those at the gate. */
class HotSwap extends Deferred implements Progress {
  private isOver: bool = false;
  private isForgotten: bool = false;
  private isTransferring: bool = false;
  /** CPUs that have still to transfer their Rep's part. */
  private missing: i32 = 0;

  constructor(
    private readonly mediator: Mediator,
    private readonly old: Root,
    private readonly next: Root,
    private readonly format: u32,
  ) {
    super();
  }

  override run(): void {
    // Who has come to help has seen the mediator, and those activations have ended.
    if (this.isForgotten) return release(this);
    // The old object may be destroyed by others, but as long as this lasts it is not reclaimed.
    const entered = enterActivation();
    this.advance();
    this.isForgotten = this.isOver;
    if (this.isForgotten) deferEverywhere(this);
    else runSoon(this);
    leaveActivation(entered);
  }

  /** Takes the next steps, in an activation; one CPU at a time. */
  advance(): void {
    if (!this.tryLock()) return;
    if (!this.isOver) this.isOver = this.step();
    this.unlock();
  }

  /** Goes on as far as it can; true when all is over. */
  private step(): bool {
    const mediator = this.mediator;
    if (atomic.load<i32>(this.missingAt) != 0) return false;
    if (!this.isUnderWay) return this.giveUp();
    if (mediator.phase == PHASE_FORWARD) mediator.phase = PHASE_BLOCK;
    if (!this.isTransferring && mediator.isEmpty()) this.transfer();
    return this.isTransferring && atomic.load<i32>(this.missingAt) == 0 && this.complete();
  }

  /** Nobody is in the object any more, and nobody comes. */
  private transfer(): void {
    this.isTransferring = true;
    this.movePart(ROOT_PART);
    if (!this.old.hasParts) return;
    const cpus = this.old.missSet;
    for (let cpu = cpus.next(0); cpu >= 0; cpu = cpus.next(cpu + 1)) {
      atomic.add<i32>(this.missingAt, 1);
      sendTo(cpu, transferHere.index, changetype<usize>(this));
    }
  }

  /** The part of this CPU, on it. */
  transferHere(): void {
    const entered = enterActivation();
    if (this.isUnderWay) this.movePart(coreId());
    leaveActivation(entered);
    atomic.sub<i32>(this.missingAt, 1);
  }

  private movePart(part: i32): void {
    const state = this.old.exportPart(this.format, part);
    if (state === null) return;
    this.next.importPart(this.format, part, state);
    release(state);
  }

  private complete(): bool {
    const mediator = this.mediator;
    // An interposer may come in front just now, and give the mediator another place.
    if (!replaceRoot(mediator.place, mediator, this.next)) return false;
    mediator.place = 0;
    mediator.complete(this.next);
    destroy(mediator.behind);
    reclaimLater(mediator);
    return true;
  }

  /** The object has been destroyed meanwhile, and with it the mediator. */
  private giveUp(): bool {
    this.mediator.complete(null);
    reclaimLater(this.next);
    return true;
  }

  private get isUnderWay(): bool {
    const mediator = this.mediator;
    mediator.lock();
    const isThere = isAt(mediator.place, mediator);
    mediator.unlock();
    return isThere;
  }

  private get missingAt(): usize {
    return changetype<usize>(this) + offsetof<HotSwap>('missing');
  }
}

function transferHere(swap: usize, b: usize, c: usize): i32 {
  changetype<HotSwap>(swap).transferHere();
  return 0;
}
