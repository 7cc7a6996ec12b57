// The buckets of a hash: words at addresses, in number a power of two. Many are in frames, with a directory of them, since no run of frames may be left
// for a table in one piece.
import { release } from '../../lib/objects';
import { frameAddress, releaseFrame, takeZeroFrame } from '../../lib/page-frames';
import { memoryStaysShort } from './global-pm';

const WORD_SHIFT: usize = 2;
const FRAME_SHIFT: i32 = 10;
const OF_FRAME: i32 = 1 << FRAME_SHIFT;
/** Up to these they are an object. */
const MOST_OF_OBJECT: i32 = 128;
export const MOST_BUCKETS: i32 = 256 << FRAME_SHIFT;

export class Buckets {
  private readonly directory: StaticArray<usize>;
  /** Those that were there before, which somebody may still be looking at. They end with these. */
  older: Buckets | null = null;

  private constructor(readonly length: i32) {
    this.directory = new StaticArray<usize>((length + OF_FRAME - 1) >> FRAME_SHIFT);
  }

  /** So many that are zero; null where there is no memory. */
  static create(length: i32): Buckets | null {
    if (memoryStaysShort()) return null;
    const buckets = new Buckets(length);
    return buckets.fill() ? buckets : null;
  }

  private fill(): bool {
    if (this.length <= MOST_OF_OBJECT) {
      unchecked((this.directory[0] = changetype<usize>(new StaticArray<usize>(this.length))));
      return true;
    }
    for (let i = 0; i < this.directory.length; i++) {
      const frame = takeZeroFrame();
      if (frame == 0) {
        this.destroy();
        return false;
      }
      unchecked((this.directory[i] = frameAddress(frame)));
    }
    return true;
  }

  /** Address of a bucket. */
  @inline
  at(i: i32): usize {
    return unchecked(this.directory[i >> FRAME_SHIFT]) + ((<usize>(i & (OF_FRAME - 1))) << WORD_SHIFT);
  }

  destroy(): void {
    const older = this.older;
    if (older) older.destroy();
    for (let i = 0; i < this.directory.length; i++) {
      const part = unchecked(this.directory[i]);
      if (part == 0) continue;
      if (this.length <= MOST_OF_OBJECT) release(changetype<StaticArray<usize>>(part));
      else releaseFrame(part - frameAddress(0));
    }
    release(this.directory);
    release(this);
  }
}
