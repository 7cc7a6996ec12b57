// Contents in a tree of pages (page-tree.ts), which the lock of the inode guards. What the firmware has put into RAM comes before those: a run of pages.
import { copyAhead } from '../copy';
import { release } from '../objects';
import { Contents } from './contents';
import { MOST_PAGES, PageTree } from './page-tree';
import { FILE_PAGE_BYTES, PageStorage } from './page-storage';

export class TreeContents extends Contents {
  private readonly tree: PageTree;
  private run: usize = 0;
  private runPages: i32 = 0;
  /** Of the storage. */
  private readonly base: usize;

  constructor(private readonly storage: PageStorage) {
    super(true);
    this.base = storage.base;
    this.tree = new PageTree(storage);
  }

  adopt(run: usize, pages: i32): void {
    this.run = run;
    this.runPages = pages;
  }

  pageAt(index: i32, allocate: bool): usize {
    const page = allocate ? this.ensure(index) : this.find(index);
    if (page != 0) this.storage.sharePage(page);
    return page;
  }

  read(index: i32, offset: usize, to: usize, bytes: usize): bool {
    const page = this.find(index);
    if (page == 0) memory.fill(to, 0, bytes);
    else copyAhead(to, this.base + page + offset, bytes);
    return true;
  }

  write(index: i32, offset: usize, from: usize, bytes: usize): bool {
    const page = this.ensure(index);
    if (page == 0) return false;
    copyAhead(this.base + page + offset, from, bytes);
    return true;
  }

  clear(index: i32, offset: usize): void {
    const page = this.find(index);
    if (page != 0) memory.fill(this.base + page + offset, 0, FILE_PAGE_BYTES - offset);
  }

  resize(before: i32, after: i32): void {
    if (after >= before) return;
    for (; this.runPages > after; this.runPages--) {
      this.storage.releasePage(this.run + <usize>(this.runPages - 1) * FILE_PAGE_BYTES);
    }
    this.tree.cut(after, before);
  }

  dispose(pages: i32): void {
    this.resize(pages, 0);
    release(this.tree);
    release(this);
  }

  private find(index: i32): usize {
    if (index < this.runPages) return this.run + <usize>index * FILE_PAGE_BYTES;
    return this.tree.find(index);
  }

  private ensure(index: i32): usize {
    const found = this.find(index);
    if (found != 0 || index >= MOST_PAGES) return found;
    const page = this.storage.takePage();
    if (page == 0 || this.tree.add(index, page)) return page;
    this.storage.releasePage(page);
    return 0;
  }
}
