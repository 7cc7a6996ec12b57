// The Root of a clustered object: its shared part, and what decides which Rep serves which CPU. There is one for each object; to make it is to make
// the object, and `coid` is what clients get.
//
// A CPU's first call comes to `handleMiss`, which finds or makes the Rep and puts it into the CPU's entry. The Root remembers in whose entries it has put
// one: its miss set. Reps come one at a time, with the Root's lock; what goes through all Reps has it too, so none comes meanwhile. The lock is not
// needed to use a Rep that is there.
import { CpuSet } from '../../lib/cpu-set';
import { coreId } from '../../lib/machine';
import { release } from '../../lib/objects';
import { deferEverywhere } from './clean-up';
import { giveCoid, takeCoid } from './coid';
import { Deferred } from './deferred';
import { rootOf, setRoot } from './global-table';
import { localTable, localTableOf } from './local-table';
import { Rep } from './rep';
import { visitTo } from './visit';

export abstract class Root extends Deferred {
  readonly coid: usize;
  private missLow: u64 = 0;
  private missHigh: u64 = 0;
  private hasReps: bool = true;

  /** A new object; with a COID, what is to come in the place of its Root (`replaceRoot`). */
  constructor(coid: usize = 0) {
    super();
    if (coid == 0) {
      coid = takeCoid();
      setRoot(coid, this);
    }
    this.coid = coid;
  }

  /** The Rep for a CPU, which may have to be made: by `createRep`. The Root's lock is held. */
  abstract repFor(cpu: i32): Rep;

  /** The Reps' end, when nobody can have one any more: it releases them. */
  abstract reclaimReps(): void;

  /** A call has missed on this CPU. Returns its visit (visit.ts), or 0 when this is not the object's Root any more. */
  handleMiss(): i64 {
    this.lock();
    if (rootOf(this.coid) !== this) {
      this.unlock();
      return 0;
    }
    const cpu = coreId();
    const rep = this.repFor(cpu);
    this.missSet.add(cpu);
    localTable().install(this.coid, rep);
    this.unlock();
    return visitTo(rep);
  }

  /** The object has been destroyed, and its Reps can be reclaimed; and then, when that is so for all CPUs, the Root and the COID (destruction.ts). */
  override run(): void {
    if (this.hasReps) {
      this.reclaimReps();
      this.hasReps = false;
      if (this.isOfOneCpu) return deferEverywhere(this);
    }
    giveCoid(this.coid);
    release(this);
  }

  /** Whether this CPU is the only one that has ever had a Rep. */
  get isOfOneCpu(): bool {
    const cpu = this.missSet.next(0);
    return cpu == coreId() && this.missSet.next(cpu + 1) < 0;
  }

  /** CPUs in whose entries this Root has put a Rep. */
  get missSet(): CpuSet {
    return changetype<CpuSet>(changetype<usize>(this) + offsetof<Root>('missLow'));
  }
}

/**
 * Lets another Root, or none, handle what an object is called from now on: no call that begins after this reaches the old one's Reps, on any CPU. Calls that are
 * running go on. False when the old one is not the object's Root any more.
 */
export function replaceRoot(old: Root, root: Root | null): bool {
  const coid = old.coid;
  old.lock();
  const isCurrent = rootOf(coid) === old;
  if (isCurrent) {
    setRoot(coid, root);
    for (let cpu = old.missSet.next(0); cpu >= 0; cpu = old.missSet.next(cpu + 1)) localTableOf(cpu)!.remove(coid);
  }
  old.unlock();
  return isCurrent;
}
