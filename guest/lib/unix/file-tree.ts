// The kernel's file system: the library's tree (guest/lib/fs) on page frames, with what the machine was booted with in it, and two devices.
//
// What is found or made here is known by inodes with references; the system calls on them are in file-calls.ts. Paths are in the kernel's memory, and
// begin in the current process's working directory.
import { putAscii } from '../ascii';
import { BootInfo } from '../boot-info';
import { Directory } from '../fs/directory';
import { File } from '../fs/file';
import { FileSystem } from '../fs/file-system';
import { Inode } from '../fs/inode';
import {
  BOOT_FILE_BYTES,
  BOOT_FILE_LENGTH,
  BOOT_FILE_PATH,
  BOOT_FILE_PATH_BYTES,
  BOOT_FILE_PHYSICAL,
  BOOT_INFO_FILE_TABLE,
  BOOT_INFO_FILES,
  CONSOLE_OUTPUT,
} from '../machine-constants';
import { label } from '../machine';
import { adoptFrames } from '../page-frames';
import { PAGE_BYTES } from '../page-table';
import { EACCES, EISDIR, ENOTDIR, O_CREAT, S_IFCHR } from '../../posix/abi';
import { currentThread, thisCpu } from 'kernel/cpu';
import { SCRATCH_OTHER_PATH, scratchAt } from './scratch';
import { fileStorage } from './file-pages';
import { nameMemory, nameOne } from './names';
import { NullFile } from './null-file';
import { OpenDirectory, RegularFile, statusOf } from './inode-file';
import { OpenFile } from './open-file';
import { TerminalFile } from './terminal';

/** Permissions of what the machine was booted with. */
const PROGRAM_MODE: i32 = 0o755;
const SLASH: i32 = 0x2f;
const TERMINAL_DEVICE: i32 = 1;
const NULL_DEVICE: i32 = 2;

class Device extends Inode {
  constructor(
    tree: FileSystem,
    private readonly deviceNumber: i32,
  ) {
    super(tree.storage, tree.newNumber(), S_IFCHR | 0o666);
  }

  get device(): i32 {
    return this.deviceNumber;
  }
}

/** The one that there is; the same on each core. */
let tree: FileSystem = changetype<FileSystem>(0);

/** What cores are told of it. */
export function makeNames(info: BootInfo): usize {
  const made = new FileSystem(fileStorage());
  nameOne(made, 'file tree');
  return changetype<usize>(made);
}

export function setNames(names: usize): void {
  tree = changetype<FileSystem>(names);
}

// --- what is there from the beginning

/** Puts the files that the machine was booted with, and devices, into the tree; on the boot core. */
export function fillFileTree(info: BootInfo): void {
  nameMemory(changetype<usize>(tree.root), offsetof<Directory>(), '/');
  const boot = changetype<usize>(info);
  const table = load<usize>(boot, BOOT_INFO_FILE_TABLE);
  for (let i = 0; i < load<i32>(boot, BOOT_INFO_FILES); i++) addFile(table + <usize>i * BOOT_FILE_BYTES);
  addDirectory('/tmp');
  addDirectory('/dev');
  addDevice('/dev/console', TERMINAL_DEVICE);
  addDevice('/dev/null', NULL_DEVICE);
}

/** A file lies in RAM already; its frames become the inode's. A path that ends in a slash is a directory. */
function addFile(record: usize): void {
  const path = load<usize>(record, BOOT_FILE_PATH);
  const pathBytes = load<i32>(record, BOOT_FILE_PATH_BYTES);
  const physical = load<usize>(record, BOOT_FILE_PHYSICAL);
  const bytes = load<usize>(record, BOOT_FILE_LENGTH);
  makeDirectories(path, pathBytes);
  if (load<u8>(path + pathBytes - 1) == SLASH) return;
  adoptFrames(physical, (bytes + PAGE_BYTES - 1) / PAGE_BYTES);
  const file = new File(fileStorage(), tree.newNumber(), PROGRAM_MODE);
  label(changetype<usize>(file), offsetof<File>(), path, pathBytes);
  file.adopt(physical, bytes);
  tree.place(thisCpu().walk, tree.root, path, pathBytes, file);
}

/** Makes those directories on the way of a path that are not there yet: whatever a slash follows. */
function makeDirectories(path: usize, pathBytes: i32): void {
  for (let i = 1; i < pathBytes; i++) {
    if (load<u8>(path + i) == SLASH && tree.mkdir(thisCpu().walk, tree.root, path, i, 0o755) == 0) {
      nameDirectory(path, i);
    }
  }
}

function addDirectory(name: string): void {
  const path = ascii(name);
  tree.mkdir(thisCpu().walk, tree.root, path, name.length, 0o777);
  nameDirectory(path, name.length);
}

/** For reports of those outside: an inode is called by the path under which it was made. */
function nameDirectory(path: usize, bytes: i32): void {
  const walk = thisCpu().walk;
  if (tree.lookup(walk, tree.root, path, bytes) != 0) return;
  const inode = walk.inode!;
  label(changetype<usize>(inode), offsetof<Directory>(), path, bytes);
  inode.put();
}

function addDevice(name: string, device: i32): void {
  const path = ascii(name);
  tree.place(thisCpu().walk, tree.root, path, name.length, new Device(tree, device));
}

/** A name in memory that lasts until the next one. */
function ascii(name: string): usize {
  const at = scratchAt(SCRATCH_OTHER_PATH);
  putAscii(at, name);
  return at;
}

// --- paths

/** As a process has it: with a reference. */
export function rootDirectory(): usize {
  return holdDirectory(changetype<usize>(tree.root));
}

/** One more reference to a directory that a process has: the directory. */
export function holdDirectory(directory: usize): usize {
  changetype<Directory>(directory).get();
  return directory;
}

/** A process has a directory no longer, if it had any. */
export function dropDirectory(directory: usize): void {
  if (directory != 0) changetype<Directory>(directory).put();
}

/** Where the current process's relative paths begin, with a reference. While the kernel makes the first process: the root. */
function workingDirectory(): Directory {
  const thread = thisCpu().current;
  if (thread === null) return changetype<Directory>(rootDirectory());
  const process = thread.process;
  process.lock();
  const directory = holdDirectory(process.workingDirectory);
  process.unlock();
  return changetype<Directory>(directory);
}

/** open(): none, and the error in the core's `error`. */
export function openPath(path: usize, bytes: i32, flags: i32, mode: i32): OpenFile | null {
  const cpu = thisCpu();
  const from = workingDirectory();
  const error = tree.open(cpu.walk, from, path, bytes, flags, mode);
  from.put();
  cpu.error = error;
  if (error != 0) return null;
  const inode = cpu.walk.inode!;
  if (inode instanceof File) return new RegularFile(flags, <File>inode);
  if (inode instanceof Directory) return new OpenDirectory(flags, <Directory>inode);
  const device = inode.device;
  inode.put();
  if (device == TERMINAL_DEVICE) return new TerminalFile(flags, CONSOLE_OUTPUT);
  return new NullFile(flags);
}

/** A regular file, with a reference; none, and the error in the core's `error`. */
export function findFile(path: usize, bytes: i32): File | null {
  const cpu = thisCpu();
  const from = workingDirectory();
  cpu.error = tree.lookup(cpu.walk, from, path, bytes);
  from.put();
  if (cpu.error != 0) return null;
  const inode = cpu.walk.inode!;
  if (inode instanceof File) return <File>inode;
  cpu.error = -EACCES;
  inode.put();
  return null;
}

/** The image of a library by its module name: /lib/NAME.wasm. */
export function findLibrary(name: usize, bytes: i32): File | null {
  const path = ascii('/lib/');
  memory.copy(path + 5, name, bytes);
  return findFile(path, 5 + bytes + putAscii(path + 5 + bytes, '.wasm'));
}

export function statusOfPath(path: usize, bytes: i32, record: usize): i32 {
  const walk = thisCpu().walk;
  const from = workingDirectory();
  const error = tree.lookup(walk, from, path, bytes);
  from.put();
  if (error != 0) return error;
  const inode = walk.inode!;
  statusOf(inode, record);
  inode.put();
  return 0;
}

export function makeDirectory(path: usize, bytes: i32, mode: i32): i32 {
  const from = workingDirectory();
  const error = tree.mkdir(thisCpu().walk, from, path, bytes, mode);
  from.put();
  return error;
}

export function unlink(path: usize, bytes: i32, directory: bool): i32 {
  const walk = thisCpu().walk;
  const from = workingDirectory();
  const error = directory ? tree.rmdir(walk, from, path, bytes) : tree.unlink(walk, from, path, bytes);
  from.put();
  return error;
}

export function rename(old: usize, oldBytes: i32, path: usize, pathBytes: i32): i32 {
  const cpu = thisCpu();
  const from = workingDirectory();
  const error = tree.rename(cpu.walk, cpu.otherWalk, from, old, oldBytes, path, pathBytes);
  from.put();
  return error;
}

export function changeDirectory(path: usize, bytes: i32): i32 {
  const walk = thisCpu().walk;
  const from = workingDirectory();
  const error = tree.lookup(walk, from, path, bytes);
  from.put();
  if (error != 0) return error;
  const inode = walk.inode!;
  if (!(inode instanceof Directory)) {
    inode.put();
    return -ENOTDIR;
  }
  const process = currentThread().process;
  process.lock();
  const old = process.workingDirectory;
  process.workingDirectory = changetype<usize>(inode);
  process.unlock();
  dropDirectory(old);
  return 0;
}

/** Puts the working directory's path to `path`: its bytes or an error. */
export function pathOfWorkingDirectory(path: usize, room: i32): i32 {
  const directory = workingDirectory();
  const answer = tree.pathOf(directory, path, room);
  directory.put();
  return answer;
}
