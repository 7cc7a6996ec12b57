// A file or directory of a file system that somebody has opened: an inode, and a position in it.
//
// Bytes go between the inode's pages and those of the user, which are held, a few at a time, before the file is locked: no lock of the address space is
// taken with one of a file, since page faults take them the other way round. Readers share the file's lock, where its contents need one.
import { Directory } from '../fs/directory';
import { File, FIRST_READING } from '../fs/file';
import { Inode } from '../fs/inode';
import { release } from '../objects';
import { EBADF, EFAULT, EINVAL, EISDIR, O_APPEND, SEEK_CUR, SEEK_END, SEEK_SET } from '../../posix/abi';
import { SCRATCH_RECORD, scratchAt } from './scratch';
import { OpenFile } from './open-file';
import { holdRange } from 'kernel/user-memory';
import { copyOut, heldPage, letGoRange, upToPageEnd } from './user-memory';

/** Bytes of directory entries that are copied at once. */
const LIST_BYTES: i32 = 1024;

export class RegularFile extends OpenFile {
  private position: i64 = 0;

  /** The caller's reference to the inode becomes its own. */
  constructor(
    flags: i32,
    private readonly file: File,
  ) {
    super(flags);
  }

  read(buffer: usize, bytes: i32): i32 {
    this.lock();
    const answer = this.readAt(buffer, bytes, this.position);
    if (answer > 0) this.position += answer;
    this.unlock();
    return answer;
  }

  write(buffer: usize, bytes: i32): i32 {
    this.lock();
    const answer = this.put(buffer, bytes, this.position, (this.flags & O_APPEND) != 0);
    if (answer > 0) this.position += answer;
    this.unlock();
    return answer;
  }

  readAt(buffer: usize, bytes: i32, offset: i64): i32 {
    if (!this.canRead) return -EBADF;
    // What is behind the end needs no pages of the user's.
    const wanted = <i32>min<i64>(bytes, max<i64>(this.file.size - offset, 0));
    let done = 0;
    while (done < wanted) {
      const held = <i32>holdRange(buffer + done, wanted - done, true);
      if (held == 0) return done > 0 ? done : -EFAULT;
      let reading = FIRST_READING;
      let count = 0;
      do {
        reading = this.file.startReading(reading);
        count = this.transfer(buffer + done, held, offset + done, true);
      } while (!this.file.endReading(reading));
      letGoRange(buffer + done, held);
      if (count < 0) return done > 0 ? done : count;
      done += count;
      if (count < held) break;
    }
    return done;
  }

  writeAt(buffer: usize, bytes: i32, offset: i64): i32 {
    return this.put(buffer, bytes, offset, false);
  }

  /** With `appends` each piece goes to where the file ends by then, and the position with it: behind the last one it is `done` bytes in front of the end. */
  @inline
  private put(buffer: usize, bytes: i32, offset: i64, appends: bool): i32 {
    if (!this.canWrite) return -EBADF;
    let done = 0;
    while (done < bytes) {
      const held = <i32>holdRange(buffer + done, bytes - done, false);
      if (held == 0) return done > 0 ? done : -EFAULT;
      const before = this.file.lock();
      if (appends) this.position = offset = this.file.size - done;
      const count = this.transfer(buffer + done, held, offset + done, false);
      this.file.unlock(before);
      letGoRange(buffer + done, held);
      if (count < 0) return done > 0 ? done : count;
      done += count;
      if (count < held) break;
    }
    return done;
  }

  /** Copies between the file and pages that are held: how many bytes, or an error when it is none. The caller has the file's lock. */
  private transfer(buffer: usize, bytes: i32, offset: i64, reads: bool): i32 {
    let done = 0;
    for (let i = 0; done < bytes; i++) {
      const part = <i32>upToPageEnd(buffer + done, bytes - done);
      const page = heldPage(i);
      const count = reads ? this.file.read(offset + done, page, part) : this.file.write(offset + done, page, part);
      if (count < 0) return done > 0 ? done : count;
      done += count;
      if (count < part) break;
    }
    return done;
  }

  seek(offset: i64, whence: i32): i64 {
    this.lock();
    let from: i64 = -1;
    if (whence == SEEK_SET) from = 0;
    else if (whence == SEEK_CUR) from = this.position;
    else if (whence == SEEK_END) from = this.file.size;
    const to = from + offset;
    const good = from >= 0 && to >= 0;
    if (good) this.position = to;
    this.unlock();
    return good ? to : -EINVAL;
  }

  truncate(bytes: i64): i32 {
    if (!this.canWrite) return -EINVAL;
    const before = this.file.lock();
    const answer = this.file.truncate(bytes);
    this.file.unlock(before);
    return answer;
  }

  status(record: usize): void {
    statusOf(this.file, record);
  }

  get node(): File | null {
    return this.file;
  }

  protected close(): void {
    this.file.put();
    release(this);
  }
}

export class OpenDirectory extends OpenFile {
  /** For Directory.list. */
  private position: i32 = 0;

  constructor(
    flags: i32,
    private readonly directory: Directory,
  ) {
    super(flags);
  }

  read(buffer: usize, bytes: i32): i32 {
    return -EISDIR;
  }

  readAt(buffer: usize, bytes: i32, offset: i64): i32 {
    return -EISDIR;
  }

  list(buffer: usize, bytes: i32): i32 {
    const records = scratchAt(SCRATCH_RECORD);
    let done = 0;
    this.lock();
    while (done < bytes) {
      const place = this.position;
      const before = this.directory.lock();
      const count = this.directory.list(
        changetype<usize>(this) + offsetof<OpenDirectory>('position'),
        records,
        min(bytes - done, LIST_BYTES),
      );
      this.directory.unlock(before);
      const error = count > 0 ? copyOut(buffer + done, records, count) : count;
      if (error < 0) {
        this.position = place;
        if (done == 0) done = error;
        break;
      }
      if (count == 0) break;
      done += count;
    }
    this.unlock();
    return done;
  }

  seek(offset: i64, whence: i32): i64 {
    // To the beginning only: positions in between are nobody's business.
    if (whence != SEEK_SET || offset != 0) return -EINVAL;
    this.position = 0;
    return 0;
  }

  status(record: usize): void {
    statusOf(this.directory, record);
  }

  protected close(): void {
    this.directory.put();
    release(this);
  }
}

export function statusOf(inode: Inode, record: usize): void {
  const before = inode.lockShared();
  inode.stat(record);
  inode.unlockShared(before);
}
