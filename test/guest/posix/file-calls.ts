// The shim's functions on files, one for each import of guest/posix/posix.ts.
import * as abi from '../../../guest/posix/abi.ts';
import { type Node, PosixError, resize } from './file-tree.ts';
import type { Call, Process } from './process.ts';
import { FileStream, makePipe, type Stream } from './streams.ts';

const KINDS = { file: abi.S_IFREG, directory: abi.S_IFDIR, null: abi.S_IFCHR };

function openFile(process: Process, path: string, flags: number, mode: number): number {
  const { files } = process.world;
  let node = files.find(process.cwd, path);
  if (node && flags & abi.O_CREAT && flags & abi.O_EXCL) throw new PosixError(abi.EEXIST);
  if (!node) {
    if (!(flags & abi.O_CREAT)) throw new PosixError(abi.ENOENT);
    const { folder, name } = files.resolve(process.cwd, path);
    node = files.node('file', mode & 0o755);
    files.link(folder, name, node);
  }
  if (flags & abi.O_DIRECTORY && node.kind !== 'directory') throw new PosixError(abi.ENOTDIR);
  if (node.kind === 'directory' && flags & abi.O_ACCMODE) throw new PosixError(abi.EISDIR);
  if (flags & abi.O_TRUNC && node.kind === 'file') resize(node, 0);
  return process.open(new FileStream(node, flags));
}

function fillStatus(process: Process, node: Node, out: number): number {
  const record = process.view(out, abi.STAT_BYTES);
  record.setBigInt64(abi.STAT_INODE, BigInt(node.inode), true);
  record.setBigInt64(abi.STAT_SIZE, BigInt(node.length), true);
  record.setBigInt64(abi.STAT_MODIFIED, node.modified, true);
  record.setInt32(abi.STAT_MODE, KINDS[node.kind] | node.mode, true);
  record.setInt32(abi.STAT_LINKS, node.links, true);
  record.setInt32(abi.STAT_DEVICE, 1, true);
  return 0;
}

function readDirectory(process: Process, fd: number, buffer: number, bytes: number): number {
  const stream = process.stream(fd);
  if (stream.node?.kind !== 'directory') throw new PosixError(abi.ENOTDIR);
  const node = stream.node;
  const entries = [['.', node], ['..', node.parent ?? node], ...node.entries] as [string, Node][];
  let used = 0;
  for (; stream.offset < entries.length; stream.offset++) {
    const [name, entry] = entries[stream.offset] as [string, Node];
    const size = (abi.DIRENT_NAME + name.length + 7) & ~7;
    if (used + size > bytes) {
      if (used === 0) throw new PosixError(abi.EINVAL);
      break;
    }
    const record = process.view(buffer + used, size);
    record.setBigInt64(abi.DIRENT_INODE, BigInt(entry.inode), true);
    record.setUint16(abi.DIRENT_BYTES, size, true);
    record.setUint16(abi.DIRENT_TYPE, KINDS[entry.kind] >>> 12, true);
    record.setUint16(abi.DIRENT_NAME_BYTES, name.length, true);
    process.memory(buffer + used + abi.DIRENT_NAME, name.length).set(Buffer.from(name, 'latin1'));
    used += size;
  }
  return used;
}

function seek(process: Process, fd: number, offset: bigint, whence: number): bigint {
  const stream = process.stream(fd);
  if (!stream.node || stream.isTerminal) throw new PosixError(abi.ESPIPE);
  const from = [0, stream.offset, stream.node.length][whence];
  if (from === undefined) throw new PosixError(abi.EINVAL);
  const target = from + Number(offset);
  if (target < 0) throw new PosixError(abi.EINVAL);
  stream.offset = target;
  return BigInt(target);
}

/** Reads or writes at an offset, leaving the stream's own alone. */
function at(process: Process, fd: number, offset: bigint, move: (stream: Stream) => number): number {
  const stream = process.stream(fd);
  if (!stream.node || stream.isTerminal) throw new PosixError(abi.ESPIPE);
  if (offset < 0n) throw new PosixError(abi.EINVAL);
  const before = stream.offset;
  stream.offset = Number(offset);
  try {
    return move(stream);
  } finally {
    stream.offset = before;
  }
}

function poll(process: Process, address: number, count: number, timeout: bigint): number {
  const records = process.view(address, count * abi.POLL_BYTES);
  let ready = 0;
  for (let i = 0; i < count; i++) {
    const record = i * abi.POLL_BYTES;
    const fd = records.getInt32(record + abi.POLL_FD, true);
    const asked = records.getUint16(record + abi.POLL_EVENTS, true) | abi.POLLERR | abi.POLLHUP;
    let events = 0;
    if (fd >= 0) events = process.isOpen(fd) ? process.stream(fd).ready() & asked : abi.POLLNVAL;
    records.setUint16(record + abi.POLL_RETURNED, events, true);
    if (events !== 0) ready++;
  }
  if (ready === 0 && timeout < 0n) throw new Error('a process would wait for ever in poll');
  if (ready === 0) process.world.sleep(timeout);
  return ready;
}

export function fileCalls(process: Process): Record<string, Call> {
  const { files } = process.world;
  const text = (address: number, bytes: number) => process.text(address, bytes);
  return {
    open: (path: number, bytes: number, flags: number, mode: number) =>
      openFile(process, text(path, bytes), flags, mode),
    read: (fd: number, buffer: number, bytes: number) => process.stream(fd).read(process.memory(buffer, bytes)),
    write: (fd: number, buffer: number, bytes: number) => process.stream(fd).write(process.memory(buffer, bytes)),
    pread: (fd: number, buffer: number, bytes: number, offset: bigint) =>
      at(process, fd, offset, (stream) => stream.read(process.memory(buffer, bytes))),
    pwrite: (fd: number, buffer: number, bytes: number, offset: bigint) =>
      at(process, fd, offset, (stream) => stream.write(process.memory(buffer, bytes))),
    close: (fd: number) => {
      process.stream(fd);
      process.close(fd);
      return 0;
    },
    lseek: (fd: number, offset: bigint, whence: number) => seek(process, fd, offset, whence),
    stat: (path: number, bytes: number, out: number) =>
      fillStatus(process, files.entry(process.cwd, text(path, bytes)), out),
    fstat: (fd: number, out: number) => {
      const { node, isTerminal } = process.stream(fd);
      if (node && !isTerminal) return fillStatus(process, node, out);
      const kind = isTerminal ? abi.S_IFCHR : abi.S_IFIFO;
      process.memory(out, abi.STAT_BYTES).fill(0);
      process.view(out, abi.STAT_BYTES).setInt32(abi.STAT_MODE, kind | 0o600, true);
      return 0;
    },
    ftruncate: (fd: number, bytes: bigint) => {
      const { node } = process.stream(fd);
      if (node?.kind !== 'file') throw new PosixError(abi.EINVAL);
      resize(node, Number(bytes));
      return 0;
    },
    readdir: (fd: number, buffer: number, bytes: number) => readDirectory(process, fd, buffer, bytes),
    mkdir: (path: number, bytes: number) => {
      files.makeDirectory(process.cwd, text(path, bytes));
      return 0;
    },
    unlink: (path: number, bytes: number) => {
      files.unlink(process.cwd, text(path, bytes));
      return 0;
    },
    rmdir: (path: number, bytes: number) => {
      files.removeDirectory(process.cwd, text(path, bytes));
      return 0;
    },
    rename: (from: number, fromBytes: number, to: number, toBytes: number) => {
      files.rename(process.cwd, text(from, fromBytes), text(to, toBytes));
      return 0;
    },
    chdir: (path: number, bytes: number) => {
      const node = files.entry(process.cwd, text(path, bytes));
      if (node.kind !== 'directory') throw new PosixError(abi.ENOTDIR);
      process.cwd = node;
      return 0;
    },
    getcwd: (buffer: number, bytes: number) => {
      const path = Buffer.from(files.pathOf(process.cwd), 'latin1');
      if (path.length > bytes) throw new PosixError(abi.ERANGE);
      process.memory(buffer, path.length).set(path);
      return path.length;
    },
    pipe: (out: number, flags: number) => {
      const [from, to] = makePipe(flags);
      const ends = process.view(out, 8);
      ends.setInt32(0, process.open(from), true);
      ends.setInt32(4, process.open(to), true);
      return 0;
    },
    dup2: (from: number, to: number) => {
      const stream = process.stream(from);
      if (to < 0) throw new PosixError(abi.EBADF);
      if (from === to) return to;
      process.close(to);
      return process.attach(to, stream);
    },
    isatty: (fd: number) => (process.stream(fd).isTerminal ? 1 : 0),
    file_flags: (fd: number, flags: number) => {
      const stream = process.stream(fd);
      const changing = abi.O_APPEND | abi.O_NONBLOCK;
      if (flags >= 0) stream.flags = (stream.flags & ~changing) | (flags & changing);
      return stream.flags;
    },
    poll: (records: number, count: number, timeout: bigint) => poll(process, records, count, timeout),
  };
}
