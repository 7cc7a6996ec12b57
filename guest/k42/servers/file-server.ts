// K42's file server: what files are called. Directories and names are here, in user mode, in the file system library (guest/lib/fs); what is in files, and open
// files, are the kernel's. Programs call it for each path (../posix-paths.ts), the kernel for programs that it loads. See ../file-service.ts for the operations.
//
// It runs on its callers' CPUs, as many calls at a time as there are, and waits for nobody but those who hold a lock.
import { putAscii } from '../../lib/ascii';
import { Directory } from '../../lib/fs/directory';
import { FileSystem } from '../../lib/fs/file-system';
import { Inode } from '../../lib/fs/inode';
import { Walk } from '../../lib/fs/walk';
import {
  EACCES,
  EINVAL,
  EISDIR,
  ENAMETOOLONG,
  ENOENT,
  ENOMEM,
  ENOSYS,
  ENOTDIR,
  ERANGE,
  PATH_MAX,
  S_IFDIR,
  S_IFREG,
  STAT_BYTES,
} from '../../posix/index';
import * as service from '../file-service';
import { PpcCall, serve } from '../ppc-api';
import { FILE_SERVER } from '../service-numbers';
import { bootFiles, fill } from './boot-files';
import { Desk, deskOf, RECORD_BYTES, takePath } from './desk';
import { findDirectory } from './directory-table';
import { forgetPrefixes, prefixOf } from './prefixes';
import { ServedFile } from './served-file';
import { ServedStorage } from './served-storage';
import { fetchAt, fifth, fourth, kernel, memoryIsShort, operation, storeAt } from './service';

const SLASH: u8 = 0x2f;

/** Set once, before there are calls. */
let files: FileSystem = changetype<FileSystem>(0);

export function main(): i32 {
  const count = bootFiles();
  files = new FileSystem(new ServedStorage(), service.FIRST_BOOT_FILE + count - 1);
  fill(files, count);
  return serve(FILE_SERVER, answer);
}

function answer(call: PpcCall): i64 {
  switch (operation(call)) {
    case service.OPEN:
    case service.STAT:
    case service.MAKE_DIRECTORY:
    case service.UNLINK:
    case service.REMOVE_DIRECTORY:
    case service.ENTER:
    case service.FIND: {
      const desk = deskOf(call);
      const bytes = takePath(desk.path, call.b, call.c);
      if (bytes < 0) return bytes;
      return fromPrefix(call, desk, bytes);
    }
    case service.RENAME:
      return rename(call);
    case service.STAT_OPEN:
      return statOpen(call);
    case service.LIST:
      return list(call);
    case service.WHERE:
      return where(call);
    case service.FIND_LIBRARY:
      return findLibrary(call);
    default:
      return -ENOSYS;
  }
}

@inline
function isAbsolute(path: usize): bool {
  return load<u8>(path) == SLASH;
}

/** An operation on the path on the desk: it begins where a prefix leads that the worker knows, if it has one. */
function fromPrefix(call: PpcCall, desk: Desk, bytes: i32): i32 {
  const path = desk.path;
  const start = isAbsolute(path) ? service.ROOT : call.directory;
  const prefix = prefixOf(path, bytes);
  if (prefix > 0) {
    const known = desk.prefixes.find(start, path, prefix);
    if (known !== null) return pathOperation(call, desk, known, path + prefix + 1, bytes - prefix - 1);
  }
  // From the root it is not looked for: it is always there.
  if (start == service.ROOT) return fromDirectory(call, desk, files.root, start, prefix, bytes);
  const from = findDirectory(start);
  // It has been removed.
  if (from === null) return -ENOENT;
  const result = fromDirectory(call, desk, from, start, prefix, bytes);
  from.put();
  return result;
}

/** The same from where the path begins; a prefix that leads to a directory is known from then on. */
function fromDirectory(call: PpcCall, desk: Desk, from: Directory, start: i32, prefix: i32, bytes: i32): i32 {
  const path = desk.path;
  const walk = desk.walk;
  if (prefix == 0 || files.lookup(walk, from, path, prefix) != 0) return pathOperation(call, desk, from, path, bytes);
  const inode = walk.inode!;
  if (inode.kind != S_IFDIR) {
    inode.put();
    return pathOperation(call, desk, from, path, bytes);
  }
  const directory = changetype<Directory>(inode);
  desk.prefixes.remember(start, path, prefix, directory);
  return pathOperation(call, desk, directory, path + prefix + 1, bytes - prefix - 1);
}

/** An operation on a path, which begins in a directory. */
function pathOperation(call: PpcCall, desk: Desk, from: Directory, path: usize, bytes: i32): i32 {
  const walk = desk.walk;
  switch (operation(call)) {
    case service.OPEN: {
      const flags = fourth(call);
      const error = files.open(walk, from, path, bytes, flags, fifth(call));
      return error != 0 ? error : grant(walk, flags);
    }
    case service.STAT: {
      const error = files.lookup(walk, from, path, bytes);
      return error != 0 ? error : tellStatus(walk.inode!, desk, fourth(call));
    }
    case service.MAKE_DIRECTORY:
      return memoryIsShort() ? -ENOMEM : files.mkdir(walk, from, path, bytes, fourth(call));
    case service.UNLINK:
      return files.unlink(walk, from, path, bytes);
    case service.REMOVE_DIRECTORY:
      return moved(files.rmdir(walk, from, path, bytes));
    case service.ENTER: {
      const error = files.lookup(walk, from, path, bytes);
      return error != 0 ? error : enter(walk.inode!);
    }
    default: {
      const error = files.lookup(walk, from, path, bytes);
      return error != 0 ? error : give(walk.inode!);
    }
  }
}

/** Either path may be relative, so neither begins at a prefix. */
function rename(call: PpcCall): i32 {
  const desk = deskOf(call);
  const bytes = takePath(desk.path, call.b, call.c);
  if (bytes < 0) return bytes;
  const otherBytes = takePath(desk.otherPath, fourth(call), fifth(call));
  if (otherBytes < 0) return otherBytes;
  if (memoryIsShort()) return -ENOMEM;
  if (isAbsolute(desk.path) && isAbsolute(desk.otherPath)) return renameFrom(files.root, desk, bytes, otherBytes);
  const from = findDirectory(call.directory);
  // It has been removed.
  if (from === null) return -ENOENT;
  const result = renameFrom(from, desk, bytes, otherBytes);
  from.put();
  return result;
}

function renameFrom(from: Directory, desk: Desk, bytes: i32, otherBytes: i32): i32 {
  return moved(files.rename(desk.walk, desk.otherWalk, from, desk.path, bytes, desk.otherPath, otherBytes));
}

/** What may have moved or removed a directory has answered. */
function moved(answer: i32): i32 {
  if (answer == 0) forgetPrefixes();
  return answer;
}

// --- what was found: each of these takes over the reference

/** Opens it for the caller. */
function grant(walk: Walk, flags: i32): i32 {
  const inode = walk.inode!;
  let fd = 0;
  if (inode instanceof ServedFile) fd = kernel(service.SYS_FILE_GRANT, (<ServedFile>inode).handle, flags);
  else if (inode.kind == S_IFDIR) fd = kernel(service.SYS_DIRECTORY_GRANT, inode.number, flags);
  else fd = kernel(service.SYS_DEVICE_GRANT, inode.device, flags);
  inode.put();
  return fd;
}

function tellStatus(inode: Inode, desk: Desk, out: usize): i32 {
  memory.fill(desk.record, 0, STAT_BYTES);
  const before = inode.lockShared();
  inode.stat(desk.record);
  inode.unlockShared(before);
  inode.put();
  return storeAt(out, desk.record, STAT_BYTES);
}

/** The caller's process goes there. */
function enter(inode: Inode): i32 {
  const error = inode.kind == S_IFDIR ? kernel(service.SYS_DIRECTORY_ENTER, inode.number) : -ENOTDIR;
  inode.put();
  return error;
}

/** The kernel gets it. */
function give(inode: Inode): i32 {
  const error = inode.kind == S_IFREG ? kernel(service.SYS_FILE_GIVE, changetype<ServedFile>(inode).handle) : -EACCES;
  inode.put();
  return error;
}

// --- directories that are open, or that a process is in

function statOpen(call: PpcCall): i32 {
  const desk = deskOf(call);
  const error = kernel(service.SYS_DIRECTORY_AT, call.b, <i32>desk.record);
  if (error != 0) return error;
  const directory = findDirectory(load<i32>(desk.record));
  return directory === null ? -ENOENT : tellStatus(directory, desk, call.c);
}

function list(call: PpcCall): i32 {
  const bytes = fourth(call);
  if (bytes < 0) return -EINVAL;
  const desk = deskOf(call);
  const at = desk.record;
  const error = kernel(service.SYS_DIRECTORY_AT, call.b, <i32>at);
  if (error != 0) return error;
  const directory = findDirectory(load<i32>(at));
  // There is nothing in one that has been removed.
  if (directory === null) return 0;
  const position = at + 4;
  const done = listInto(call.c, bytes, directory, desk, position);
  directory.put();
  if (done > 0) kernel(service.SYS_DIRECTORY_SEEK, call.b, load<i32>(position));
  return done;
}

/** Records into the caller's buffer, a desk full at a time; moves the position. Bytes, or an error where it is none. */
function listInto(buffer: usize, bytes: i32, directory: Directory, desk: Desk, position: usize): i32 {
  const records = desk.record + 8;
  let done = 0;
  while (done < bytes) {
    const place = load<i32>(position);
    const before = directory.lock();
    const count = directory.list(position, records, min(bytes - done, RECORD_BYTES));
    directory.unlock(before);
    if (count == 0) break;
    const error = count > 0 ? storeAt(buffer + done, records, count) : count;
    if (error < 0) {
      store<i32>(position, place);
      return done > 0 ? done : error;
    }
    done += count;
  }
  return done;
}

function where(call: PpcCall): i32 {
  const directory = findDirectory(call.directory);
  if (directory === null) return -ENOENT;
  const desk = deskOf(call);
  const bytes = files.pathOf(directory, desk.path, PATH_MAX);
  directory.put();
  if (bytes < 0) return bytes;
  if (bytes > call.c) return -ERANGE;
  const error = storeAt(call.b, desk.path, bytes);
  return error != 0 ? error : bytes;
}

// --- libraries

function findLibrary(call: PpcCall): i32 {
  const desk = deskOf(call);
  const folder = putAscii(desk.path, '/lib/');
  if (<u32>call.c > <u32>(PATH_MAX - 16)) return -ENAMETOOLONG;
  const error = fetchAt(call.b, desk.path + folder, call.c);
  if (error != 0) return error;
  const bytes = folder + call.c + putAscii(desk.path + folder + call.c, '.wasm');
  const found = files.lookup(desk.walk, files.root, desk.path, bytes);
  return found != 0 ? found : give(desk.walk.inode!);
}
