// What is in regular files: trees of pages, as the library has them.
import { Contents } from '../lib/fs/contents';
import { Storage } from '../lib/fs/storage';
import { TreeContents } from '../lib/fs/tree-contents';

export function newContents(storage: Storage): Contents {
  return new TreeContents(storage);
}
