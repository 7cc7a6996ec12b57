// From a file to a program that is ready to run: its image and those of the libraries that it imports are translated and linked, and an address space
// says where their memory is. docs/walks/load.md walks through it.
//
//   0                 the program's own memory, to the size that its module asks for; behind it the heap
//   POSIX_BASE ...    static data of the libraries
//   ARGUMENTS         arguments and environment, in pages of their own
import { File } from '../fs/file';
import { link, linkExport } from '../machine';
import { LINK_ENTRY_BYTES, LINK_ENTRY_IMAGE, LINK_ENTRY_NAME, LINK_ENTRY_NAME_BYTES } from '../machine-constants';
import { release } from '../objects';
import { PAGE_BYTES } from '../page-table';
import {
  EFAULT,
  EINVAL,
  ENAMETOOLONG,
  ENOENT,
  ENOEXEC,
  ENOMEM,
  LIBRARY_BYTES,
  PATH_MAX,
  POSIX_BASE,
  PROGRAM_END,
  WASI_BASE,
} from '../../posix/abi';
import { AddressSpace } from 'kernel/address-space';
import { SCRATCH_RECORD, scratchAt } from './scratch';
import { imageCache } from './image-cache';
import { Link } from './link';
import { findLibrary } from 'kernel/naming';
import { MODULE_NAME_BYTES, ProgramImage } from './program-image';
import { copyTo, holdPage } from 'kernel/user-memory';
import { copyIn, letGoPage, upToPageEnd } from './user-memory';

export const ARGUMENTS: usize = 0x7f00_0000;
const MOST_IMAGES: i32 = 8;
const WASM_PAGE: usize = 65536;

/** Names of the libraries, and of what the machine itself provides, with their bytes. */
const POSIX = memory.data<u8>([0x70, 0x6f, 0x73, 0x69, 0x78]);
const POSIX_BYTES: i32 = 5;
const MACHINE = memory.data<u8>([0x6d, 0x61, 0x63, 0x68, 0x69, 0x6e, 0x65]);
const MACHINE_BYTES: i32 = 7;
const ENV = memory.data<u8>([0x65, 0x6e, 0x76]);
const ENV_BYTES: i32 = 3;
/** Where programs begin: `_start`, or else `main`. */
const START = memory.data<u8>([0x5f, 0x73, 0x74, 0x61, 0x72, 0x74]);
const START_BYTES: i32 = 6;
const MAIN = memory.data<u8>([0x6d, 0x61, 0x69, 0x6e]);
const MAIN_BYTES: i32 = 4;

/** Loads a program. When `load` has answered 0 space and link are the caller's; otherwise nothing is left. */
export class ProgramLoader {
  space: AddressSpace | null = null;
  link: Link | null = null;
  /** What stands for the function in which it begins. */
  entry: i32 = 0;
  /** Libraries first, the program last, which has no name. */
  private readonly names: StaticArray<u8> = new StaticArray<u8>(MOST_IMAGES * MODULE_NAME_BYTES);
  private readonly nameBytes: StaticArray<i32> = new StaticArray<i32>(MOST_IMAGES);
  private readonly images: StaticArray<ProgramImage | null> = new StaticArray<ProgramImage | null>(MOST_IMAGES);
  private count: i32 = 0;
  /** Names that are looked for, one at each depth: to find a file may take other threads' turns. */
  private readonly wanted: StaticArray<u8> = new StaticArray<u8>(MOST_IMAGES * MODULE_NAME_BYTES);
  private readonly pathText: StaticArray<u8> = new StaticArray<u8>(PATH_MAX);

  /** The program's path, in the kernel's memory. */
  get path(): usize {
    return changetype<usize>(this.pathText);
  }

  /** Copies the path from the user: its bytes, or an error. */
  takePath(path: usize, bytes: i32): i32 {
    if (bytes == 0) return -ENOENT;
    if (<u32>bytes > <u32>PATH_MAX) return -ENAMETOOLONG;
    const error = copyIn(this.path, path, bytes);
    return error != 0 ? error : bytes;
  }

  load(file: File): i32 {
    const space = AddressSpace.create();
    if (space === null) return -ENOMEM;
    this.space = space;
    let error = this.addImage(file, 0, 0, 0);
    if (error == 0) error = this.linkImages();
    if (error == 0 && !this.layOut(space)) {
      this.link!.letGo();
      error = -ENOMEM;
    }
    if (error != 0) space.destroy();
    for (let i = 0; i < this.count; i++) unchecked(this.images[i])!.letGo();
    return error;
  }

  /** Frees what was loaded. */
  giveUp(): void {
    this.space!.destroy();
    this.link!.letGo();
  }

  destroy(): void {
    release(this.names);
    release(this.nameBytes);
    release(this.images);
    release(this.wanted);
    release(this.pathText);
    release(this);
  }

  // --- images

  /** Adds a file's image, behind those of the libraries that it imports. */
  private addImage(file: File, name: usize, nameBytes: i32, depth: i32): i32 {
    if (depth == MOST_IMAGES) return -ENOEXEC;
    const image = imageCache.load(file);
    if (image === null) return -ENOEXEC;
    let error = 0;
    for (let i = 0; i < image.imports && error == 0; i++) error = this.addLibrary(image, i, depth + 1);
    if (error == 0 && this.count == MOST_IMAGES) error = -ENOEXEC;
    if (error != 0) {
      image.letGo();
      return error;
    }
    memory.copy(this.nameOf(this.count), name, nameBytes);
    unchecked((this.nameBytes[this.count] = nameBytes));
    unchecked((this.images[this.count++] = image));
    return 0;
  }

  private nameOf(image: i32): usize {
    return changetype<usize>(this.names) + image * MODULE_NAME_BYTES;
  }

  private isNamed(image: i32, name: usize, bytes: i32): bool {
    return same(this.nameOf(image), unchecked(this.nameBytes[image]), name, bytes);
  }

  /** Adds the library that an image imports, if it is not there yet. */
  private addLibrary(importer: ProgramImage, i: i32, depth: i32): i32 {
    const name = changetype<usize>(this.wanted) + (depth - 1) * MODULE_NAME_BYTES;
    const bytes = importer.importName(i, name);
    if (bytes < 0) return -ENOEXEC;
    if (same(name, bytes, MACHINE, MACHINE_BYTES) || same(name, bytes, ENV, ENV_BYTES)) return 0;
    for (let i = 0; i < this.count; i++) if (this.isNamed(i, name, bytes)) return 0;
    const file = findLibrary(name, bytes);
    if (file === null) return -ENOEXEC;
    const error = this.addImage(file, name, bytes, depth);
    file.put();
    return error;
  }

  private linkImages(): i32 {
    const list = scratchAt(SCRATCH_RECORD);
    for (let i = 0; i < this.count; i++) {
      const image = unchecked(this.images[i])!;
      const entry = list + <usize>i * LINK_ENTRY_BYTES;
      store<i32>(entry, image.number, LINK_ENTRY_IMAGE);
      store<usize>(entry, this.nameOf(i), LINK_ENTRY_NAME);
      store<i32>(entry, unchecked(this.nameBytes[i]), LINK_ENTRY_NAME_BYTES);
    }
    const number = link(list, this.count);
    if (number < 0) return number;
    this.link = new Link(number);
    this.entry = linkExport(number, START, START_BYTES);
    if (this.entry < 0) this.entry = linkExport(number, MAIN, MAIN_BYTES);
    if (this.entry >= 0) return 0;
    this.link!.letGo();
    return -ENOEXEC;
  }

  // --- memory

  private layOut(space: AddressSpace): bool {
    for (let i = 0; i < this.count; i++) {
      const image = unchecked(this.images[i])!;
      const isPosix = this.isNamed(i, POSIX, POSIX_BYTES);
      const isProgram = i == this.count - 1;
      const start: usize = isProgram ? 0 : isPosix ? POSIX_BASE : WASI_BASE;
      // What its module asks for is there from the beginning, so it does not run with less.
      if (isProgram && image.pages > <u32>(PROGRAM_END / WASM_PAGE)) return false;
      const bytes = isProgram ? <usize>image.pages * WASM_PAGE : LIBRARY_BYTES;
      if (isProgram) space.heapEnd = bytes;
      if (bytes == 0) continue;
      if (!space.mapImage(start, start + bytes, image)) return false;
    }
    return true;
  }

  /** Copies arguments or environment of the current process to `place` in the new address space: 0, or -EFAULT, -ENOMEM; -EINVAL where no zero byte ends them. */
  copyText(place: usize, from: usize, bytes: i32): i32 {
    let done: usize = 0;
    let last: u8 = 0;
    while (done < <usize>bytes) {
      const part = upToPageEnd(from + done, <usize>bytes - done);
      const reached = holdPage(from + done, false);
      if (reached == 0) return -EFAULT;
      const error = copyTo(this.space!, place + done, reached, part);
      last = load<u8>(reached + part - 1);
      letGoPage(reached);
      if (error != 0) return -ENOMEM;
      done += part;
    }
    return last == 0 ? 0 : -EINVAL;
  }

  /** Makes room for arguments and environment; false where memory is short. */
  addArguments(bytes: i32): bool {
    if (bytes == 0) return true;
    const space = this.space!;
    const end = (ARGUMENTS + <usize>bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
    space.lock();
    const possible = space.extend(ARGUMENTS, end);
    space.unlock();
    return possible;
  }
}

function same(a: usize, aBytes: i32, b: usize, bBytes: i32): bool {
  return aBytes == bBytes && memory.compare(a, b, aBytes) == 0;
}
