// Follows a script of calls of the file system. A path is a number: up to four components of three bits each from the lowest on, 0 for none, and above them
// whether it begins and ends with a slash. Inodes that are open are in slots.
import {
  DIRENT_BYTES,
  DIRENT_NAME,
  DIRENT_NAME_BYTES,
  DIRENT_TYPE,
  STAT_LINKS,
  STAT_SIZE,
} from '../../../guest/posix/abi';
import { Directory } from '../../../guest/lib/fs/directory';
import { File } from '../../../guest/lib/fs/file';
import { FileSystem } from '../../../guest/lib/fs/file-system';
import { FrameStorage } from '../../../guest/lib/fs/frame-storage';
import { Inode } from '../../../guest/lib/fs/inode';
import { layOutKernel } from '../../../guest/lib/kernel';
import { Walk } from '../../../guest/lib/fs/walk';
import { freeFrames, releaseFrame, takeRun, totalFrames } from '../../../guest/lib/page-frames';
import { RAM } from '../../../guest/lib/boot-info';
import { followIn } from './script.assembly';

/** Operations in this order in file-system.test.ts. */
const OPEN = 0;
const CLOSE = 1;
const READ = 2;
const WRITE = 3;
const TRUNCATE = 4;
const STAT = 5;
const MKDIR = 6;
const UNLINK = 7;
const RMDIR = 8;
const RENAME = 9;
const LIST = 10;
const CHDIR = 11;
const PATH = 12;
const FRAME = 13;
const ADOPT = 14;
const USED_FRAMES = 15;

const SLOTS = 8;

const pathText = memory.data(2048, 8);
const otherText = memory.data(2048, 8);
const buffer = memory.data(1 << 16, 8);
const record = memory.data(64, 8);
const position = memory.data(4, 4);
const state = memory.data(4, 4);
const storage = memory.data(4, 4);

class State {
  files: FileSystem;
  cwd: Directory;
  walk: Walk = new Walk();
  other: Walk = new Walk();
  slots: StaticArray<Inode | null> = new StaticArray<Inode | null>(SLOTS);

  constructor() {
    const files = new FileSystem(load<FrameStorage>(storage));
    files.root.get();
    this.files = files;
    this.cwd = files.root;
  }
}

export function boot(info: usize): void {
  const facts = layOutKernel(info);
  setStorage(new FrameStorage(1000));
  followIn(facts, 0, perform);
}

/** What the file system stands on. */
export function setStorage(value: FrameStorage): void {
  store<FrameStorage>(storage, value);
}

export function perform(operation: i32, a: i32, b: i32): i32 {
  if (load<usize>(state) == 0) store<State>(state, new State());
  const all = load<State>(state);
  switch (operation) {
    case CLOSE:
      return close(all, a);
    case READ:
    case WRITE:
    case TRUNCATE:
    case FRAME:
    case ADOPT:
      return useFile(operation, all.slots[a], b);
    case STAT:
      return stat(all.slots[a]);
    case LIST:
      return list(all.slots[a], b);
    case PATH:
      return pathOf(all);
    case USED_FRAMES:
      return totalFrames() - freeFrames();
    default:
      return usePath(all, operation, a, b);
  }
}

function usePath(all: State, operation: i32, a: i32, b: i32): i32 {
  const bytes = putPath(a, pathText);
  switch (operation) {
    case OPEN: {
      // The slot is in the lowest bits, the flags above.
      const slot = b % SLOTS;
      close(all, slot);
      const error = all.files.open(all.walk, all.cwd, pathText, bytes, b / SLOTS, 0o644);
      if (error != 0) return error;
      all.slots[slot] = all.walk.inode;
      return all.walk.inode!.kind >> 12;
    }
    case MKDIR:
      return all.files.mkdir(all.walk, all.cwd, pathText, bytes, 0o755);
    case UNLINK:
      return all.files.unlink(all.walk, all.cwd, pathText, bytes);
    case RMDIR:
      return all.files.rmdir(all.walk, all.cwd, pathText, bytes);
    case RENAME:
      return all.files.rename(all.walk, all.other, all.cwd, pathText, bytes, otherText, putPath(b, otherText));
    default: {
      const error = all.files.lookup(all.walk, all.cwd, pathText, bytes);
      if (error != 0) return error;
      const inode = all.walk.inode!;
      if (!(inode instanceof Directory)) {
        inode.put();
        return -20;
      }
      all.cwd.put();
      all.cwd = changetype<Directory>(inode);
      return 0;
    }
  }
}

/** Writes a path; returns its bytes. Components: a, b, c, d, "..", ".", and a name that is too long. */
function putPath(path: i32, at: usize): i32 {
  const begin = at;
  if ((path & 0x1000) != 0) store<u8>(at++, 0x2f);
  for (let i = 0; i < 4; i++) {
    const component = (path >> (3 * i)) & 7;
    if (component == 0) break;
    if (i > 0) store<u8>(at++, 0x2f);
    if (component <= 4) store<u8>(at++, <u8>(0x60 + component));
    if (component == 5 || component == 6) store<u8>(at++, 0x2e);
    if (component == 5) store<u8>(at++, 0x2e);
    if (component < 7) continue;
    memory.fill(at, 0x78, 256);
    at += 256;
  }
  if ((path & 0x2000) != 0) store<u8>(at++, 0x2f);
  return <i32>(at - begin);
}

function close(all: State, slot: i32): i32 {
  const inode = all.slots[slot];
  if (inode === null) return -9;
  all.slots[slot] = null;
  inode.put();
  return 0;
}

/** b: the length in its lower half, a multiple of 4096 and something in its upper one as the offset. */
function useFile(operation: i32, inode: Inode | null, b: i32): i32 {
  if (inode === null || !(inode instanceof File)) return -9;
  const file = changetype<File>(inode);
  const length = b & 0xffff;
  const offset = <i64>(b >> 16) * 1111;
  const before = file.lock();
  let result = 0;
  if (operation == TRUNCATE) {
    result = file.truncate(offset);
  } else if (operation == READ) {
    result = file.read(offset, buffer, length);
    if (result > 0) result = sum(buffer, result);
  } else if (operation == WRITE) {
    for (let i = 0; i < length; i++) store<u8>(buffer + i, <u8>(b * 7 + i * (i >> 8) + i));
    result = file.write(offset, buffer, length);
  } else if (operation == FRAME) {
    const frame = file.frameOf(b & 0xff, (b & 0x100) != 0);
    result = frame == 0 ? -1 : sum(RAM + frame, 4096);
    if (frame != 0) releaseFrame(frame);
  } else if (file.size == 0) {
    file.truncate(0);
    const run = takeRun(2);
    memory.fill(RAM + run, 0, 4 * 4096);
    memory.fill(RAM + run, 0x55, 10000);
    file.adopt(run, 10000);
    // It is three pages long; the fourth one is nobody's.
    releaseFrame(run + 3 * 4096);
  }
  file.unlock(before);
  return result;
}

function sum(at: usize, bytes: i32): i32 {
  let hash: u32 = bytes;
  for (let i = 0; i < bytes; i++) hash = hash * 31 + load<u8>(at + i);
  return hash >> 1;
}

/** Size and links in one number. */
function stat(inode: Inode | null): i32 {
  if (inode === null) return -9;
  const before = inode.lock();
  inode.stat(record);
  inode.unlock(before);
  return 100 * load<i32>(record + STAT_SIZE) + load<i32>(record + STAT_LINKS);
}

/** The sum of all names, read with a buffer of so many bytes. */
function list(inode: Inode | null, bytes: i32): i32 {
  if (inode === null || !(inode instanceof Directory)) return -9;
  const directory = changetype<Directory>(inode);
  store<i32>(position, 0);
  let hash = 0;
  let used = 0;
  do {
    const before = directory.lock();
    used = directory.list(position, buffer, bytes);
    directory.unlock(before);
    for (let at = 0; at < used; at += load<u16>(buffer + at + DIRENT_BYTES)) {
      const name = buffer + at;
      const type = load<u16>(name + DIRENT_TYPE);
      hash = (hash * 31 + sum(name + DIRENT_NAME, load<u16>(name + DIRENT_NAME_BYTES)) + type) & 0xffffff;
    }
  } while (used > 0);
  return used < 0 ? used : hash;
}

function pathOf(all: State): i32 {
  const bytes = all.files.pathOf(all.cwd, buffer, 1024);
  return bytes < 0 ? bytes : sum(buffer, bytes);
}
