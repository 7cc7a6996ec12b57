// Free frames, each with one reference that is the list's. It needs no memory of its own: the list is kept in some of the frames (K42's FreeFrameList).
//
//   head -> [next, count, frame, frame, ...] -> [next, count, frame, ...] -> 0
//
// All but the first of these pages are full. Full ones go from list to list in one step. It has no lock of its own.
import { frameAddress } from '../../lib/page-frames';

/** Of a page of the list. */
const NEXT: usize = 0;
const COUNT: usize = 4;
const FRAMES: usize = 8;

export class FrameList {
  /** Physical address of the first page; 0 when the list is empty. */
  private head: usize = 0;
  /** How many full pages come behind it. */
  full: i32 = 0;
  // Up to the end of a line: a list is its CPU's own.
  private readonly gap0: u64 = 0;
  private readonly gap1: u64 = 0;
  private readonly gap2: u64 = 0;
  private readonly gap3: u64 = 0;
  private readonly gap4: u64 = 0;
  private readonly gap5: u64 = 0;
  private readonly gap6: u64 = 0;
  private readonly gap7: u64 = 0;
  private readonly gap8: u64 = 0;
  private readonly gap9: u64 = 0;
  private readonly gap10: u64 = 0;
  private readonly gap11: u64 = 0;
  private readonly gap12: u64 = 0;

  /** `capacity`: frames that a page keeps, itself not among them; the same for all lists. */
  constructor(private readonly capacity: i32) {}

  push(frame: usize): void {
    const head = this.head;
    if (head != 0) {
      const page = frameAddress(head);
      const count = load<i32>(page, COUNT);
      if (count < this.capacity) {
        store<usize>(page + ((<usize>count) << 2), frame, FRAMES);
        store<i32>(page, count + 1, COUNT);
        return;
      }
      this.full++;
    }
    store<usize>(frameAddress(frame), head, NEXT);
    store<i32>(frameAddress(frame), 0, COUNT);
    this.head = frame;
  }

  /** 0 when there is none. */
  pop(): usize {
    const head = this.head;
    if (head == 0) return 0;
    const page = frameAddress(head);
    const count = load<i32>(page, COUNT) - 1;
    if (count >= 0) {
      store<i32>(page, count, COUNT);
      return load<usize>(page + ((<usize>count) << 2), FRAMES);
    }
    this.head = load<usize>(page, NEXT);
    if (this.head != 0) this.full--;
    return head;
  }

  /** Takes a full page out, for `putFull`; 0 when there is none behind the first. */
  takeFull(): usize {
    if (this.full == 0) return 0;
    const page = frameAddress(this.head);
    const taken = load<usize>(page, NEXT);
    store<usize>(page, load<usize>(frameAddress(taken), NEXT), NEXT);
    this.full--;
    return taken;
  }

  putFull(page: usize): void {
    const head = this.head;
    store<usize>(frameAddress(page), head == 0 ? 0 : load<usize>(frameAddress(head), NEXT), NEXT);
    if (head == 0) {
      this.head = page;
    } else {
      store<usize>(frameAddress(head), page, NEXT);
      this.full++;
    }
  }
}
