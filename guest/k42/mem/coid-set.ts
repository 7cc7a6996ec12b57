// A set of COIDs: a hash table of chains, each sorted. It has no lock of its own.
import { release } from '../../lib/objects';

const BUCKETS: i32 = 32;

class Link {
  constructor(
    readonly coid: usize,
    public next: Link | null,
  ) {}
}

export class CoidSet {
  private readonly chains: StaticArray<Link | null> = new StaticArray<Link | null>(BUCKETS);

  add(coid: usize): void {
    const place = this.placeOf(coid);
    store<Link>(place, new Link(coid, load<Link | null>(place)));
  }

  /** It need not be there. */
  remove(coid: usize): void {
    const place = this.placeOf(coid);
    const link = load<Link | null>(place);
    if (link === null || link.coid != coid) return;
    store<usize>(place, changetype<usize>(link.next));
    release(link);
  }

  /** The one that follows after another one, which need not be there any more; with 0 the first. 0 when there are no more. */
  after(coid: usize): usize {
    let chain = 0;
    if (coid != 0) {
      const link = load<Link | null>(this.placeOf(coid + 1));
      if (link) return link.coid;
      chain = chainOf(coid) + 1;
    }
    for (; chain < BUCKETS; chain++) {
      const link = unchecked(this.chains[chain]);
      if (link) return link.coid;
    }
    return 0;
  }

  /** Where in its chain a COID is, or would be. */
  private placeOf(coid: usize): usize {
    let place = changetype<usize>(this.chains) + ((<usize>chainOf(coid)) << 2);
    let link = load<Link | null>(place);
    while (link && link.coid < coid) {
      place = changetype<usize>(link) + offsetof<Link>('next');
      link = link.next;
    }
    return place;
  }

  destroy(): void {
    for (let coid = this.after(0); coid != 0; coid = this.after(0)) this.remove(coid);
    release(this.chains);
    release(this);
  }
}

/** COIDs are multiples of 16, so one more belongs to the same chain. */
@inline
function chainOf(coid: usize): i32 {
  return <i32>(coid >> 4) & (BUCKETS - 1);
}
