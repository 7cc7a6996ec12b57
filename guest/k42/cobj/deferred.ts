// What is to be done when nobody can have a reference any more that was found before: `run`, on the CPU that has put it off, outside of activations.
// See clean-up.ts.
import { Lockable } from '../lock';

export abstract class Deferred extends Lockable {
  nextDeferred: Deferred | null = null;
  /** The number of generations, or of the token, that it waits for. */
  due: i64 = 0;

  abstract run(): void;
}

/** Those of one CPU, in the order in which they are due. */
export class DeferredQueue {
  first: Deferred | null = null;
  last: Deferred | null = null;

  add(item: Deferred, due: i64): void {
    item.due = due;
    item.nextDeferred = null;
    const last = this.last;
    if (last === null) this.first = item;
    else last.nextDeferred = item;
    this.last = item;
  }

  removeFirst(): Deferred {
    const first = this.first!;
    this.first = first.nextDeferred;
    if (this.first === null) this.last = null;
    return first;
  }
}
