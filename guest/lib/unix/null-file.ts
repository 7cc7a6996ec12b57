// /dev/null: nothing comes out, and whatever goes in is gone.
import { release } from '../objects';
import { EBADF, S_IFCHR, STAT_MODE } from '../../posix/abi';
import { OpenFile } from './open-file';

export class NullFile extends OpenFile {
  read(buffer: usize, bytes: i32): i32 {
    return this.canRead ? 0 : -EBADF;
  }

  write(buffer: usize, bytes: i32): i32 {
    return this.canWrite ? bytes : -EBADF;
  }

  status(record: usize): void {
    store<i32>(record, S_IFCHR | 0o666, STAT_MODE);
  }

  protected close(): void {
    release(this);
  }
}
