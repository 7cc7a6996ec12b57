// The Root of an object that is not distributed: one Rep serves all CPUs. What they share is its own to lock.
import { release } from '../../lib/objects';
import { Rep } from './rep';
import { Root } from './root';

export class SingleRepRoot extends Root {
  constructor(
    private readonly rep: Rep,
    coid: usize = 0,
  ) {
    super(coid);
    rep.root = this;
  }

  override repFor(cpu: i32): Rep {
    return this.rep;
  }

  override presentRep(cpu: i32): Rep | null {
    return this.rep;
  }

  override reclaimReps(): void {
    this.rep.reclaim();
    release(this.rep);
  }
}
