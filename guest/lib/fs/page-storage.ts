// What files with contents need besides: pages. A kernel gives them frames (frame-storage.ts).
import { Contents } from './contents';
import { Storage } from './storage';

export const FILE_PAGE_BYTES: usize = 4096;

export abstract class PageStorage extends Storage {
  /** A page is a number; its bytes are at `base` + page. */
  base: usize = 0;

  /** A page of 4096 zeroes with one reference, or 0 when there is none. */
  abstract takePage(): usize;

  /** One more reference to a page. */
  abstract sharePage(page: usize): void;

  /** Drops a reference to a page. */
  abstract releasePage(page: usize): void;

  /** What is in a new file, which is empty. */
  abstract newContents(): Contents;
}
