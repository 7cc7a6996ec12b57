// A core's own list of free frames: a stack of physical addresses, in front of the frames that it begins with. No lock: nobody else uses it.
import { RAM } from './boot-info';
import { PAGE_BYTES } from './page-table';

@unmanaged
export class FrameList {
  private free: i32;

  /** Makes a list of all whole frames in `bytes` of RAM from `start` (virtual, in the window onto RAM) on. The list itself takes the first. */
  static over(start: usize, bytes: usize): FrameList {
    const list = changetype<FrameList>(start);
    const most: usize = bytes / PAGE_BYTES;
    const own: usize = (4 * most + 4 + PAGE_BYTES - 1) / PAGE_BYTES;
    list.free = 0;
    // The lowest address is taken first.
    for (let frame: usize = most - 1; frame >= own; frame--) list.put(start + frame * PAGE_BYTES - RAM);
    return list;
  }

  get length(): i32 {
    return this.free;
  }

  /** The physical address of a frame. The list must not be empty. */
  take(): usize {
    this.free--;
    return load<usize>(this.place(this.free));
  }

  put(frame: usize): void {
    store<usize>(this.place(this.free), frame);
    this.free++;
  }

  @inline
  private place(index: i32): usize {
    return changetype<usize>(this) + 4 + 4 * index;
  }
}
