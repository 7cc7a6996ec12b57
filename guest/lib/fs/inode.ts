// What every file of a file system is, whatever its kind: file.ts and directory.ts, and what a kernel derives for its devices and pipes.
//
// An inode lives as long as there are references to it: each name in a directory is one, so is everything that `get` was called for (open files, working
// directories, mappings). So a file without a name stays while it is open. References are counted atomically; all other fields are guarded by the inode's
// lock, which is a leaf: who holds it locks no other inode, but for rename and rmdir, of which there is one at a time (file-system.ts).
//
// Who only looks may hold it together with others (`lockShared`): so many cores copy from one file at a time. It is fair, because who wants to share it
// goes through the same queue as who wants it alone, and leaves that as soon as it is counted; who is alone in the queue then waits for those counted.
//
// Where a method says so, its caller holds the lock: a kernel can do several in one step, such as a write at the end of a file.
import {
  EINVAL,
  S_IFMT,
  STAT_DEVICE,
  STAT_INODE,
  STAT_LINKS,
  STAT_MODE,
  STAT_MODIFIED,
  STAT_SIZE,
} from '../../posix/abi';
import { release } from '../objects';
import { Storage } from './storage';

export abstract class Inode {
  readonly storage: Storage;
  /** Number of the file; no other has had it. */
  readonly number: i32;
  /** S_IF* and permissions, which nobody looks at here. */
  mode: i32;
  /** Names of a file; directories have two, and one more for each directory in them. 0: it has been removed. */
  links: i32 = 1;
  /** Nanoseconds of CLOCK_REALTIME at the last change of the contents. */
  modified: i64;
  private references: i32 = 1;
  private lockWord: u32 = 0;
  /** Who shares the lock. */
  private sharers: i32 = 0;

  /** With one reference, the caller's. */
  constructor(storage: Storage, number: i32, mode: i32) {
    this.storage = storage;
    this.number = number;
    this.mode = mode;
    this.modified = storage.now();
  }

  /** To change it: nobody else holds the lock. */
  lock(): bool {
    const before = this.storage.lock(changetype<usize>(this) + offsetof<Inode>('lockWord'));
    while (atomic.load<i32>(changetype<usize>(this) + offsetof<Inode>('sharers')) != 0) this.storage.relax();
    return before;
  }

  unlock(before: bool): void {
    this.storage.unlock(changetype<usize>(this) + offsetof<Inode>('lockWord'), before);
  }

  /** To look at it: others may do so too, and nobody changes it. Who holds it waits for no other lock. */
  lockShared(): bool {
    const before = this.storage.lock(changetype<usize>(this) + offsetof<Inode>('lockWord'));
    atomic.add<i32>(changetype<usize>(this) + offsetof<Inode>('sharers'), 1);
    this.storage.release(changetype<usize>(this) + offsetof<Inode>('lockWord'));
    return before;
  }

  unlockShared(before: bool): void {
    atomic.sub<i32>(changetype<usize>(this) + offsetof<Inode>('sharers'), 1);
    this.storage.leave(before);
  }

  /** One more reference. The caller has one, or a lock that keeps one alive. */
  get(): void {
    atomic.add<i32>(changetype<usize>(this) + offsetof<Inode>('references'), 1);
  }

  /** One more reference for who knows an inode otherwise than by a reference, as long as it keeps its end off: false where that is under way. */
  tryGet(): bool {
    const at = changetype<usize>(this) + offsetof<Inode>('references');
    let count = atomic.load<i32>(at);
    while (count > 0) {
      const seen = atomic.cmpxchg<i32>(at, count, count + 1);
      if (seen == count) return true;
      count = seen;
    }
    return false;
  }

  /** One reference less. With the last one the inode ends. */
  put(): void {
    if (atomic.sub<i32>(changetype<usize>(this) + offsetof<Inode>('references'), 1) > 1) return;
    this.dispose();
    release(this);
  }

  /** Takes one name from a file that has lost it, and the name's reference. */
  dropName(): void {
    const before = this.lock();
    this.links--;
    this.unlock(before);
    this.put();
  }

  /** S_IF* */
  get kind(): i32 {
    return this.mode & S_IFMT;
  }

  /** In bytes. */
  get size(): i64 {
    return 0;
  }

  /** A STAT_* record at `out`. The caller holds the lock, or shares it. */
  stat(out: usize): void {
    store<i64>(out + STAT_INODE, this.number);
    store<i64>(out + STAT_SIZE, this.size);
    store<i64>(out + STAT_MODIFIED, this.modified);
    store<i32>(out + STAT_MODE, this.mode);
    store<i32>(out + STAT_LINKS, this.links);
    store<i32>(out + STAT_DEVICE, this.device);
  }

  /** Which file system or device. */
  get device(): i32 {
    return 0;
  }

  /** Makes a file so many bytes long. The caller holds the lock. Returns 0 or an error, negated. */
  truncate(size: i64): i32 {
    return -EINVAL;
  }

  /** Gives back what belongs to the inode. Nobody refers to it any more. */
  protected dispose(): void {}
}

/** Gives a reference back and returns an error, negated. */
export function refuse(inode: Inode, error: i32): i32 {
  inode.put();
  return -error;
}
