// A directory that somebody has opened: the file server's number for it, and a position in it. What is in it only the server knows, so a descriptor of it is an
// operand of the server's operations.
import { EINVAL, EISDIR, S_IFDIR, SEEK_SET, STAT_INODE, STAT_MODE } from '../posix/abi';
import { release } from '../lib/objects';
import { OpenFile } from '../lib/unix/open-file';

export class ServedDirectory extends OpenFile {
  position: i32 = 0;

  constructor(
    flags: i32,
    readonly number: i32,
  ) {
    super(flags);
  }

  override read(buffer: usize, bytes: i32): i32 {
    return -EISDIR;
  }

  override readAt(buffer: usize, bytes: i32, offset: i64): i32 {
    return -EISDIR;
  }

  override seek(offset: i64, whence: i32): i64 {
    // To the beginning only: positions in between are nobody's business.
    if (whence != SEEK_SET || offset != 0) return -EINVAL;
    this.position = 0;
    return 0;
  }

  /** What the kernel knows; the rest is the server's to tell (STAT_OPEN). */
  override status(record: usize): void {
    store<i64>(record, this.number, STAT_INODE);
    store<i32>(record, S_IFDIR, STAT_MODE);
  }

  protected override close(): void {
    release(this);
  }
}
