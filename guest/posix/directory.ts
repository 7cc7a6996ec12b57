// What is in a directory, and paths.

import * as abi from './abi';
import { ByteBuffer } from './byte-buffer';
import { Bytes } from './bytes';
import { openPath } from './file';
import { free, malloc } from './heap';
import { close, readdir } from './posix';

const BUFFER_BYTES: i32 = 4096;

/** Entries of a directory one by one, without "." and ".."; not in any order. After `next` answered true, `name`, `kind` and `inode` tell of one. */
export class Directory {
  /** Descriptor, or why there is none: an error number, negated. */
  readonly fd: i32;
  private buffer: usize = 0;
  private record: usize = 0;
  private end: usize = 0;
  /** Error number of reading, negated; 0: none. */
  error: i32 = 0;

  constructor(path: Bytes) {
    this.fd = openPath(path, abi.O_RDONLY | abi.O_DIRECTORY | abi.O_CLOEXEC);
    if (this.fd >= 0) this.buffer = malloc(BUFFER_BYTES);
    else this.error = this.fd;
  }

  next(): bool {
    if (this.fd < 0) return false;
    while (true) {
      if (this.record < this.end) this.record += load<u16>(this.record, abi.DIRENT_BYTES);
      if (this.record >= this.end) {
        const count = readdir(this.fd, this.buffer, BUFFER_BYTES);
        if (count <= 0) {
          this.error = count;
          return false;
        }
        this.record = this.buffer;
        this.end = this.buffer + count;
      }
      const length = this.nameBytes;
      const name = this.record + abi.DIRENT_NAME;
      const dots = load<u8>(name) == 0x2e && (length == 1 || (length == 2 && load<u8>(name + 1) == 0x2e));
      if (!dots) return true;
    }
  }

  private get nameBytes(): i32 {
    return load<u16>(this.record, abi.DIRENT_NAME_BYTES);
  }
  /** A copy of the name. */
  get name(): Bytes {
    return Bytes.copy(this.record + abi.DIRENT_NAME, this.nameBytes);
  }
  /** S_IF* of the entry. */
  get kind(): i32 {
    return load<u16>(this.record, abi.DIRENT_TYPE) << 12;
  }
  get inode(): i64 {
    return load<i64>(this.record, abi.DIRENT_INODE);
  }

  close(): void {
    if (this.fd < 0) return;
    close(this.fd);
    free(this.buffer);
  }
}

/** Names in a directory in the order of their bytes; null where it cannot be read. */
export function namesIn(path: Bytes): Bytes[] | null {
  const directory = new Directory(path);
  const names: Bytes[] = [];
  while (directory.next()) names.push(directory.name);
  directory.close();
  if (directory.error != 0) return null;
  return names.sort((a, b) => a.compare(b));
}

/** "folder/name". */
export function joinPath(folder: Bytes, name: Bytes): Bytes {
  const path = new ByteBuffer().bytes(folder);
  if (folder.length > 0 && folder[folder.length - 1] != 0x2f) path.byte(0x2f);
  return path.bytes(name).view();
}

/** The part of a path behind the last slash; slashes at its end do not count. */
export function baseName(path: Bytes): Bytes {
  let end = path.length;
  while (end > 1 && path[end - 1] == 0x2f) end--;
  const trimmed = path.slice(0, end);
  if (trimmed.length == 1) return trimmed;
  return trimmed.slice(trimmed.lastIndexOf(0x2f) + 1);
}
