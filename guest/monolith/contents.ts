// What is in regular files: trees of pages, as the library has them.
import { Contents } from '../lib/fs/contents';
import { PageStorage } from '../lib/fs/page-storage';
import { TreeContents } from '../lib/fs/tree-contents';

export function newContents(storage: PageStorage): Contents {
  return new TreeContents(storage);
}
