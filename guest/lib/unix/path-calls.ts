// System calls on paths, where the kernel itself knows what files are called (file-tree.ts).
import { memoryIsShort } from 'kernel/memory';
import { ENOMEM, ENOSYS, ERANGE, PATH_MAX, STAT_BYTES } from '../../posix/abi';
import { currentThread, thisCpu } from 'kernel/cpu';
import { SCRATCH_OTHER_PATH, SCRATCH_PATH, SCRATCH_RECORD, scratchAt } from './scratch';
import * as tree from './file-tree';
import * as sys from './system-calls';
import { copyOut, copyPath } from './user-memory';

/** Those of dispatch.ts that have a path, or are about one. */
export function pathCall(n: i32, a: i32, b: i32, c: i32, d: i32): i32 {
  switch (n) {
    case sys.SYS_OPEN:
      return open(a, b, c, d);
    case sys.SYS_STAT:
      return status(a, b, c);
    case sys.SYS_MKDIR:
      return makeDirectory(a, b, c);
    case sys.SYS_UNLINK:
      return unlink(a, b, false);
    case sys.SYS_RMDIR:
      return unlink(a, b, true);
    case sys.SYS_RENAME:
      return rename(a, b, c, d);
    case sys.SYS_CHDIR:
      return changeDirectory(a, b);
    case sys.SYS_GETCWD:
      return workingDirectory(a, b);
    default:
      return -ENOSYS;
  }
}

function open(path: usize, pathBytes: i32, flags: i32, mode: i32): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  if (memoryIsShort()) return -ENOMEM;
  const file = tree.openPath(scratchAt(SCRATCH_PATH), pathBytes, flags, mode);
  if (file === null) return thisCpu().error;
  const fd = currentThread().process.descriptors.add(file, flags);
  if (fd < 0) file.letGo();
  return fd;
}

function status(path: usize, pathBytes: i32, out: usize): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  const record = scratchAt(SCRATCH_RECORD);
  memory.fill(record, 0, STAT_BYTES);
  const error = tree.statusOfPath(scratchAt(SCRATCH_PATH), pathBytes, record);
  return error != 0 ? error : copyOut(out, record, STAT_BYTES);
}

function makeDirectory(path: usize, pathBytes: i32, mode: i32): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  if (memoryIsShort()) return -ENOMEM;
  return tree.makeDirectory(scratchAt(SCRATCH_PATH), pathBytes, mode);
}

function unlink(path: usize, pathBytes: i32, directory: bool): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  return tree.unlink(scratchAt(SCRATCH_PATH), pathBytes, directory);
}

function rename(from: usize, fromBytes: i32, to: usize, toBytes: i32): i32 {
  let copied = copyPath(from, fromBytes);
  if (copied >= 0) copied = copyPath(to, toBytes, SCRATCH_OTHER_PATH);
  if (copied < 0) return copied;
  if (memoryIsShort()) return -ENOMEM;
  return tree.rename(scratchAt(SCRATCH_PATH), fromBytes, scratchAt(SCRATCH_OTHER_PATH), toBytes);
}

function changeDirectory(path: usize, pathBytes: i32): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  return tree.changeDirectory(scratchAt(SCRATCH_PATH), pathBytes);
}

function workingDirectory(buffer: usize, bytes: i32): i32 {
  const path = scratchAt(SCRATCH_PATH);
  const length = tree.pathOfWorkingDirectory(path, PATH_MAX);
  if (length < 0) return length;
  if (length > bytes) return -ERANGE;
  const error = copyOut(buffer, path, length);
  return error != 0 ? error : length;
}
