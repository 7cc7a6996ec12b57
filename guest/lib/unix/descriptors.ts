// The open files of a process by their numbers. Its lock is held only to look one up; who uses a file holds a reference.
import { EBADF, EMFILE, O_CLOEXEC, OPEN_MAX } from '../../posix/abi';
import { release } from '../objects';
import { Lockable } from 'kernel/lock';
import { NAME_DESCRIPTORS, nameKind } from './names';
import { OpenFile } from './open-file';

export class Descriptors extends Lockable {
  private readonly files: StaticArray<OpenFile | null> = new StaticArray<OpenFile | null>(OPEN_MAX);
  private readonly closeOnExec: StaticArray<bool> = new StaticArray<bool>(OPEN_MAX);

  constructor() {
    super();
    nameKind(NAME_DESCRIPTORS, changetype<usize>(this), offsetof<Descriptors>());
  }

  /** The file, with one more reference; none where the descriptor is closed. */
  get(fd: i32): OpenFile | null {
    if (<u32>fd >= <u32>OPEN_MAX) return null;
    this.lock();
    const file = unchecked(this.files[fd]);
    if (file) file.hold();
    this.unlock();
    return file;
  }

  /** Gives a file, whose reference becomes the descriptor's, the lowest free number: that, or -EMFILE. */
  add(file: OpenFile, flags: i32): i32 {
    this.lock();
    let fd = 0;
    while (fd < OPEN_MAX && unchecked(this.files[fd]) !== null) fd++;
    if (fd < OPEN_MAX) this.put(fd, file, (flags & O_CLOEXEC) != 0);
    this.unlock();
    return fd < OPEN_MAX ? fd : -EMFILE;
  }

  /** Lets a number stand for a file, whose reference becomes the descriptor's, instead of what it stood for. */
  set(fd: i32, file: OpenFile): void {
    this.lock();
    const old = unchecked(this.files[fd]);
    this.put(fd, file, false);
    this.unlock();
    if (old) old.letGo();
  }

  private put(fd: i32, file: OpenFile, closeOnExec: bool): void {
    unchecked((this.files[fd] = file));
    unchecked((this.closeOnExec[fd] = closeOnExec));
  }

  close(fd: i32): i32 {
    if (<u32>fd >= <u32>OPEN_MAX) return -EBADF;
    this.lock();
    const file = unchecked(this.files[fd]);
    unchecked((this.files[fd] = null));
    this.unlock();
    if (file === null) return -EBADF;
    file.letGo();
    return 0;
  }

  /** Fills in another process's, which is new: all of them, or all that exec does not close. */
  copyTo(other: Descriptors, forExec: bool): void {
    this.lock();
    for (let fd = 0; fd < OPEN_MAX; fd++) {
      const file = unchecked(this.files[fd]);
      const closes = unchecked(this.closeOnExec[fd]);
      if (file === null || (forExec && closes)) continue;
      file.hold();
      other.put(fd, file, closes);
    }
    this.unlock();
  }

  closeForExec(): void {
    for (let fd = 0; fd < OPEN_MAX; fd++) if (unchecked(this.closeOnExec[fd])) this.close(fd);
  }

  closeAll(): void {
    for (let fd = 0; fd < OPEN_MAX; fd++) this.close(fd);
  }

  /** Frees it, when all are closed. */
  destroy(): void {
    release(this.files);
    release(this.closeOnExec);
    release(this);
  }
}
