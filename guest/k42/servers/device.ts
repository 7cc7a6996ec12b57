// A device has a name here; what it does is the kernel's.
import { Inode } from '../../lib/fs/inode';
import { Storage } from '../../lib/fs/storage';
import { S_IFCHR } from '../../posix/index';

export class Device extends Inode {
  constructor(
    storage: Storage,
    number: i32,
    private readonly deviceNumber: i32,
  ) {
    super(storage, number, S_IFCHR | 0o666);
  }

  override get device(): i32 {
    return this.deviceNumber;
  }
}
