// What the kernel has of files, for the file server: see file-service.ts. Contents are under handles, each of which has one reference to its file: the name's.
import { BootInfo } from '../lib/boot-info';
import { File } from '../lib/fs/file';
import { CONSOLE_OUTPUT } from '../lib/machine-constants';
import { label } from '../lib/machine';
import { MOST_LINE_BYTES } from '../lib/limits';
import { adoptFrames } from '../lib/page-frames';
import { PAGE_BYTES } from '../lib/page-table';
import { fileStorage } from '../lib/unix/file-pages';
import { RegularFile, statusOf } from '../lib/unix/inode-file';
import { NullFile } from '../lib/unix/null-file';
import { OpenFile } from '../lib/unix/open-file';
import { SCRATCH_PATH, SCRATCH_RECORD, scratchAt } from '../lib/unix/scratch';
import { TerminalFile } from '../lib/unix/terminal';
import { copyIn, copyOut } from '../lib/unix/user-memory';
import {
  EBADF,
  EINVAL,
  ENOENT,
  ENOMEM,
  ENOSPC,
  ENOSYS,
  ENOTDIR,
  EPERM,
  ESRCH,
  PATH_MAX,
  STAT_BYTES,
} from '../posix/abi';
import * as service from './file-service';
import { dropHandle, HANDLE_FILE, newHandle, objectOf } from './handle';
import { memoryIsShortForOthers } from './memory';
import { PPC_KERNEL } from './ppc-numbers';
import { ServedDirectory } from './served-directory';
import { servedThread } from './served-calls';

/** Permissions of what the machine was booted with. */
const PROGRAM_MODE: i32 = 0o755;

/** Addresses of the boot information, and of a table of the files that are in it, made as they are asked for. */
const INFO: usize = 0;
const FILES: usize = 4;
const place = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

/** On the boot CPU, once. */
export function layOutServedFiles(info: BootInfo): void {
  store<usize>(place, changetype<usize>(info), INFO);
  store<usize>(place, changetype<usize>(new StaticArray<usize>(max(info.files, 1))), FILES);
}

function bootInfo(): BootInfo {
  return changetype<BootInfo>(load<usize>(place, INFO));
}

/** The i-th file that the machine was booted with: it lies in RAM, and its frames become the file's. To be asked for by one at a time. */
function bootFile(i: i32): File {
  const files = changetype<StaticArray<usize>>(load<usize>(place, FILES));
  if (files[i] == 0) {
    const info = bootInfo();
    const bytes = <usize>info.fileBytes(i);
    const file = new File(fileStorage(), service.FIRST_BOOT_FILE + i, PROGRAM_MODE);
    label(changetype<usize>(file), offsetof<File>(), info.filePath(i), info.filePathBytes(i));
    adoptFrames(info.filePhysical(i), (bytes + PAGE_BYTES - 1) / PAGE_BYTES);
    file.adopt(info.filePhysical(i), bytes);
    files[i] = changetype<usize>(file);
  }
  return changetype<File>(files[i]);
}

/** The one of a path; null where there is none. */
export function bootFileOf(path: usize, bytes: i32): File | null {
  const info = bootInfo();
  for (let i = 0; i < info.files; i++) {
    if (info.filePathBytes(i) == bytes && memory.compare(info.filePath(i), path, bytes) == 0) return bootFile(i);
  }
  return null;
}

export function servedFileCall(n: i32, a: i32, b: i32, c: i32, d: i32): i32 {
  switch (n) {
    case service.SYS_FILE_MAKE:
      return make(a, b, c, d);
    case service.SYS_BOOT_PATH:
      return bootPath(a, b, c);
    case service.SYS_BOOT_FILE:
      return <u32>a < <u32>bootInfo().files ? <i32>newHandle(HANDLE_FILE, changetype<usize>(bootFile(a))) : -ENOENT;
    case service.SYS_DIRECTORY_GRANT:
      return memoryIsShortForOthers() ? -ENOMEM : grant(new ServedDirectory(b, a), b);
    case service.SYS_DEVICE_GRANT:
      return memoryIsShortForOthers() ? -ENOMEM : grant(deviceOf(a, b), b);
    case service.SYS_DIRECTORY_AT:
      return directoryAt(a, b);
    case service.SYS_DIRECTORY_SEEK:
      return seekDirectory(a, b);
    case service.SYS_DIRECTORY_ENTER:
      return enter(a);
    default: {
      const file = changetype<File | null>(objectOf(HANDLE_FILE, a));
      return file === null ? -EINVAL : callOn(file, n, a, b);
    }
  }
}

/** What is done to a file. */
function callOn(file: File, n: i32, handle: usize, b: i32): i32 {
  switch (n) {
    case service.SYS_FILE_DROP:
      dropHandle(handle);
      file.dropName();
      return 0;
    case service.SYS_FILE_STATUS: {
      const record = scratchAt(SCRATCH_RECORD);
      memory.fill(record, 0, STAT_BYTES);
      statusOf(file, record);
      return copyOut(b, record, STAT_BYTES);
    }
    case service.SYS_FILE_EMPTY: {
      const before = file.lock();
      file.truncate(0);
      file.unlock(before);
      return 0;
    }
    case service.SYS_FILE_GRANT:
      if (memoryIsShortForOthers()) return -ENOMEM;
      file.get();
      return grant(new RegularFile(b, file), b);
    case service.SYS_FILE_GIVE: {
      const caller = servedThread();
      if (caller === null) return -ESRCH;
      // Programs have descriptors.
      if ((caller.rights & PPC_KERNEL) == 0) return -EPERM;
      file.get();
      caller.given = file;
      return 0;
    }
    default:
      return -ENOSYS;
  }
}

function make(number: i32, mode: i32, path: usize, pathBytes: i32): i32 {
  if (<u32>pathBytes > <u32>PATH_MAX) return -EINVAL;
  if (memoryIsShortForOthers()) return -ENOSPC;
  const text = scratchAt(SCRATCH_PATH);
  const error = copyIn(text, path, pathBytes);
  if (error != 0) return error;
  const file = new File(fileStorage(), number, mode);
  label(changetype<usize>(file), offsetof<File>(), text, pathBytes);
  return <i32>newHandle(HANDLE_FILE, changetype<usize>(file));
}

function bootPath(i: i32, buffer: usize, room: i32): i32 {
  const info = bootInfo();
  if (<u32>i >= <u32>info.files) return -ENOENT;
  const bytes = info.filePathBytes(i);
  if (bytes > room) return -EINVAL;
  const error = copyOut(buffer, info.filePath(i), bytes);
  return error != 0 ? error : bytes;
}

/** Gives the caller a descriptor for what has been opened for it. */
function grant(file: OpenFile, flags: i32): i32 {
  const caller = servedThread();
  const fd = caller === null ? -ESRCH : caller.process.descriptors.add(file, flags);
  if (fd < 0) file.letGo();
  return fd;
}

function deviceOf(device: i32, flags: i32): OpenFile {
  if (device == service.TERMINAL_DEVICE) return new TerminalFile(flags, CONSOLE_OUTPUT);
  return new NullFile(flags);
}

/** What a descriptor of the caller's stands for, with a reference; null where it is closed. */
function openFile(fd: i32): OpenFile | null {
  const caller = servedThread();
  return caller === null ? null : caller.process.descriptors.get(fd);
}

function directoryAt(fd: i32, out: usize): i32 {
  const file = openFile(fd);
  if (file === null) return -EBADF;
  let error = -ENOTDIR;
  if (file instanceof ServedDirectory) {
    const directory = <ServedDirectory>file;
    const words = scratchAt(SCRATCH_RECORD);
    store<i32>(words, directory.number);
    store<i32>(words, directory.position, 4);
    error = copyOut(out, words, 8);
  }
  file.letGo();
  return error;
}

function seekDirectory(fd: i32, position: i32): i32 {
  const file = openFile(fd);
  if (file === null) return -EBADF;
  const isDirectory = file instanceof ServedDirectory;
  if (isDirectory) changetype<ServedDirectory>(file).position = position;
  file.letGo();
  return isDirectory ? 0 : -ENOTDIR;
}

function enter(number: i32): i32 {
  const caller = servedThread();
  if (caller === null) return -ESRCH;
  caller.process.workingDirectory = number;
  return 0;
}
