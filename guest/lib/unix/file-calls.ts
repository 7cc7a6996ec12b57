// System calls on descriptors: they find the open file, and leave the rest to it. Those on paths are in path-calls.ts.
import { memoryIsShort } from 'kernel/memory';
import { EBADF, EINVAL, EMFILE, ENOMEM, O_CLOEXEC, O_NONBLOCK, OPEN_MAX, STAT_BYTES } from '../../posix/abi';
import { currentThread } from 'kernel/cpu';
import { SCRATCH_RECORD, SCRATCH_WORD, scratchAt } from './scratch';
import { OpenFile } from './open-file';
import { Pipe, pipeReader, pipeWriter } from './pipe';
import { copyOut } from './user-memory';

function get(fd: i32): OpenFile | null {
  return currentThread().process.descriptors.get(fd);
}

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
