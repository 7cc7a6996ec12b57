// Where calls wait while an object is being swapped. A kernel lets the thread sleep; where there are no threads the CPU does meanwhile what its idle loop would do.
import { pause } from '../../lib/machine';
import { serveAll } from '../messages';
import { cleanUp } from './clean-up';

export abstract class Gate {
  /** Waits a while, at most until the gate is open: who is to be kept out comes again. The caller holds no lock; what he has found stays his. */
  abstract wait(): void;

  /** From now on nobody waits any more. */
  abstract open(): void;
}

export class SpinningGate extends Gate {
  override wait(): void {
    pause();
    serveAll();
    cleanUp();
  }

  override open(): void {}
}
