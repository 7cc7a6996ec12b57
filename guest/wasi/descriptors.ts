// What WASI has to know of descriptors beyond what the kernel knows: under which path each was opened, and where a directory's listing stands.
//
// A WASI descriptor is the process's descriptor of the same number. Paths in WASI begin at a directory descriptor, but the POSIX-like API knows only
// paths that begin at the root or at the working directory; so the path of each descriptor is kept here, and `resolve` puts a new one behind it. A
// directory that is renamed meanwhile is not found any more under the old path.
//
// From descriptor 3 on there are the directories that a program begins with: "/" and ".", for which wasi-libc asks. What the process had inherited
// there is closed. A process calls this library from one thread at a time.
import { EBADF, ENAMETOOLONG, ENOENT, ENOTDIR, O_CLOEXEC, O_DIRECTORY, OPEN_MAX, PATH_MAX } from '../posix/abi';
import { close, dup2, fstat, open } from '../posix/posix';
import { SCRATCH_STATUS } from './scratch';

/** Bytes of directory entries that are kept of a descriptor's listing. */
export const LISTING_BYTES: i32 = 2032;

/** A descriptor's record, all zero for one that was not opened here. A program with few files touches few of their pages. */
@unmanaged
export class Descriptor {
  /** Bytes of its path; 0 if it was not opened here. */
  pathBytes: i32;
  isPreopened: bool;
  /** Of its listing: the cookie of the first entry that is kept, and bytes of all that are. */
  listingStart: i32;
  listingBytes: i32;

  get path(): usize {
    return changetype<usize>(this) + offsetof<Descriptor>();
  }

  get listing(): usize {
    return this.path + PATH_MAX;
  }
}

const DESCRIPTOR_BYTES: usize = offsetof<Descriptor>() + PATH_MAX + LISTING_BYTES;
const TABLE = memory.data(<i32>DESCRIPTOR_BYTES * OPEN_MAX, 16);

const SLASH: i32 = 0x2f;
const ROOT = memory.data<u8>([0x2f]);
const HERE = memory.data<u8>([0x2e]);
const FIRST_PREOPENED: i32 = 3;

/** The record of a number below OPEN_MAX. */
export function descriptorAt(fd: i32): Descriptor {
  return changetype<Descriptor>(TABLE + <usize>fd * DESCRIPTOR_BYTES);
}

/** None where a number can be no descriptor, and where it was not opened here. */
export function opened(fd: i32): Descriptor | null {
  if (<u32>fd >= <u32>OPEN_MAX) return null;
  const descriptor = descriptorAt(fd);
  return descriptor.pathBytes == 0 ? null : descriptor;
}

/** Notes under which path a descriptor was opened. */
export function remember(fd: i32, path: usize, bytes: i32): Descriptor {
  const descriptor = descriptorAt(fd);
  forget(fd);
  descriptor.pathBytes = bytes;
  memory.copy(descriptor.path, path, bytes);
  return descriptor;
}

export function forget(fd: i32): void {
  memory.fill(changetype<usize>(descriptorAt(fd)), 0, offsetof<Descriptor>());
}

/** Lets one number have what another has, which has nothing from then on. */
export function move(from: i32, to: i32): void {
  if (from == to) return;
  memory.copy(changetype<usize>(descriptorAt(to)), changetype<usize>(descriptorAt(from)), DESCRIPTOR_BYTES);
  forget(from);
}

/**
 * Puts together the path that `path` is from the directory `fd` on, in PATH_MAX bytes at `to`. Returns its bytes or a negated error. A path that
 * begins with a slash begins at the root, as in openat.
 */
export function resolve(fd: i32, path: usize, pathBytes: i32, to: usize): i32 {
  const directory = opened(fd);
  if (directory === null) return fstat(fd, SCRATCH_STATUS) < 0 ? -EBADF : -ENOTDIR;
  if (pathBytes == 0) return -ENOENT;
  if (<u32>pathBytes > <u32>PATH_MAX) return -ENAMETOOLONG;
  let bytes = 0;
  if (load<u8>(path) != SLASH) {
    bytes = directory.pathBytes;
    const isRoot = load<u8>(directory.path + bytes - 1) == SLASH;
    if (bytes + (isRoot ? 0 : 1) + pathBytes > PATH_MAX) return -ENAMETOOLONG;
    memory.copy(to, directory.path, bytes);
    if (!isRoot) store<u8>(to + bytes++, SLASH);
  }
  memory.copy(to + bytes, path, pathBytes);
  return bytes + pathBytes;
}

function preopen(fd: i32, name: usize): void {
  const found = open(name, 1, O_DIRECTORY | O_CLOEXEC, 0);
  if (found < 0) return;
  if (found != fd) {
    dup2(found, fd);
    close(found);
  }
  remember(fd, name, 1).isPreopened = true;
}

preopen(FIRST_PREOPENED, ROOT);
preopen(FIRST_PREOPENED + 1, HERE);
