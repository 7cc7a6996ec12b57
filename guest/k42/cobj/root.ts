// The Root of a clustered object: its shared part, and what decides which Rep serves which CPU. There is one for each object; to make it is to make
// the object, and `coid` is what clients get.
//
// A CPU's first call comes to `handleMiss`, which finds or makes the Rep and puts it into the CPU's entry. The Root remembers in whose entries it has put
// one: its miss set. Reps come one at a time, with the Root's lock; what goes through all Reps has it too, so none comes meanwhile. The lock is not
// needed to use a Rep that is there.
import { CpuSet } from '../../lib/cpu-set';
import { coreId, tally } from '../../lib/machine';
import { TALLY_CREATED } from '../../lib/machine-constants';
import { release } from '../../lib/objects';
import { deferEverywhere } from './clean-up';
import { giveCoid, takeCoid } from './coid';
import { Deferred } from './deferred';
import { rootOf, setRoot } from './global-table';
import { localTable, localTableOf } from './local-table';
import { Rep } from './rep';
import { TransferState } from './transfer';
import { visitTo } from './visit';

export abstract class Root extends Deferred {
  /** The object's COID, by which its clients and itself call it. */
  readonly coid: usize;
  /** Where calls miss that this Root handles: the COID, as long as nothing is in front of the object. */
  place: usize = 0;
  /** The COID by which what this is in front of is called; 0 where this is in front of nothing (interposer.ts). */
  behind: usize = 0;
  private missLow: u64 = 0;
  private missHigh: u64 = 0;
  private hasReps: bool = true;

  /** A new object; with a COID, what is to come in the place of its Root, or before it. */
  constructor(coid: usize = 0) {
    super();
    this.coid = coid != 0 ? coid : takeCoid();
    if (coid == 0) {
      tally(this.coid, TALLY_CREATED);
      putRoot(this.coid, this);
    }
  }

  /** The Rep for a CPU, which may have to be made: by `createRep`. The Root's lock is held. */
  abstract repFor(cpu: i32): Rep;

  /** The Rep for a CPU if it has been made. What is in front of an object has none that others may call. */
  presentRep(cpu: i32): Rep | null {
    return null;
  }

  /** The Reps' end, when nobody can have one any more: it releases them. */
  abstract reclaimReps(): void;

  /** A call has missed on this CPU: returns its visit (visit.ts). */
  handleMiss(): i64 {
    this.lock();
    if (!isAt(this.place, this)) {
      this.unlock();
      // Another Root has come meanwhile, or none: there is a Default Object, which goes on to it.
      return visitTo(load<Rep>(this.place));
    }
    const cpu = coreId();
    const rep = this.repFor(cpu);
    this.missSet.add(cpu);
    localTable().install(this.place, rep);
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
    // What was to come in another's place may never have had it.
    if (this.place != 0) {
      setRoot(this.place, null);
      giveCoid(this.place);
    }
    release(this);
  }

  // --- for who takes its place, or whose place it takes: see transfer.ts

  /** Formats in which it can give away what it has; the highest is the best. */
  get exportSet(): u32 {
    return 0;
  }

  /** Formats in which it can take that. */
  get importSet(): u32 {
    return 0;
  }

  /** Whether Reps have something to give away, besides the Root. */
  get hasParts(): bool {
    return true;
  }

  /** Gives away the part of the Root (ROOT_PART), or of a CPU's Rep, on that CPU; null when there is nothing in it. No call is under way. */
  exportPart(format: u32, part: i32): TransferState | null {
    return null;
  }

  /** Takes it. The parts of CPUs come at the same time, behind that of the Root. No call has come yet. */
  importPart(format: u32, part: i32, state: TransferState): void {}

  // --- its end

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

/** Lets a Root handle what misses at a place. */
export function putRoot(place: usize, root: Root): void {
  root.place = place;
  setRoot(place, root);
}

/** Whether a Root, whose lock is held, handles what misses at a place. */
export function isAt(place: usize, root: Root): bool {
  return root.place == place && rootOf(place) === root;
}

/** Lets every CPU's calls miss at a place where a Root is or has been, whose lock is held. */
export function removeReps(root: Root, place: usize): void {
  const missSet = root.missSet;
  for (let cpu = missSet.next(0); cpu >= 0; cpu = missSet.next(cpu + 1)) localTableOf(cpu)!.remove(place);
}

/**
 * Lets another Root, or none, handle what is called at a place from now on: no call that begins after this reaches the old one's Reps, on any CPU. Calls that are
 * running go on. False when the old one is not there any more.
 */
export function replaceRoot(place: usize, old: Root, root: Root | null): bool {
  old.lock();
  const isThere = isAt(place, old);
  if (isThere) {
    if (root === null) setRoot(place, null);
    else putRoot(place, root);
    removeReps(old, place);
  }
  old.unlock();
  return isThere;
}
