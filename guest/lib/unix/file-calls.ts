// System calls on files: they find the open file or the path, and leave the rest to it.
import { memoryIsShort } from 'kernel/memory';
import {
  EBADF,
  EINVAL,
  EMFILE,
  ENOMEM,
  ERANGE,
  O_CLOEXEC,
  O_NONBLOCK,
  OPEN_MAX,
  PATH_MAX,
  STAT_BYTES,
} from '../../posix/abi';
import { currentThread, thisCpu } from 'kernel/cpu';
import { SCRATCH_OTHER_PATH, SCRATCH_PATH, SCRATCH_RECORD, SCRATCH_WORD, scratchAt } from './scratch';
import * as tree from './file-tree';
import { OpenFile } from './open-file';
import { Pipe, pipeReader, pipeWriter } from './pipe';
import { copyOut, copyPath } from './user-memory';

function get(fd: i32): OpenFile | null {
  return currentThread().process.descriptors.get(fd);
}

// --- descriptors

export function read(fd: i32, buffer: usize, bytes: i32): i32 {
  const file = get(fd);
  if (file === null) return -EBADF;
  const answer = bytes < 0 ? -EINVAL : file.read(buffer, bytes);
  file.letGo();
  return answer;
}

export function write(fd: i32, buffer: usize, bytes: i32): i32 {
  const file = get(fd);
  if (file === null) return -EBADF;
  const answer = bytes < 0 ? -EINVAL : file.write(buffer, bytes);
  file.letGo();
  return answer;
}

export function readAt(fd: i32, buffer: usize, bytes: i32, offset: i64): i32 {
  const file = get(fd);
  if (file === null) return -EBADF;
  const answer = bytes < 0 || offset < 0 ? -EINVAL : file.readAt(buffer, bytes, offset);
  file.letGo();
  return answer;
}

export function writeAt(fd: i32, buffer: usize, bytes: i32, offset: i64): i32 {
  const file = get(fd);
  if (file === null) return -EBADF;
  const answer = bytes < 0 || offset < 0 ? -EINVAL : file.writeAt(buffer, bytes, offset);
  file.letGo();
  return answer;
}

export function seek(fd: i32, offset: i64, whence: i32): i64 {
  const file = get(fd);
  if (file === null) return -EBADF;
  const answer = file.seek(offset, whence);
  file.letGo();
  return answer;
}

export function truncate(fd: i32, bytes: i64): i32 {
  const file = get(fd);
  if (file === null) return -EBADF;
  const answer = bytes < 0 ? -EINVAL : file.truncate(bytes);
  file.letGo();
  return answer;
}

export function list(fd: i32, buffer: usize, bytes: i32): i32 {
  const file = get(fd);
  if (file === null) return -EBADF;
  const answer = bytes < 0 ? -EINVAL : file.list(buffer, bytes);
  file.letGo();
  return answer;
}

export function statusOf(fd: i32, out: usize): i32 {
  const file = get(fd);
  if (file === null) return -EBADF;
  const record = scratchAt(SCRATCH_RECORD);
  memory.fill(record, 0, STAT_BYTES);
  file.status(record);
  file.letGo();
  return copyOut(out, record, STAT_BYTES);
}

export function isTerminal(fd: i32): i32 {
  const file = get(fd);
  if (file === null) return -EBADF;
  const answer = file.isTerminal ? 1 : 0;
  file.letGo();
  return answer;
}

export function fileFlags(fd: i32, flags: i32): i32 {
  const file = get(fd);
  if (file === null) return -EBADF;
  if (flags >= 0) file.setFlags(flags);
  const answer = file.flags;
  file.letGo();
  return answer;
}

export function duplicate(from: i32, to: i32): i32 {
  const file = get(from);
  if (file === null) return -EBADF;
  if (<u32>to >= <u32>OPEN_MAX) {
    file.letGo();
    return -EBADF;
  }
  if (from == to) file.letGo();
  else currentThread().process.descriptors.set(to, file);
  return to;
}

export function makePipe(out: usize, flags: i32): i32 {
  if ((flags & ~(O_NONBLOCK | O_CLOEXEC)) != 0) return -EINVAL;
  if (memoryIsShort()) return -ENOMEM;
  const descriptors = currentThread().process.descriptors;
  const pipe = new Pipe();
  const kept = flags & O_NONBLOCK;
  const reader = pipeReader(pipe, kept);
  const writer = pipeWriter(pipe, kept);
  const readFd = descriptors.add(reader, flags);
  if (readFd < 0) {
    reader.letGo();
    writer.letGo();
    return -EMFILE;
  }
  const writeFd = descriptors.add(writer, flags);
  if (writeFd < 0) {
    descriptors.close(readFd);
    writer.letGo();
    return -EMFILE;
  }
  const pair = scratchAt(SCRATCH_WORD);
  store<i32>(pair, readFd);
  store<i32>(pair, writeFd, 4);
  const error = copyOut(out, pair, 8);
  if (error != 0) {
    descriptors.close(readFd);
    descriptors.close(writeFd);
  }
  return error;
}

// --- paths

export function open(path: usize, pathBytes: i32, flags: i32, mode: i32): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  if (memoryIsShort()) return -ENOMEM;
  const file = tree.openPath(scratchAt(SCRATCH_PATH), pathBytes, flags, mode);
  if (file === null) return thisCpu().error;
  const fd = currentThread().process.descriptors.add(file, flags);
  if (fd < 0) file.letGo();
  return fd;
}

export function status(path: usize, pathBytes: i32, out: usize): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  const record = scratchAt(SCRATCH_RECORD);
  memory.fill(record, 0, STAT_BYTES);
  const error = tree.statusOfPath(scratchAt(SCRATCH_PATH), pathBytes, record);
  return error != 0 ? error : copyOut(out, record, STAT_BYTES);
}

export function makeDirectory(path: usize, pathBytes: i32, mode: i32): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  if (memoryIsShort()) return -ENOMEM;
  return tree.makeDirectory(scratchAt(SCRATCH_PATH), pathBytes, mode);
}

export function unlink(path: usize, pathBytes: i32, directory: bool): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  return tree.unlink(scratchAt(SCRATCH_PATH), pathBytes, directory);
}

export function rename(from: usize, fromBytes: i32, to: usize, toBytes: i32): i32 {
  let copied = copyPath(from, fromBytes);
  if (copied >= 0) copied = copyPath(to, toBytes, SCRATCH_OTHER_PATH);
  if (copied < 0) return copied;
  if (memoryIsShort()) return -ENOMEM;
  return tree.rename(scratchAt(SCRATCH_PATH), fromBytes, scratchAt(SCRATCH_OTHER_PATH), toBytes);
}

export function changeDirectory(path: usize, pathBytes: i32): i32 {
  const copied = copyPath(path, pathBytes);
  if (copied < 0) return copied;
  return tree.changeDirectory(scratchAt(SCRATCH_PATH), pathBytes);
}

export function workingDirectory(buffer: usize, bytes: i32): i32 {
  const path = scratchAt(SCRATCH_PATH);
  const length = tree.pathOfWorkingDirectory(path, PATH_MAX);
  if (length < 0) return length;
  if (length > bytes) return -ERANGE;
  const error = copyOut(buffer, path, length);
  return error != 0 ? error : length;
}
