// Paths. A walk goes along a path from directory to directory and holds one reference and at most one lock at a time. A thread has one Walk object, which
// it uses again and again: what was found is in its fields.
//
// A path's last component is not followed by the walk itself: `toParent` stops in front of it, and who creates or removes it does so by its name. It may be
// empty (the path is "/"), "." or "..".
import { ENAMETOOLONG, ENOENT, ENOTDIR, NAME_MAX, PATH_MAX } from '../../posix/abi';
import { Directory } from './directory';
import { Inode, refuse } from './inode';

const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

export class Walk {
  /** What a call of the file system has found, with a reference for the caller. */
  inode: Inode | null = null;
  /** Behind `toParent`: the directory, with a reference; the last component; whether a slash follows it, so that it must be a directory. */
  directory: Directory | null = null;
  name: usize = 0;
  nameBytes: i32 = 0;
  mustBeDirectory: bool = false;

  /** Walks to the directory of a path's last component. Returns 0 or an error, negated; then there is no reference. */
  toParent(root: Directory, cwd: Directory, path: usize, bytes: i32): i32 {
    if (bytes == 0) return -ENOENT;
    if (bytes > PATH_MAX) return -ENAMETOOLONG;
    const end = path + bytes;
    let directory = load<u8>(path) == SLASH ? root : cwd;
    directory.get();
    for (let at = skipSlashes(path, end); ; ) {
      const nameEnd = skipName(at, end);
      const nameBytes = <i32>(nameEnd - at);
      if (nameBytes > NAME_MAX) return refuse(directory, ENAMETOOLONG);
      const next = skipSlashes(nameEnd, end);
      if (next == end) {
        this.directory = directory;
        this.name = at;
        this.nameBytes = nameBytes;
        this.mustBeDirectory = nameEnd < end;
        return 0;
      }
      const child = step(directory, at, nameBytes);
      if (child === null) return refuse(directory, ENOENT);
      directory.put();
      if (!(child instanceof Directory)) return refuse(child, ENOTDIR);
      directory = changetype<Directory>(child);
      at = next;
    }
    return 0;
  }

  /** Behind `toParent`: takes the last step too, into `inode`. Gives the reference to the directory back. */
  toEnd(): i32 {
    const directory = this.directory!;
    const inode = step(directory, this.name, this.nameBytes);
    directory.put();
    if (inode === null) return -ENOENT;
    if (this.mustBeDirectory && !(inode instanceof Directory)) return refuse(inode, ENOTDIR);
    this.inode = inode;
    return 0;
  }

  /** Whether the last component is empty, "." or "..": no name that can be given or taken. */
  get isSpecial(): bool {
    return isDots(this.name, this.nameBytes);
  }
}

/** The inode that one component leads to, with a reference; null when there is none. */
function step(directory: Directory, name: usize, bytes: i32): Inode | null {
  if (bytes < 2 && isDots(name, bytes)) {
    directory.get();
    return directory;
  }
  const before = directory.lock();
  const inode: Inode | null = isDots(name, bytes) ? directory.parent : directory.find(name, bytes);
  if (inode !== null) inode.get();
  directory.unlock(before);
  return inode;
}

function isDots(name: usize, bytes: i32): bool {
  if (bytes > 2) return false;
  for (let i = 0; i < bytes; i++) if (load<u8>(name + i) != DOT) return false;
  return true;
}

function skipSlashes(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) == SLASH) at++;
  return at;
}

function skipName(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != SLASH) at++;
  return at;
}
