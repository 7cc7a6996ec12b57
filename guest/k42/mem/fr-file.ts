// The pages of a file in memory: whatever was not written is zeroes. A file that the firmware has put into RAM begins as those frames, which lie one behind
// the other; each becomes a page of the FCM when that is first asked for it.
import { releaseFrame, shareFrame, zeroFrame } from '../../lib/page-frames';
import { PAGE_BYTES } from '../../lib/page-table';
import { ENOMEM } from '../../posix/abi';
import { dref } from '../cobj/rep';
import { newFR } from './fr';
import { HeldFR } from './fr-held';
import { PAGE_DIRTY } from './page-descriptor';
import { PM } from './pm';

class FileFR extends HeldFR {
  /** Physical address of the first frame. Each has a reference that is ours. */
  constructor(
    private readonly run: usize,
    private runPages: i32,
  ) {
    super();
  }

  provide(page: i32, pm: usize): i32 {
    if (page < this.runPages) {
      const frame = this.run + <usize>page * PAGE_BYTES;
      shareFrame(frame);
      dref<PM>(pm).countFrames(1);
      // The frame is the page: there is nothing to be gained by making it again.
      return <i32>frame | PAGE_DIRTY;
    }
    const frame = dref<PM>(pm).takeFrame();
    if (frame == 0) return -ENOMEM;
    zeroFrame(frame);
    return <i32>frame;
  }

  isZero(page: i32): i32 {
    return page < this.runPages ? 0 : 1;
  }

  truncate(pages: i32): i32 {
    while (this.runPages > pages) {
      this.runPages--;
      releaseFrame(this.run + <usize>this.runPages * PAGE_BYTES);
    }
    return 0;
  }

  protected end(): void {
    this.truncate(0);
  }
}

/** Its COID, held by the caller. `pages` frames from `run` on become its own; with 0 the file begins empty. */
export function newFileFR(run: usize, pages: i32): usize {
  return newFR(new FileFR(run, pages));
}
