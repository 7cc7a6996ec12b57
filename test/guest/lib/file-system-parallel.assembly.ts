// All cores change one tree of directories and the files in it at random, on the machine only. What must hold: nobody sees half of what another one writes,
// the tree stays a tree, and nothing is left of what was removed.
import { Directory } from '../../../guest/lib/fs/directory';
import { File } from '../../../guest/lib/fs/file';
import { FileSystem } from '../../../guest/lib/fs/file-system';
import { FrameStorage } from '../../../guest/lib/fs/frame-storage';
import { Inode } from '../../../guest/lib/fs/inode';
import { Walk } from '../../../guest/lib/fs/walk';
import { coreId, pause, report } from '../../../guest/lib/machine';
import { release } from '../../../guest/lib/objects';
import { freeFrames, totalFrames } from '../../../guest/lib/page-frames';
import { nextRandom, seedRandom } from '../../../guest/lib/random';
import { DIRENT_NAME, DIRENT_NAME_BYTES, O_CREAT, O_RDWR } from '../../../guest/posix/abi';
import { check, end, onAllCores } from './all-cores.assembly';

const ROUNDS = 150;
const TEXT_BYTES = 5000;
const MOST_CORES = 128;

const filesPointer = memory.data(4, 128);
/** Of each core: two paths, and a buffer. */
const paths = memory.data(MOST_CORES * 128, 128);
const texts = memory.data(32 * 8192, 128);

export function boot(info: usize): void {
  onAllCores(info, changeAtRandom);
  const files = load<FileSystem>(filesPointer);
  const walk = new Walk();
  removeAll(files, walk, files.root);
  check(files.root.size == 0 && files.root.links == 2, 'nothing is left in the root');
  release(walk);
  report(0, 0, <f64>(totalFrames() - freeFrames()));
  end();
}

function changeAtRandom(): void {
  if (coreId() == 0) atomic.store<usize>(filesPointer, changetype<usize>(new FileSystem(new FrameStorage(1000))));
  while (atomic.load<usize>(filesPointer) == 0) pause();
  const files = load<FileSystem>(filesPointer);
  const walk = new Walk();
  const other = new Walk();
  const path = paths + 128 * coreId();
  const text = texts + 8192 * coreId();
  seedRandom(coreId());
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = putPath(path);
    const otherBytes = putPath(path + 64);
    const choice = nextRandom() % 8;
    if (choice <= 1) files.mkdir(walk, files.root, path, bytes, 0o755);
    else if (choice == 2) files.unlink(walk, files.root, path, bytes);
    else if (choice == 3) files.rmdir(walk, files.root, path, bytes);
    else if (choice <= 5) files.rename(walk, other, files.root, path, bytes, path + 64, otherBytes);
    else if (files.open(walk, files.root, path, bytes, O_CREAT | O_RDWR, 0o644) == 0) useFile(walk.inode!, text);
  }
  release(walk);
  release(other);
}

/** Up to three components of three names. */
function putPath(at: usize): i32 {
  const components = 1 + <i32>(nextRandom() % 3);
  for (let i = 0; i < components; i++) {
    store<u8>(at + 2 * i, 0x2f);
    store<u8>(at + 2 * i + 1, <u8>(0x61 + (nextRandom() % 3)));
  }
  return 2 * components;
}

/** All bytes that one writes are the same. */
function useFile(inode: Inode, text: usize): void {
  const file = changetype<File>(inode);
  const shared = file.lockShared();
  const read = file.read(0, text, TEXT_BYTES);
  check(read == min(<i32>file.size, TEXT_BYTES), 'a file keeps its size while it is shared');
  file.unlockShared(shared);
  checkText(text, read);
  const before = file.lock();
  checkText(text, file.read(0, text, TEXT_BYTES));
  memory.fill(text, <u8>(coreId() + 1), TEXT_BYTES);
  if (nextRandom() % 4 == 0) file.truncate(0);
  check(file.write(0, text, TEXT_BYTES) == TEXT_BYTES, 'there is memory');
  check(inode.links == 0 || inode.links == 1, 'a file has one name or none');
  file.unlock(before);
  inode.put();
}

function checkText(text: usize, bytes: i32): void {
  for (let i = 1; i < bytes; i++) check(load<u8>(text + i) == load<u8>(text), 'a file has the text of one writer');
}

/** Goes down the whole tree: were it none, that would not end well. */
function removeAll(files: FileSystem, walk: Walk, directory: Directory): void {
  const position = paths;
  const record = paths + 64;
  while (directory.size > 0) {
    // Behind "." and "..".
    store<i32>(position, 2);
    check(directory.list(position, record, 24) > 0, 'a directory lists its names');
    const name = record + DIRENT_NAME;
    const bytes = <i32>load<u16>(record + DIRENT_NAME_BYTES);
    const inode = directory.find(name, bytes)!;
    if (inode instanceof Directory) {
      const child = changetype<Directory>(inode);
      check(child.parent === directory, 'a directory knows where it is');
      removeAll(files, walk, child);
      check(child.links == 2, 'an empty directory has two links');
      // Reading the child has written over the name.
      store<i32>(position, 2);
      directory.list(position, record, 24);
      check(files.rmdir(walk, directory, name, bytes) == 0, 'an empty directory can be removed');
    } else {
      check(files.unlink(walk, directory, name, bytes) == 0, 'a file can be removed');
    }
  }
}
