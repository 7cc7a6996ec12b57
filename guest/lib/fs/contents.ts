// What is in a regular file: pages by their numbers, from 0 on. A Storage makes them.
//
//   tree-contents.ts   in a tree, guarded by the lock of the inode
//   whoever derives from this has pages elsewhere, and may guard them by himself: then reading takes no lock here
//
// What changes them is called with the inode's lock.

export abstract class Contents {
  /** isGuarded: who reads has to share the inode's lock, so that nobody changes them meanwhile. */
  constructor(readonly isGuarded: bool) {}

  /** Makes pages in a row the contents of an empty file, each with a reference that is the contents' from now on. */
  abstract adopt(run: usize, pages: i32): void;

  /** A page with a reference for the caller; 0 for a hole, or when there is no memory; with `allocate` holes are filled. */
  abstract pageAt(index: i32, allocate: bool): usize;

  /** Copies bytes of a page to an address. False where the page is behind the end by now. */
  abstract read(index: i32, offset: usize, to: usize, bytes: usize): bool;

  /** Copies bytes into a page. False when there is no memory for it. */
  abstract write(index: i32, offset: usize, from: usize, bytes: usize): bool;

  /** Makes the bytes of a page zero from an offset on. */
  abstract clear(index: i32, offset: usize): void;

  /** There are so many pages from now on, and were `before`. Pages that come are holes, and those that go are released. */
  abstract resize(before: i32, after: i32): void;

  /** Their end, with so many pages. Who has mapped some may keep them. */
  abstract dispose(pages: i32): void;
}
