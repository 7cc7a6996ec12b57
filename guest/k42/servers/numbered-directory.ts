// A directory that is found by its number as well (directory-table.ts).
import { Directory } from '../../lib/fs/directory';
import { Storage } from '../../lib/fs/storage';
import { addDirectory, removeDirectory } from './directory-table';

export class NumberedDirectory extends Directory {
  constructor(storage: Storage, number: i32, mode: i32, parent: Directory | null) {
    super(storage, number, mode, parent);
    addDirectory(this);
  }

  protected override dispose(): void {
    removeDirectory(this.number);
    super.dispose();
  }
}
