// An in-memory file system: one tree of directories, and what changes it by paths. It knows neither processes nor descriptors: `cwd` is the directory in which
// relative paths begin, `walk` the caller's Walk. Errors are those of abi.ts, negated.
//
// Locks: everything holds one inode's lock at a time, but for rename and rmdir, which hold several under the lock of the tree. There is one of them at a
// time, so the order in which they lock does not matter, and only they change which directory is in which.
import {
  EBUSY,
  EEXIST,
  EINVAL,
  EISDIR,
  ENOENT,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  ERANGE,
  O_ACCMODE,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_TRUNC,
  S_IFREG,
} from '../../posix/abi';
import { Directory } from './directory';
import { Inode, refuse } from './inode';
import { rename } from './rename';
import { Storage } from './storage';
import { Walk } from './walk';

export class FileSystem {
  readonly storage: Storage;
  readonly root: Directory;
  private treeWord: u32 = 0;

  /** Inodes get numbers behind `lastNumber`; the root's is 1. */
  constructor(
    storage: Storage,
    private lastNumber: i32 = 1,
  ) {
    this.storage = storage;
    this.root = storage.newDirectory(1, 0o755, null);
  }

  /** A number for a new inode. */
  newNumber(): i32 {
    return atomic.add<i32>(changetype<usize>(this) + offsetof<FileSystem>('lastNumber'), 1) + 1;
  }

  /** Only one who changes which directory is where. */
  lockTree(): bool {
    return this.storage.lock(changetype<usize>(this) + offsetof<FileSystem>('treeWord'));
  }

  unlockTree(before: bool): void {
    this.storage.unlock(changetype<usize>(this) + offsetof<FileSystem>('treeWord'), before);
  }

  /** walk.inode: what a path leads to. */
  lookup(walk: Walk, cwd: Directory, path: usize, bytes: i32): i32 {
    const error = walk.toParent(this.root, cwd, path, bytes);
    return error != 0 ? error : walk.toEnd();
  }

  /** walk.inode: the file to be opened, which is created or truncated if the flags (O_*) say so. mode: permissions. */
  open(walk: Walk, cwd: Directory, path: usize, bytes: i32, flags: i32, mode: i32): i32 {
    if ((flags & O_CREAT) != 0 && (flags & O_DIRECTORY) != 0) return -EINVAL;
    const error =
      (flags & O_CREAT) != 0 ? this.create(walk, cwd, path, bytes, flags, mode) : this.lookup(walk, cwd, path, bytes);
    if (error != 0) return error;
    const inode = walk.inode!;
    const refusal = refusalToOpen(inode, flags);
    if (refusal != 0) return refuse(inode, refusal);
    if ((flags & O_TRUNC) != 0 && (flags & O_ACCMODE) != O_RDONLY && inode.kind == S_IFREG) {
      const before = inode.lock();
      inode.truncate(0);
      inode.unlock(before);
    }
    return 0;
  }

  mkdir(walk: Walk, cwd: Directory, path: usize, bytes: i32, mode: i32): i32 {
    const error = walk.toParent(this.root, cwd, path, bytes);
    if (error != 0) return error;
    const parent = walk.directory!;
    let made = walk.isSpecial ? -EEXIST : this.storage.isShort() ? -ENOSPC : 0;
    if (made == 0) made = this.insert(walk, parent, this.storage.newDirectory(this.newNumber(), mode, parent));
    parent.put();
    return made;
  }

  /** Gives a new inode of any kind, such as a device, a name. Its reference becomes the directory's, also when that fails. */
  place(walk: Walk, cwd: Directory, path: usize, bytes: i32, inode: Inode): i32 {
    const error = walk.toParent(this.root, cwd, path, bytes);
    if (error != 0) {
      inode.put();
      return error;
    }
    const parent = walk.directory!;
    const placed = walk.isSpecial ? -EEXIST : this.insert(walk, parent, inode);
    parent.put();
    return placed;
  }

  unlink(walk: Walk, cwd: Directory, path: usize, bytes: i32): i32 {
    const error = walk.toParent(this.root, cwd, path, bytes);
    if (error != 0) return error;
    const directory = walk.directory!;
    const refusal = walk.isSpecial ? -EISDIR : this.unlinkIn(walk, directory);
    directory.put();
    return refusal;
  }

  rmdir(walk: Walk, cwd: Directory, path: usize, bytes: i32): i32 {
    const error = walk.toParent(this.root, cwd, path, bytes);
    if (error != 0) return error;
    const directory = walk.directory!;
    let refusal = 0;
    if (walk.isSpecial) refusal = walk.nameBytes == 0 ? -EBUSY : walk.nameBytes == 1 ? -EINVAL : -ENOTEMPTY;
    else refusal = this.rmdirIn(walk, directory);
    directory.put();
    return refusal;
  }

  /** What is at the new path, if anything, is replaced. `walk` and `other` are two. */
  rename(walk: Walk, other: Walk, cwd: Directory, from: usize, fromBytes: i32, to: usize, toBytes: i32): i32 {
    const error = walk.toParent(this.root, cwd, from, fromBytes);
    if (error != 0) return error;
    const source = walk.directory!;
    let refusal = other.toParent(this.root, cwd, to, toBytes);
    if (refusal == 0) {
      const target = other.directory!;
      if (walk.isSpecial || other.isSpecial) {
        refusal = -EBUSY;
      } else {
        const before = this.lockTree();
        refusal = rename(walk, other, this.storage);
        this.unlockTree(before);
      }
      target.put();
    }
    source.put();
    return refusal;
  }

  /** Copies a directory's path to a buffer; returns its bytes. ERANGE where it does not fit, ENOENT when the directory has been removed. */
  pathOf(directory: Directory, buffer: usize, bytes: i32): i32 {
    const end = buffer + bytes;
    const before = this.lockTree();
    const start = this.putPath(directory, buffer, end);
    this.unlockTree(before);
    if (start < buffer || start == end) return directory.isRemoved ? -ENOENT : -ERANGE;
    memory.copy(buffer, start, end - start);
    return <i32>(end - start);
  }

  /** Writes the path so that it ends at `end`; returns where it begins, 0 when that does not fit. */
  private putPath(directory: Directory, buffer: usize, end: usize): usize {
    let at = end;
    let child = directory;
    while (child !== this.root) {
      const parent = child.parent;
      if (parent === null) return 0;
      const before = parent.lock();
      const bytes = parent.nameOf(child, buffer, at);
      parent.unlock(before);
      if (bytes == 0 || at - bytes == buffer) return 0;
      at -= bytes + 1;
      store<u8>(at, 0x2f);
      child = parent;
    }
    if (at < end || at == buffer) return at;
    store<u8>(end - 1, 0x2f);
    return end - 1;
  }

  private create(walk: Walk, cwd: Directory, path: usize, bytes: i32, flags: i32, mode: i32): i32 {
    const error = walk.toParent(this.root, cwd, path, bytes);
    if (error != 0) return error;
    // A directory, if anything.
    if (walk.isSpecial || walk.mustBeDirectory) {
      const none = walk.toEnd();
      if (none != 0) return none == -ENOENT ? -EISDIR : none;
      walk.inode!.put();
      return (flags & O_EXCL) != 0 ? -EEXIST : -EISDIR;
    }
    const directory = walk.directory!;
    const before = directory.lock();
    const created = this.createIn(walk, directory, path, bytes, flags, mode);
    directory.unlock(before);
    directory.put();
    return created;
  }

  /** The caller holds the directory's lock. */
  private createIn(walk: Walk, directory: Directory, path: usize, bytes: i32, flags: i32, mode: i32): i32 {
    if (directory.isRemoved) return -ENOENT;
    let inode = directory.find(walk.name, walk.nameBytes);
    if (inode !== null) {
      if ((flags & O_EXCL) != 0) return -EEXIST;
    } else {
      if (this.storage.isShort()) return -ENOSPC;
      inode = this.storage.newFile(this.newNumber(), mode, path, bytes);
      if (inode === null) return -ENOSPC;
      directory.add(walk.name, walk.nameBytes, inode);
    }
    const found = inode!;
    found.get();
    walk.inode = found;
    return found instanceof Directory ? refuse(found, EISDIR) : 0;
  }

  /** Gives an inode the walk's name in a directory, along with its reference. */
  private insert(walk: Walk, directory: Directory, inode: Inode): i32 {
    const before = directory.lock();
    let error = 0;
    if (directory.isRemoved) error = -ENOENT;
    else if (directory.find(walk.name, walk.nameBytes) !== null) error = -EEXIST;
    else if (walk.mustBeDirectory && !(inode instanceof Directory)) error = -ENOTDIR;
    else if (this.storage.isShort()) error = -ENOSPC;
    if (error == 0) {
      directory.add(walk.name, walk.nameBytes, inode);
      if (inode instanceof Directory) directory.links++;
    }
    directory.unlock(before);
    if (error != 0) inode.put();
    return error;
  }

  private unlinkIn(walk: Walk, directory: Directory): i32 {
    const before = directory.lock();
    const inode = directory.find(walk.name, walk.nameBytes);
    let error = 0;
    if (inode === null) error = -ENOENT;
    else if (inode instanceof Directory) error = -EISDIR;
    else if (walk.mustBeDirectory) error = -ENOTDIR;
    else directory.remove(walk.name, walk.nameBytes);
    directory.unlock(before);
    if (error != 0) return error;
    inode!.dropName();
    return 0;
  }

  private rmdirIn(walk: Walk, directory: Directory): i32 {
    const beforeTree = this.lockTree();
    const before = directory.lock();
    const inode = directory.find(walk.name, walk.nameBytes);
    let error = 0;
    if (inode === null) error = -ENOENT;
    else if (!(inode instanceof Directory)) error = -ENOTDIR;
    else if (!changetype<Directory>(inode).detach()) error = -ENOTEMPTY;
    if (error == 0) {
      directory.remove(walk.name, walk.nameBytes);
      directory.links--;
    }
    directory.unlock(before);
    this.unlockTree(beforeTree);
    if (error == 0) inode!.put();
    return error;
  }
}

function refusalToOpen(inode: Inode, flags: i32): i32 {
  if (!(inode instanceof Directory)) return (flags & O_DIRECTORY) != 0 ? ENOTDIR : 0;
  return (flags & O_ACCMODE) != O_RDONLY ? EISDIR : 0;
}
