// Roots of objects with several Reps: one for every so many CPUs in a row. A subclass says by `createRep` what a Rep is to begin with. It is
// called with the Root's lock, so what it takes from the Root, or from other Reps, cannot change meanwhile if those who change it take the lock as well.
import { coreCount } from '../../lib/machine';
import { release } from '../../lib/objects';
import { Rep } from './rep';
import { Root } from './root';

export abstract class ClusterRoot extends Root {
  private readonly reps: StaticArray<Rep | null>;

  constructor(
    /** How many CPUs share a Rep. */
    readonly clusterSize: i32,
    coid: usize = 0,
  ) {
    super(coid);
    this.reps = new StaticArray<Rep | null>((coreCount() + clusterSize - 1) / clusterSize);
  }

  /** A Rep for a cluster, on the CPU whose call was the first in it. */
  abstract createRep(cpu: i32): Rep;

  override repFor(cpu: i32): Rep {
    const cluster = cpu / this.clusterSize;
    let rep = unchecked(this.reps[cluster]);
    if (rep === null) {
      rep = this.createRep(cpu);
      rep.root = this;
      unchecked((this.reps[cluster] = rep));
    }
    return rep;
  }

  /** How many clusters there are. */
  @inline
  get clusters(): i32 {
    return this.reps.length;
  }

  /** The Rep of a cluster, null when nobody there has called yet. It stays; with the lock, so does null. */
  @inline
  repAt(cluster: i32): Rep | null {
    return unchecked(this.reps[cluster]);
  }

  override presentRep(cpu: i32): Rep | null {
    return this.repAt(cpu / this.clusterSize);
  }

  override reclaimReps(): void {
    for (let cluster = 0; cluster < this.clusters; cluster++) {
      const rep = this.repAt(cluster);
      if (rep === null) continue;
      rep.reclaim();
      release(rep);
    }
    release(this.reps);
  }
}

/** A Rep for each CPU. */
export abstract class PerCpuRoot extends ClusterRoot {
  constructor(coid: usize = 0) {
    super(1, coid);
  }
}
