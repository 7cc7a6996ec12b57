// A regular file as the file server knows it: what is in it is the kernel's, under a handle.
import { Inode } from '../../lib/fs/inode';
import { Storage } from '../../lib/fs/storage';
import { S_IFREG } from '../../posix/index';
import { SYS_FILE_DROP, SYS_FILE_EMPTY, SYS_FILE_STATUS } from '../file-service';
import { kernel } from './service';

export class ServedFile extends Inode {
  constructor(
    storage: Storage,
    number: i32,
    mode: i32,
    readonly handle: i32,
  ) {
    super(storage, number, S_IFREG | (mode & 0o777));
  }

  override stat(out: usize): void {
    kernel(SYS_FILE_STATUS, this.handle, <i32>out);
  }

  /** To no bytes: that is all that names have to do with contents. */
  override truncate(size: i64): i32 {
    return kernel(SYS_FILE_EMPTY, this.handle);
  }

  protected override dispose(): void {
    kernel(SYS_FILE_DROP, this.handle);
  }
}
