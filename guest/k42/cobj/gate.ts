// Where calls wait while an object is being swapped. Whoever waits stays in the middle of his activation and serves calls of other CPUs: those who are in the
// object may need that to leave it.
//
//   SpinningGate   the CPU does meanwhile what its idle loop would do. Its callers hold no lock: what that runs may want it
//   HelpingGate    the CPU takes the swap's steps itself. Its callers may hold locks that nobody wants in the object (hot-swap.ts)
import { relax } from '../lock';
import { serveAll } from '../messages';
import { cleanUp } from './clean-up';

/** What is waited for. */
export interface Progress {
  /** Goes on with it, unless somebody else does just now. */
  advance(): void;
}

export abstract class Gate {
  /** Waits a while, at most until the gate is open: who is to be kept out comes again. What he has found stays his. */
  abstract wait(swap: Progress): void;

  /** From now on nobody waits any more. */
  abstract open(): void;
}

export class SpinningGate extends Gate {
  override wait(swap: Progress): void {
    relax();
    serveAll();
    cleanUp();
  }

  override open(): void {}
}

export class HelpingGate extends Gate {
  override wait(swap: Progress): void {
    relax();
    swap.advance();
  }

  override open(): void {}
}
