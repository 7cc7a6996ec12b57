// rename: moves a name from one directory to another, or within one, in a step that nobody sees half done. Under the lock of the tree, so that the way from
// any directory to the root stands still.
import { EINVAL, EISDIR, ENOENT, ENOSPC, ENOTDIR, ENOTEMPTY } from '../../posix/abi';
import { Directory } from './directory';
import { Inode } from './inode';
import { Storage } from './storage';
import { Walk } from './walk';

/** Both walks stand in front of their last components, which are names. */
export function rename(from: Walk, to: Walk, storage: Storage): i32 {
  const source = from.directory!;
  const target = to.directory!;
  const beforeSource = source.lock();
  const beforeTarget = target === source ? false : target.lock();
  const moved = source.find(from.name, from.nameBytes);
  const replaced = target.find(to.name, to.nameBytes);
  const error = target.isRemoved ? -ENOENT : refusal(from, to, moved, replaced, storage);
  const isMove = error == 0 && moved !== replaced;
  if (isMove) move(from, to, moved!, replaced);
  if (target !== source) target.unlock(beforeTarget);
  source.unlock(beforeSource);
  if (!isMove) return error;
  if (moved instanceof Directory) adopt(changetype<Directory>(moved), target);
  if (replaced === null) return 0;
  if (replaced instanceof Directory) replaced.put();
  else replaced.dropName();
  return 0;
}

/** Why not, or 0; then a directory that is replaced counts as removed already. */
function refusal(from: Walk, to: Walk, moved: Inode | null, replaced: Inode | null, storage: Storage): i32 {
  if (moved === null) return -ENOENT;
  if (replaced === null && storage.isShort()) return -ENOSPC;
  if (!(moved instanceof Directory)) {
    if (from.mustBeDirectory || to.mustBeDirectory) return -ENOTDIR;
    return replaced instanceof Directory ? -EISDIR : 0;
  }
  if (isWithin(to.directory!, changetype<Directory>(moved))) return -EINVAL;
  if (replaced === null || moved === replaced) return 0;
  if (!(replaced instanceof Directory)) return -ENOTDIR;
  // One that the moved one is in is not empty, and may be locked.
  const directory = changetype<Directory>(replaced);
  return isWithin(from.directory!, directory) || !directory.detach() ? -ENOTEMPTY : 0;
}

/** Both directories are locked. What is replaced loses its name, but not yet the name's reference. */
function move(from: Walk, to: Walk, moved: Inode, replaced: Inode | null): void {
  const source = from.directory!;
  const target = to.directory!;
  if (replaced === null) target.add(to.name, to.nameBytes, moved);
  else target.replace(to.name, to.nameBytes, moved);
  source.remove(from.name, from.nameBytes);
  if (!(moved instanceof Directory)) return;
  source.links--;
  if (!(replaced instanceof Directory)) target.links++;
}

function adopt(directory: Directory, parent: Directory): void {
  const before = directory.lock();
  directory.parent = parent;
  directory.unlock(before);
}

/** Whether a directory is another one or below it. */
function isWithin(directory: Directory, other: Directory): bool {
  let at: Directory | null = directory;
  while (at !== null && at !== other) {
    const parent: Directory | null = at.parent;
    if (parent === at) return false;
    at = parent;
  }
  return at !== null;
}
