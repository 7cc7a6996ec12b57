// Regular files: how long they are, and contents (contents.ts) in pages, so that processes can map what is read and written here. Pages that were never
// written are holes and read as zeroes. A file that the firmware has put into RAM starts with that run of pages, which is not copied.
//
// The caller of what changes a file holds the inode's lock. What is read between `startReading` and `endReading` is of one moment:
//
//   let reading = FIRST_READING;
//   do {
//     reading = file.startReading(reading);
//     file.read(...);
//   } while (!file.endReading(reading));
//
// Contents that need it have their readers share the lock for that. Others are read without: the file has a version, odd while somebody has the lock, by which a reader
// finds that he must read again, with the lock then. As long as nobody takes it, readers change nothing that they share. Buffers are addresses that do not
// fault: a kernel has looked up, and if need be made, the pages of its user before.
import { EFBIG, EINVAL, ENOSPC, S_IFREG } from '../../posix/abi';
import { Contents } from './contents';
import { Inode } from './inode';
import { FILE_PAGE_BYTES, PageStorage } from './page-storage';

const PAGE_BITS: i64 = 12;
const MOST_BYTES: i64 = 0x7fff_ffff;

/** What `startReading` begins with. */
export const FIRST_READING: u32 = 1;
/** Bits of a reading: it shares the lock, and interrupts were enabled before. Else it is the version, which is even then. */
const LOCKED: u32 = 1;
const INTERRUPTIBLE: u32 = 2;

export class File extends Inode {
  /** What follows is on a line of 64 bytes of its own: who copies contents does not wait for who takes the lock. */
  private readonly gap0: u64 = 0;
  private readonly gap1: u64 = 0;
  private readonly gap2: u32 = 0;
  private bytes: i64 = 0;
  /** Odd while somebody has the lock. */
  private version: u32 = 0;
  readonly contents: Contents;

  /** mode: permissions. */
  constructor(storage: PageStorage, number: i32, mode: i32) {
    super(storage, number, S_IFREG | (mode & 0o777));
    this.contents = storage.newContents();
  }

  override get size(): i64 {
    return this.bytes;
  }

  /** Lets an empty file consist of pages in a row, each with a reference that is the file's from now on. Behind its end the last one is zero. */
  adopt(run: usize, size: i64): void {
    this.contents.adopt(run, pagesOf(size));
    this.bytes = size;
  }

  /**
   * The page at an index with a reference for the caller, who maps it: 0 for a hole or when there is no memory; with `allocate` holes are filled. Nothing behind
   * the end. It stays the file's page until it is truncated.
   */
  frameOf(index: i32, allocate: bool): usize {
    if (index < 0 || index >= pagesOf(this.bytes)) return 0;
    return this.contents.pageAt(index, allocate);
  }

  override lock(): bool {
    const before = super.lock();
    if (!this.contents.isGuarded) atomic.store<u32>(this.versionAt, this.version + 1);
    return before;
  }

  override unlock(before: bool): void {
    if (!this.contents.isGuarded) atomic.store<u32>(this.versionAt, this.version + 1);
    super.unlock(before);
  }

  /** Before `read`, and `frameOf` without `allocate`. `before`: FIRST_READING, or what it has answered when the reading was in vain. */
  startReading(before: u32): u32 {
    const version = atomic.load<u32>(this.versionAt);
    if (before == FIRST_READING && !this.contents.isGuarded && (version & 1) == 0) return version;
    return LOCKED | (this.lockShared() ? INTERRUPTIBLE : 0);
  }

  /** False where the contents have been changed meanwhile: it is to be read again. */
  endReading(reading: u32): bool {
    if ((reading & LOCKED) == 0) return atomic.load<u32>(this.versionAt) == reading;
    this.unlockShared((reading & INTERRUPTIBLE) != 0);
    return true;
  }

  @inline
  private get versionAt(): usize {
    return changetype<usize>(this) + offsetof<File>('version');
  }

  /** Copies from the file; returns how many bytes: fewer at its end. */
  read(offset: i64, buffer: usize, bytes: i32): i32 {
    if (offset < 0 || bytes < 0) return -EINVAL;
    const end = min(offset + bytes, this.bytes);
    for (let at = offset; at < end; ) {
      const inPage = <usize>at & (FILE_PAGE_BYTES - 1);
      const count = min<usize>(FILE_PAGE_BYTES - inPage, <usize>(end - at));
      const to = buffer + <usize>(at - offset);
      if (!this.contents.read(<i32>(at >> PAGE_BITS), inPage, to, count)) return <i32>(at - offset);
      at += count;
    }
    return <i32>max<i64>(end - offset, 0);
  }

  /** Copies into the file; returns how many bytes, fewer than asked for when memory runs out, or an error when it is none. */
  write(offset: i64, buffer: usize, bytes: i32): i32 {
    if (offset < 0 || bytes < 0) return -EINVAL;
    if (bytes == 0) return 0;
    if (offset >= MOST_BYTES) return -EFBIG;
    const end = min(offset + bytes, MOST_BYTES);
    const before = pagesOf(this.bytes);
    const after = max(before, pagesOf(end));
    this.contents.resize(before, after);
    let at = offset;
    while (at < end) {
      const inPage = <usize>at & (FILE_PAGE_BYTES - 1);
      const count = min<usize>(FILE_PAGE_BYTES - inPage, <usize>(end - at));
      if (!this.contents.write(<i32>(at >> PAGE_BITS), inPage, buffer + <usize>(at - offset), count)) break;
      at += count;
    }
    if (at > offset) this.bytes = max(this.bytes, at);
    if (at < end) this.contents.resize(after, pagesOf(this.bytes));
    if (at == offset) return -ENOSPC;
    this.modified = this.storage.now();
    return <i32>(at - offset);
  }

  override truncate(size: i64): i32 {
    if (size < 0) return -EINVAL;
    if (size > MOST_BYTES) return -EFBIG;
    if (size < this.bytes) this.shorten(size);
    else this.contents.resize(pagesOf(this.bytes), pagesOf(size));
    this.bytes = size;
    this.modified = this.storage.now();
    return 0;
  }

  protected override dispose(): void {
    this.contents.dispose(pagesOf(this.bytes));
  }

  /** Releases the pages behind an end, and clears what of the last one is behind it: should the file grow again, that is zeroes. */
  private shorten(size: i64): void {
    const pages = pagesOf(size);
    this.contents.resize(pagesOf(this.bytes), pages);
    const kept = <usize>size & (FILE_PAGE_BYTES - 1);
    if (kept != 0) this.contents.clear(pages - 1, kept);
  }
}

/** Pages that so many bytes take. */
function pagesOf(bytes: i64): i32 {
  return <i32>((bytes + FILE_PAGE_BYTES - 1) >> PAGE_BITS);
}
