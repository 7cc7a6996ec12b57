// A clustered object to try the others with: a counter, as the one that K42's authors explain theirs by. It can be added to and asked for its sum.
import { coreId } from '../../../guest/lib/machine';
import { MOST_CORES } from '../../../guest/lib/limits';
import { ClusterRoot } from '../../../guest/k42/cobj/cluster-root';
import { Rep } from '../../../guest/k42/cobj/rep';
import { arrive, depart, isRefused, refusal, repOf } from '../../../guest/k42/cobj/trampoline';

export abstract class Counter extends Rep {
  /** Returns how much this Rep has counted. */
  add(amount: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Counter>(visit).add(amount));
  }

  /** The sum of all Reps. */
  sum(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Counter>(visit).sum());
  }
}

/** All CPUs count with one word. */
export class SharedCounter extends Counter {
  count: i32 = 0;

  override add(amount: i32): i32 {
    return atomic.add<i32>(changetype<usize>(this) + offsetof<SharedCounter>('count'), amount) + amount;
  }

  override sum(): i32 {
    return atomic.load<i32>(changetype<usize>(this) + offsetof<SharedCounter>('count'));
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
