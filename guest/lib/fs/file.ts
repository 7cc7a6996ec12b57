// Regular files. Contents are pages, so that processes can map what is read and written here; pages that were never written are holes and read as zeroes.
// A file that the firmware has put into RAM starts with that run of pages, which is not copied.
//
// The caller of every method holds the inode's lock; to read, and to find a frame without allocating one, it is enough to share it. Buffers are addresses that do not fault: a kernel has looked up, and if need be made, the pages of its
// user before.
import { EFBIG, EINVAL, ENOSPC, S_IFREG } from '../../posix/abi';
import { copyAhead } from '../copy';
import { release } from '../objects';
import { Inode } from './inode';
import { MOST_PAGES, PageTree } from './page-tree';
import { Storage } from './storage';

export const FILE_PAGE_BYTES: usize = 4096;
const MOST_BYTES: i64 = 0x7fff_ffff;

export class File extends Inode {
  /** What follows is on a line of 64 bytes of its own: who copies contents does not wait for who takes the lock. */
  private readonly gap0: u64 = 0;
  private readonly gap1: u64 = 0;
  private readonly gap2: u32 = 0;
  private bytes: i64 = 0;
  private tree: PageTree;
  /** Pages that lie one behind the other, in front of those of the tree. */
  private run: usize = 0;
  private runPages: i32 = 0;
  /** Of the storage. */
  private readonly base: usize;

  /** mode: permissions. */
  constructor(storage: Storage, number: i32, mode: i32) {
    super(storage, number, S_IFREG | (mode & 0o777));
    this.base = storage.base;
    this.tree = new PageTree(storage);
  }

  override get size(): i64 {
    return this.bytes;
  }

  /** Lets an empty file consist of pages in a row, each with a reference that is the file's from now on. Behind its end the last one is zero. */
  adopt(run: usize, size: i64): void {
    this.run = run;
    this.runPages = pagesOf(size);
    this.bytes = size;
  }

  /**
   * The page at an index, for who maps it: 0 for a hole or when there is no memory; with `allocate` holes are filled. Nothing behind the end. It stays
   * the file's page until it is truncated; who uses it without the lock takes a reference.
   */
  frameOf(index: i32, allocate: bool): usize {
    if (index < 0 || index >= pagesOf(this.bytes)) return 0;
    return allocate ? this.ensurePage(index) : this.findPage(index);
  }

  /** Copies from the file; returns how many bytes: fewer at its end. */
  read(offset: i64, buffer: usize, bytes: i32): i32 {
    if (offset < 0 || bytes < 0) return -EINVAL;
    const end = min(offset + bytes, this.bytes);
    for (let at = offset; at < end; ) {
      const inPage = <usize>at & (FILE_PAGE_BYTES - 1);
      const count = min<usize>(FILE_PAGE_BYTES - inPage, <usize>(end - at));
      const to = buffer + <usize>(at - offset);
      const page = this.findPage(<i32>(at >> 12));
      if (page == 0) memory.fill(to, 0, count);
      else copyAhead(to, this.base + page + inPage, count);
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
    let at = offset;
    while (at < end) {
      const inPage = <usize>at & (FILE_PAGE_BYTES - 1);
      const count = min<usize>(FILE_PAGE_BYTES - inPage, <usize>(end - at));
      const page = this.ensurePage(<i32>(at >> 12));
      if (page == 0) break;
      copyAhead(this.base + page + inPage, buffer + <usize>(at - offset), count);
      at += count;
    }
    if (at == offset) return -ENOSPC;
    this.bytes = max(this.bytes, at);
    this.modified = this.storage.now();
    return <i32>(at - offset);
  }

  override truncate(size: i64): i32 {
    if (size < 0) return -EINVAL;
    if (size > MOST_BYTES) return -EFBIG;
    if (size < this.bytes) this.shorten(size);
    this.bytes = size;
    this.modified = this.storage.now();
    return 0;
  }

  protected override dispose(): void {
    this.shorten(0);
    release(this.tree);
  }

  /** Releases the pages behind an end, and clears what of the last one is behind it: should the file grow again, that is zeroes. */
  private shorten(size: i64): void {
    const pages = pagesOf(size);
    for (; this.runPages > pages; this.runPages--) {
      this.storage.releasePage(this.run + <usize>(this.runPages - 1) * FILE_PAGE_BYTES);
    }
    this.tree.cut(pages, pagesOf(this.bytes));
    const kept = <usize>size & (FILE_PAGE_BYTES - 1);
    const last: usize = kept == 0 ? 0 : this.findPage(pages - 1);
    if (last != 0) memory.fill(this.base + last + kept, 0, FILE_PAGE_BYTES - kept);
  }

  private findPage(index: i32): usize {
    if (index < this.runPages) return this.run + <usize>index * FILE_PAGE_BYTES;
    return this.tree.find(index);
  }

  private ensurePage(index: i32): usize {
    const found = this.findPage(index);
    if (found != 0 || index >= MOST_PAGES) return found;
    const page = this.storage.takePage();
    if (page == 0 || this.tree.add(index, page)) return page;
    this.storage.releasePage(page);
    return 0;
  }
}

/** Pages that so many bytes take. */
function pagesOf(bytes: i64): i32 {
  return <i32>((bytes + FILE_PAGE_BYTES - 1) >> 12);
}
