// The images that a process runs, linked: the machine's number for them with their variables. It is released with the last context in it.
import { linkCopy, linkRelease } from '../machine';
import { release } from '../objects';

export class Link {
  private contexts: i32 = 1;

  /** For one context, which may be yet to come. */
  constructor(readonly number: i32) {}

  /** One more context. */
  hold(): void {
    atomic.add<i32>(changetype<usize>(this) + offsetof<Link>('contexts'), 1);
  }

  letGo(): void {
    if (atomic.sub<i32>(changetype<usize>(this) + offsetof<Link>('contexts'), 1) != 1) return;
    linkRelease(this.number);
    release(this);
  }

  /** One with the variables as they are now; none where there is no memory. */
  fork(): Link | null {
    const copy = linkCopy(this.number);
    return copy < 0 ? null : new Link(copy);
  }
}
