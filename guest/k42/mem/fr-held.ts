// What FRs have in common that come and go: they count who holds them, and end with the last one.
import { destroy } from '../cobj/destruction';
import { FR } from './fr';

export abstract class HeldFR extends FR {
  private holders: i32 = 1;

  isZero(page: i32): i32 {
    return 0;
  }

  truncate(pages: i32): i32 {
    return 0;
  }

  hold(): i32 {
    atomic.add<i32>(changetype<usize>(this) + offsetof<HeldFR>('holders'), 1);
    return 0;
  }

  letGo(): i32 {
    if (atomic.sub<i32>(changetype<usize>(this) + offsetof<HeldFR>('holders'), 1) != 1) return 0;
    this.end();
    destroy(this.root.coid);
    return 0;
  }

  /** Gives back what it has. Nobody asks it for pages any more. */
  protected abstract end(): void;
}
