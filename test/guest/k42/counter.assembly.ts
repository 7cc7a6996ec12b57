// A clustered object to try the others with: a counter, as the one that K42's authors explain theirs by. It can be added to and asked for its sum.
import { coreId, pause } from '../../../guest/lib/machine';
import { ClusterRoot } from '../../../guest/k42/cobj/cluster-root';
import { dref, Rep } from '../../../guest/k42/cobj/rep';
import { SingleRepRoot } from '../../../guest/k42/cobj/single-rep-root';
import { arrive, depart, isRefused, refusal, repOf } from '../../../guest/k42/cobj/trampoline';
import { ROOT_PART, TransferState } from '../../../guest/k42/cobj/transfer';

export abstract class Counter extends Rep {
  /** Returns how much this Rep has counted. */
  add(amount: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Counter>(visit).add(amount));
  }

  /** Adds two times: first by calling its own object, then to what it has itself; the later, the more it is. */
  addTwice(amount: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Counter>(visit).addTwice(amount));
  }

  /** The sum of all Reps. */
  sum(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Counter>(visit).sum());
  }
}

/** What counters transfer to others: formats, and the state in both of them. */
export const FORMAT_SUM: u32 = 1;
export const FORMAT_PARTS: u32 = 2;

class Amount extends TransferState {
  constructor(readonly amount: i32) {
    super();
  }
}

/** All CPUs count with one word. */
export class SharedCounter extends Counter {
  count: i32 = 0;

  override add(amount: i32): i32 {
    return atomic.add<i32>(changetype<usize>(this) + offsetof<SharedCounter>('count'), amount) + amount;
  }

  override addTwice(amount: i32): i32 {
    const first = dref<Counter>(this.root.coid).add(amount);
    // Long enough for others to come between.
    for (let i = 0; i < 10 * amount; i++) pause();
    return first < 0 ? first : this.add(amount);
  }

  override sum(): i32 {
    return atomic.load<i32>(changetype<usize>(this) + offsetof<SharedCounter>('count'));
  }

  /** Gives away what it has counted. */
  take(): TransferState | null {
    const amount = atomic.xchg<i32>(changetype<usize>(this) + offsetof<SharedCounter>('count'), 0);
    return amount == 0 ? null : new Amount(amount);
  }
}

export class SharedCounterRoot extends SingleRepRoot {
  constructor(coid: usize = 0) {
    super(new SharedCounter(), coid);
  }

  override get exportSet(): u32 {
    return FORMAT_SUM;
  }

  override get importSet(): u32 {
    return FORMAT_SUM;
  }

  override exportPart(format: u32, part: i32): TransferState | null {
    return part == ROOT_PART ? changetype<SharedCounter>(this.repFor(0)).take() : null;
  }

  override importPart(format: u32, part: i32, state: TransferState): void {
    changetype<SharedCounter>(this.repFor(0)).add(changetype<Amount>(state).amount);
  }
}

/** CPUs of a cluster count together. */
export class ClusterCounter extends SharedCounter {
  constructor(readonly madeOn: i32) {
    super();
  }

  override sum(): i32 {
    return changetype<ClusterCounterRoot>(this.root).sum();
  }
}

export class ClusterCounterRoot extends ClusterRoot {
  override createRep(cpu: i32): Rep {
    return new ClusterCounter(cpu);
  }

  override get exportSet(): u32 {
    return FORMAT_SUM | FORMAT_PARTS;
  }

  override get importSet(): u32 {
    return FORMAT_SUM | FORMAT_PARTS;
  }

  override exportPart(format: u32, part: i32): TransferState | null {
    if (format == FORMAT_SUM) return part == ROOT_PART ? new Amount(this.sum()) : null;
    return part == ROOT_PART ? null : this.counterOf(part).take();
  }

  /** A sum is counted as if it had all been added on this CPU. */
  override importPart(format: u32, part: i32, state: TransferState): void {
    this.counterOf(part == ROOT_PART ? coreId() : part).add(changetype<Amount>(state).amount);
  }

  private counterOf(cpu: i32): ClusterCounter {
    this.lock();
    const rep = this.repFor(cpu);
    this.unlock();
    return changetype<ClusterCounter>(rep);
  }

  sum(): i32 {
    let sum = 0;
    this.lock();
    for (let cluster = 0; cluster < this.clusters; cluster++) {
      const rep = changetype<ClusterCounter | null>(this.repAt(cluster));
      if (rep !== null) sum += atomic.load<i32>(changetype<usize>(rep) + offsetof<SharedCounter>('count'));
    }
    this.unlock();
    return sum;
  }

  countReps(): i32 {
    let reps = 0;
    for (let cluster = 0; cluster < this.clusters; cluster++) if (this.repAt(cluster) !== null) reps++;
    return reps;
  }
}
